"""A graph that is written to and answered from within this process."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from pyoxigraph import NamedNode

from kg import __version__
from kg.errors import BadShapes
from kg.foreign import read
from kg.pool import Answer, Call, Job, Pool, Stream, answer
from kg.pool.cache import Cache
from kg.settings import Settings
from kg.web.site import Graph
from kg.writing import Change, Committed, Writer

__all__ = ["Written"]

#: Characters of a token that nobody guesses.
TOKEN = 16


class Written(Graph):
    """A graph with a writer; its answers are never kept."""

    def __init__(self, settings: Settings) -> None:
        """Open the folder that is written; BadShapes without a token to write with."""
        check_token(settings)
        self._writer = Writer(
            settings.written,
            settings.root if settings.data is None else None,
            read(settings),
        )
        self._lock = threading.Lock()
        pool = Pool(settings.written, workers=1)
        super().__init__(pool, settings.written, self._about(), Cache(0))

    def run(self, job: Job, call: Call | None = None) -> Answer:
        """Answer a query from the store as it is now."""
        with self._lock:
            return answer(self._writer.store, job)

    def stream(self, job: Job, call: Call) -> tuple[Answer, Stream | None]:
        """Answer a query whole."""
        return self.run(job), None

    def write(self, change: Change) -> Committed:
        """Make a change."""
        with self._lock:
            done = self._writer.apply(change)
            self.about = self._about()
            self.kept.clear()
            return done

    def probe(self) -> None:
        """Have nothing to wait for."""

    def exists(self, graph: str) -> bool:
        """Say whether there is a graph of that name, which may be empty."""
        with self._lock:
            return self._writer.store.contains_named_graph(NamedNode(graph))

    def close(self) -> None:
        """Free the folder."""
        self._writer.close()

    def _about(self) -> Mapping[str, str | int]:
        store = self._writer.store
        return {
            "version": __version__,
            "fingerprint": self._writer.version,
            "triples": self._writer.count,
            "graphs": len(list(store.named_graphs())),
        }


def check_token(settings: Settings) -> None:
    """Raise BadShapes when the token is missing or short."""
    if len(settings.write_token) < TOKEN:
        raise BadShapes(
            f"Writing needs a token of {TOKEN} characters or more in KG_WRITE_TOKEN",
            hint="export KG_WRITE_TOKEN=$(openssl rand -hex 16)",
        )

"""A site whose graph is in the memory of this process, for who asks it very often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, cast

from pyoxigraph import Quad, RdfFormat, Store, parse

from kg.describe import among
from kg.errors import NotFound
from kg.pool import Answer, Call, Job, Pool, Stream
from kg.pool.cache import Cache
from kg.pool.engine import answer
from kg.queries import SavedQuery
from kg.settings import Settings
from kg.store import DUMP, manifest
from kg.web.site import Graph, Site

__all__ = ["Frozen"]

#: Bytes of answers kept in each process.
KEPT = 16 * 1024**2


class _Direct:
    """Answers queries from a store, here and now."""

    lost = False
    running: tuple[()] = ()

    def __init__(self, store: Store) -> None:
        self.store = store

    def run(self, job: Job, call: Call) -> Answer:
        return answer(self.store, job)

    def stream(self, job: Job, call: Call) -> tuple[Answer, Stream]:
        return self.run(job, call), cast(Stream, _Whole())

    def cancel(self, identifier: str) -> bool:
        return False

    def close(self) -> None:
        """Have nothing to end."""


class _Whole:
    """What stands for a stream when there is none."""

    whole = True


class _Near(Graph):
    """A graph in the memory of this process."""

    def at_hand(self, iri: str) -> list[Quad]:
        return among(cast(_Direct, self.pool).store, iri)


class Frozen(Site):
    """The site of a build that never changes."""

    def __init__(self, settings: Settings, queries: Mapping[str, SavedQuery]) -> None:
        """Load the build; raise NotReady when there is none."""
        super().__init__(settings, queries)

    @property
    def store(self) -> Store:
        """Return the graph itself."""
        return self._store

    def reload(self) -> NoReturn:
        """Refuse: what is frozen stays."""
        raise NotFound("A frozen site has nothing to reload")

    def _open(self) -> Graph:
        build = self.settings.build.resolve()
        about = manifest(build)
        self._store = Store()
        # Parsed apart, so that blank nodes keep the names that they have in the file.
        self._store.bulk_extend(parse(path=str(build / DUMP), format=RdfFormat.TRIG))
        pool = cast(Pool, _Direct(self._store))
        return _Near(pool, build, about, Cache(KEPT))

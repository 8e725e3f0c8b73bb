"""A graph that is written to."""

from __future__ import annotations

import threading

from kg import __version__
from kg.errors import BadShapes
from kg.pool import Answer, Job, Pool, Service, Writing
from kg.pool.cache import Cache
from kg.settings import Settings
from kg.web.site import Graph
from kg.writing import Change, Committed

__all__ = ["Written"]

#: Characters of a token that nobody guesses.
TOKEN = 16


class Written(Graph):
    """A graph with a writer; its answers are kept until the next write."""

    def __init__(self, settings: Settings, *, fast: int, service: Service) -> None:
        """Open the folder that is written; BadShapes without a token to write with."""
        check_token(settings)
        pool = Pool(
            settings.build.resolve(),
            workers=settings.workers,
            limit_ms=settings.query_time_limit_ms,
            memory=settings.query_memory_bytes,
            fast=fast,
            service=service,
            writing=Writing(
                folder=settings.written,
                shapes=settings.root if settings.data is None else None,
                data=settings.data,
            ),
        ).start()
        self._writing = threading.Lock()
        cache: Cache[Answer] = Cache(settings.cache_bytes)
        super().__init__(pool, settings.written, _about(pool.about), cache)

    def write(self, change: Change) -> Committed:
        """Make a change."""
        assert isinstance(self.pool, Pool)
        outcome = self.pool.write(change)
        assert isinstance(outcome.done, Committed)
        with self._writing:
            # Two writes that end together may come here in another order than they were made.
            self.about = _about(self.pool.about)
            self.cache.clear()
            self.kept.clear()
        return outcome.done

    def exists(self, graph: str) -> bool:
        """Say whether there is a graph of that name, which may be empty."""
        found = self.select(f"ASK {{ GRAPH ?g {{}} FILTER(?g = <{graph}>) }}")
        return found[0]["answer"]["value"] == "true"

    def _kept_as(self, job: Job) -> tuple[object, ...]:
        """Return the key of an answer: with the version that the graph had before it."""
        return (self.fingerprint, *super()._kept_as(job))


def _about(found: dict[str, str | int]) -> dict[str, str | int]:
    return {"version": __version__, **found}


def check_token(settings: Settings) -> None:
    """Raise BadShapes when the token is missing or short."""
    if len(settings.write_token) < TOKEN:
        raise BadShapes(
            f"Writing needs a token of {TOKEN} characters or more in KG_WRITE_TOKEN",
            hint="export KG_WRITE_TOKEN=$(openssl rand -hex 16)",
        )

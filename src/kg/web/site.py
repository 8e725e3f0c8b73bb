"""What every view needs: the graph that serves now, the saved queries, the settings."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from flask import current_app

from kg.errors import NotReady
from kg.pool import Answer, Job, Pool
from kg.queries import SavedQuery
from kg.settings import Settings
from kg.store import manifest

__all__ = ["Cell", "Graph", "Row", "Site", "read_rows", "site"]

#: A term of a row as SPARQL JSON has it: type, value, datatype, xml:lang.
Cell = Mapping[str, str]
Row = Mapping[str, Cell]


@dataclass
class Graph:
    """One build: its workers, its manifest, and answers kept as long as it serves."""

    pool: Pool
    build: Path
    about: Mapping[str, str | int]
    kept: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Return what changes when the graph does; empty when there is none."""
        return str(self.about.get("fingerprint", ""))

    def select(self, query: str) -> list[Row]:
        """Return all rows of a query of ours."""
        return read_rows(self.pool.run(Job(query=query)))[1]

    def column(self, query: str) -> list[str]:
        """Return the first column of a query of ours."""
        names, rows = read_rows(self.pool.run(Job(query=query)))
        return [row[names[0]]["value"] for row in rows]

    def keep(self, query: str) -> list[Row]:
        """Return the rows of a query of ours, asked once in the life of the graph."""
        if query not in self.kept:
            self.kept[query] = self.select(query)
        return self.kept[query]


class Site:
    """The graph that serves now; a new build takes over when it is complete."""

    def __init__(self, settings: Settings, queries: Mapping[str, SavedQuery]) -> None:
        self.settings = settings
        self.queries = queries
        self._lock = threading.Lock()
        self._graph = self._open()

    @property
    def graph(self) -> Graph:
        """Return the newest build, with workers of its own."""
        if self._stale():
            with self._lock:
                if self._stale():
                    old, self._graph = self._graph, self._open()
                    old.pool.close()
        return self._graph

    def close(self) -> None:
        """End the workers."""
        self._graph.pool.close()

    def _stale(self) -> bool:
        build = self.settings.build.resolve()
        if not self._graph.about:
            return (build / "manifest.json").exists()
        return build != self._graph.build

    def _open(self) -> Graph:
        build = self.settings.build.resolve()
        try:
            about: Mapping[str, str | int] = manifest(build)
        except NotReady:
            about = {}
        wanted = self.settings.workers if about else 1
        pool = Pool(build, workers=wanted, limit_ms=self.settings.query_time_limit_ms)
        return Graph(pool, build, about)


def site() -> Site:
    """Return the site of the application that serves this request."""
    return cast(Site, current_app.extensions["kg"])


def read_rows(answer: Answer) -> tuple[list[str], list[Row]]:
    """Return the variables and rows of a SPARQL JSON answer; ASK is one cell."""
    found = json.loads(answer.body)
    if "boolean" in found:
        value = str(found["boolean"]).lower()
        return ["answer"], [{"answer": {"type": "literal", "value": value}}]
    return found["head"]["vars"], found["results"]["bindings"]

"""Things made from the whole graph, kept in memory and made anew when it changes."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar, cast

from flask import current_app, g

from kg.errors import KgError
from kg.web.site import Graph, Site

__all__ = ["Derived", "derived", "settle"]

log = logging.getLogger("kg")
Made = TypeVar("Made")


class Derived(Generic[Made]):
    """What a function makes of the graph: once for each state of it.

    The first who asks waits. After a write the old one is given while the new one is made.
    """

    def __init__(self, make: Callable[[Graph], Made]) -> None:
        """Keep what `make` makes."""
        self._make = make
        self._making = threading.Lock()
        self._kept: tuple[Graph, str, Made] | None = None

    def of(self, graph: Graph) -> tuple[Made, bool]:
        """Return what there is, and whether it is of the graph as it is now."""
        kept = self._kept
        if kept and kept[0] is graph:
            if kept[1] == graph.fingerprint:
                return kept[2], True
            if not self._making.locked():
                threading.Thread(target=self._again, args=(graph,), daemon=True).start()
            return kept[2], False
        return self.fresh(graph), True

    def renew(self, graph: Graph) -> None:
        """Make it if it is not there; a failure is left to whoever asks next."""
        try:
            self.fresh(graph)
        except KgError as error:
            log.warning("not made from the graph: %s", error)

    def _again(self, graph: Graph) -> None:
        self.renew(graph)
        settle()

    def fresh(self, graph: Graph) -> Made:
        """Return what is made of the graph as it is now."""
        with self._making:
            kept, now = self._kept, graph.fingerprint
            if kept is None or kept[0] is not graph or kept[1] != now:
                kept = self._kept = (graph, now, self._make(graph))
            return kept[2]


def settle() -> None:
    """Have the collector of garbage look no more through what is there now.

    It is some million objects, none of which is garbage while its graph serves; looking through
    them takes a fifth of a second, in the middle of whatever answer comes next.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def derived(name: str) -> object:
    """Return what is kept under a name for this request.

    An answer from a graph as it was before the last write gets no ETag, and is not kept.
    """
    site = cast(Site, current_app.extensions["kg"])
    made, fresh = cast(Derived[object], current_app.extensions[f"kg.{name}"]).of(site.graph)
    if not fresh:
        g.pop("etag", None)
        g.page_kept = True
    return made

"""A site whose graph is in the memory of this process, for who asks it very often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn, cast

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    Store,
    Triple,
)

from kg.describe import among
from kg.errors import NotFound
from kg.pool import Answer, Call, Job, Pool, Stream
from kg.pool.cache import Cache
from kg.pool.engine import answer
from kg.queries import SavedQuery
from kg.settings import Settings
from kg.store import in_memory, manifest
from kg.vocab import MQ, XSD
from kg.web.site import Cell, Fact, Graph, Site

__all__ = ["Frozen"]

#: Bytes of answers kept in each process.
KEPT = 16 * 1024**2
RECORD, STRING = MQ + "record", XSD + "string"


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

    last: tuple[str, list[Quad]] = ("", [])
    read: tuple[str, Sequence[str], list[Fact]] = ("", (), [])

    def at_hand(self, iri: str) -> list[Quad]:
        if self.last[0] != iri:
            self.last = (iri, among(self._store, iri))
        return self.last[1]

    def facts(self, iri: str, parts: Sequence[str]) -> list[Fact]:
        if self.read[:2] != (iri, parts):
            self.read = (iri, parts, [*map(_fact, self._said(NamedNode(iri), parts))])
        return self.read[2]

    def _said(self, thing: NamedNode, parts: Sequence[str]) -> Iterator[Quad]:
        """Yield what the query of other graphs finds."""
        here = DefaultGraph()
        own = [*self._store.quads_for_pattern(thing, None, None, here)]
        yield from own
        ways = {MQ + name for name in parts}
        for quad in own:
            if isinstance(quad.object, Literal):
                continue
            if quad.predicate.value in ways:
                yield from self._store.quads_for_pattern(quad.object, None, None, here)
            elif quad.predicate.value == RECORD:
                for found in self._store.quads_for_pattern(quad.object, None, None, None):
                    if not isinstance(found.graph_name, DefaultGraph):
                        yield found

    @property
    def _store(self) -> Store:
        return cast(_Direct, self.pool).store


def _fact(quad: Quad) -> Fact:
    assert not isinstance(quad.subject, Triple)
    assert not isinstance(quad.object, Triple)
    home = quad.graph_name
    named = "" if isinstance(home, DefaultGraph) else home.value
    return (named, quad.subject.value, quad.predicate.value, _cell(quad.object))


def _cell(term: NamedNode | BlankNode | Literal) -> Cell:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    cell = {"type": "literal", "value": term.value}
    if language := term.language:
        cell["xml:lang"] = language
    elif (kind := term.datatype.value) != STRING:
        cell["datatype"] = kind
    return cell


class Frozen(Site):
    """The site of a build that never changes."""

    def __init__(self, settings: Settings, queries: Mapping[str, SavedQuery]) -> None:
        """Load the build; raise NotReady when there is none."""
        super().__init__(settings, queries)

    @property
    def store(self) -> Store:
        """Return the graph itself."""
        return self._store

    @property
    def near(self) -> _Near:
        """Return the graph with what is known of it."""
        return cast(_Near, self.graph)

    def reload(self) -> NoReturn:
        """Refuse: what is frozen stays."""
        raise NotFound("A frozen site has nothing to reload")

    def _open(self) -> Graph:
        build = self.settings.build.resolve()
        about = manifest(build)
        self._store = in_memory(build)
        pool = cast(Pool, _Direct(self._store))
        return _Near(pool, build, about, Cache(KEPT))

"""What a client may ask to be written, and what it is told when that is done."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ALL", "DEFAULT", "Body", "Change", "Committed", "Drop", "Expect", "Load", "Update"]

#: Names of graphs that are no IRIs: the default graph, and all graphs together.
DEFAULT, ALL = "default", "all"


@dataclass(frozen=True, kw_only=True)
class Expect:
    """What must hold for the write to be made (RFC 9110 section 13.1).

    `versions` are those of the store of which one must be the present one; `exists` says whether
    the graph must be there.
    """

    versions: tuple[str, ...] | None = None
    exists: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Update:
    """A SPARQL update, and the dataset that the protocol gives to its WHERE clauses."""

    text: str
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    expect: Expect = Expect()


@dataclass(frozen=True)
class Body:
    """RDF as it was sent: bytes in UTF-8, media type, base IRI, and a name for messages."""

    data: bytes
    media: str
    base: str
    name: str = "body"


@dataclass(frozen=True, kw_only=True)
class Load:
    """RDF to put into a graph: in place of what is there, or beside it.

    `graph` is an IRI, DEFAULT, or ALL for a dataset whose graphs have their own names.
    """

    graph: str
    bodies: tuple[Body, ...]
    replace: bool
    expect: Expect = Expect()


@dataclass(frozen=True, kw_only=True)
class Drop:
    """A graph to remove; the default graph is emptied."""

    graph: str
    expect: Expect = Expect()


Change = Update | Load | Drop


@dataclass(frozen=True, kw_only=True)
class Committed:
    """A write that is on disk, or that had nothing to write."""

    added: int
    removed: int
    #: Whether the graph named in the change was not there before.
    created: bool
    #: The version of the store after it.
    version: str
    #: Whether anything was written; a graph that is made or removed may have no quads.
    changed: bool = True

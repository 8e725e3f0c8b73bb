"""What a worker is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.vocab import PREFIXES

__all__ = ["Answer", "Job"]


@dataclass(frozen=True, kw_only=True)
class Job:
    """A query, and how its answer is wanted; None bars that kind of answer."""

    query: str
    rows: str | None = "application/sparql-results+json"
    graph: str | None = "text/turtle"
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    #: Rows after which a SELECT is cut, and bytes after which any answer of rows is.
    limit: int | None = None
    max_bytes: int | None = None
    #: The whole dataset, in the media type of `graph`, and not the answer of a query.
    dump: bool = False
    prefixes: Mapping[str, str] = field(default_factory=lambda: PREFIXES)


@dataclass(frozen=True)
class Answer:
    """The bytes of an answer, and whether rows were cut at the limit.

    `body` is empty where the bytes come apart from it, as a stream.
    """

    body: bytes
    media: str
    kind: str
    rows: int | None = None
    truncated: bool = False

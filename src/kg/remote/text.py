"""Read a query without running it, and write it so that another server understands it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import NamedNode, Store

from kg.errors import BadQuery
from kg.pool.guard import check, strip
from kg.pool.jobs import Job
from kg.pool.syntax import explained
from kg.vocab import BASE

__all__ = ["declared", "has_dataset", "kind", "names_graphs"]

_FORM = re.compile(r"(?<![:\w.-])(select|ask|construct|describe)(?![:\w.-])", re.I)
_FROM = re.compile(r"(?<![:\w.-])from(?![:\w.-])", re.I)
_GRAPH = re.compile(r"(?<![:\w.-])graph(?![:\w.-])", re.I)
_RELATIVE = re.compile(r"<(?![a-z][a-z0-9+.-]*:)[^<>\"{}|^`\\\s]*>", re.I)
KINDS = {"select": "rows", "ask": "boolean", "construct": "graph", "describe": "graph"}


class _Read(Exception):
    """The query has been read; now it would run."""


def kind(job: Job) -> str:
    """Return what kind of answer a query has: rows, boolean or graph.

    Raises what a worker would: BadQuery with line and column, Refused. Nothing is evaluated, since
    even without data a query may take for ever: the store reads the query first and the names of
    the graphs then, and those end it here.
    """
    check(job.query)
    try:
        for iri in (*job.default_graphs, *job.named_graphs):
            NamedNode(iri)
    except ValueError as error:
        raise BadQuery(f"A graph is not named by an absolute IRI: {error}") from error
    try:
        Store().query(
            job.query,
            base_iri=BASE,
            prefixes=dict(job.prefixes),
            default_graph=_unread(),  # type: ignore[arg-type]
        )
    except _Read:
        pass
    except SyntaxError as error:
        raise explained(str(error), job.query) from error
    except (OSError, ValueError) as error:
        raise BadQuery(str(error)) from error
    found = _FORM.search(strip(job.query))
    return KINDS[found[1].lower()] if found else "rows"


def _unread() -> Iterator[NamedNode]:
    raise _Read
    yield


def has_dataset(query: str) -> bool:
    """Say whether a query names its graphs itself, by FROM."""
    return _FROM.search(strip(query)) is not None


def names_graphs(query: str) -> bool:
    """Say whether a query asks named graphs."""
    return _GRAPH.search(strip(query)) is not None


def declared(job: Job) -> str:
    """Return the query with our prefixes and base that it uses and has not, before its first line.

    They are on that line, so that the lines a server tells of are those of the query.
    """
    used = {
        name: iri
        for name, iri in job.prefixes.items()
        if f"{name}:" in job.query
        and not re.search(rf"\bprefix\s+{re.escape(name)}:", job.query, re.I)
    }
    base = f"BASE <{BASE}> " if _RELATIVE.search(job.query) else ""
    return base + "".join(f"PREFIX {name}: <{iri}> " for name, iri in used.items()) + job.query

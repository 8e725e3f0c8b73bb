"""Say where in a file a term stands, by searching its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import NamedNode
from rdflib import BNode, Literal, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from kg.check.work import Work
from kg.findings import Place, Span

__all__ = ["origins", "prefixes_of", "where"]

PREFIX = re.compile(r"(?:@prefix|\bPREFIX)\s+([\w.\-]*):\s*<([^>]*)>", re.IGNORECASE)


def where(work: Work, path: Path, *terms: Node | str) -> Place:
    """Return the place of the last of the terms that is found after those before it.

    A string is looked for as it is written; the first IRI is looked for at the start of a
    line, as a subject, before anywhere else. The file alone when nothing is found.
    """
    text = work.bytes_of(path).decode("utf-8")
    names = prefixes_of(text)
    span: tuple[int, int] | None = None
    at = 0
    for number, term in enumerate(terms):
        forms = list(_forms(term, names))
        found = _first(text, forms, at, heading=number == 0 and isinstance(term, URIRef))
        if found:
            span, at = found, found[1]
    name = work.layout.name(path)
    return Place(name, _span(text, *span)) if span else Place(name)


def prefixes_of(text: str) -> list[tuple[str, str]]:
    """Return the prefixes that a Turtle or SPARQL text declares, with their namespaces."""
    return PREFIX.findall(text)


def _first(text: str, forms: list[str], at: int, *, heading: bool) -> tuple[int, int] | None:
    any_form = "|".join(forms)
    if not any_form:
        return None
    token = rf"(?<![\w?$:\-/#])(?:{any_form})(?![\w\-/#:]|\.\w)"
    found = re.compile(rf"^{token}", re.M).search(text, at) if heading else None
    found = found or re.compile(token).search(text, at) or re.compile(any_form).search(text, at)
    return found.span() if found else None


def _forms(term: Node | str, names: list[tuple[str, str]]) -> Iterator[str]:
    """Yield the ways a term may be written, as patterns."""
    if isinstance(term, URIRef):
        yield re.escape(f"<{term}>")
        for prefix, namespace in names:
            if namespace and term.startswith(namespace):
                yield re.escape(f"{prefix}:{term[len(namespace) :]}")
        if term == RDF.type:
            yield "a"
    elif isinstance(term, Literal):
        start = str(term).split("\n")[0].replace("\\", "\\\\").replace('"', '\\"')
        yield re.escape(f'"{start}"') if "\n" not in term else re.escape(start)
        if term.datatype is not None and not term.language:
            yield re.escape(start)
    elif not isinstance(term, BNode):
        yield re.escape(str(term))


def _span(text: str, start: int, end: int) -> Span:
    line, column = _at(text, start)
    end_line, end_column = _at(text, end)
    return Span(line, column, end_line, end_column)


def _at(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def origins(work: Work, iris: set[str]) -> dict[str, tuple[str, str, Place]]:
    """Return where each IRI is first written in the data: subject, predicate, place.

    An IRI that a rule makes and no file writes has none.
    """
    found: dict[str, tuple[str, str, Place]] = {}
    for path in work.layout.data() if iris else ():
        for triple in work.triples_of(path):
            parts = (triple.subject, triple.predicate, triple.object)
            names = [part.value if isinstance(part, NamedNode) else "" for part in parts]
            for number in (2, 1, 0):
                if names[number] in iris and names[number] not in found:
                    terms = [URIRef(name) for name in names[: number + 1] if name]
                    found[names[number]] = (names[0], names[1], where(work, path, *terms))
    return found

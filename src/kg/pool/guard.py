"""Say which queries are refused before they run: federation and writing."""

from __future__ import annotations

import re

from kg.errors import BadQuery, Refused

__all__ = ["asks_service", "check", "is_update", "lasting", "strip"]

_GAP = r"(?:\s++|#[^\r\n]*+)*+"

#: What every SERVICE clause looks like, wherever it stands; the parser of the store needs
#: no space after the keyword (`SERVICESILENT<…>{`).
_CLAUSE = re.compile(rf"service{_GAP}(?:silent{_GAP})?(?:<[^<>]*>|[^\s{{}}<>]+){_GAP}\{{", re.I)

#: Where a keyword cannot be: strings, IRIs, comments, variables, language tags.
_OPAQUE = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\r\n]|\\.)*"'
    r"|'(?:[^'\\\r\n]|\\.)*'"
    r'|<(?P<iri>[^<>"{}|^`\\\x00-\x20]*)>'
    r"|#[^\r\n]*"
    r"|[?$@][\w-]+"
    r"|\\.",
    re.S,
)

#: `<` may be "less than": `?a<'>' …` and `?a <#> …` read both ways, `<http://…>` only one.
_AMBIGUOUS = re.compile(r"(?![a-z][a-z0-9+.-]*://)[^>]*['#]", re.I)

#: Functions of the moment (SPARQL 1.1 sections 17.4.2.8 to 17.4.5.1): IRIs aside, case is free.
_FLEETING = re.compile(rf"\b(?:now|rand|uuid|struuid|bnode){_GAP}\(", re.I)
_BRACKET = re.compile(r"[(){}\[\]]")
#: Brackets within brackets; the parser of the store calls itself for each, and has one stack.
DEEPEST = 128

_PROLOGUE = re.compile(
    rf"(?:{_GAP}(?:PREFIX{_GAP}[^\s<:]*:{_GAP}<[^<>]*>|BASE{_GAP}<[^<>]*>))*+", re.I
)
_UPDATE = re.compile(rf"{_GAP}(INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|ADD|MOVE|COPY|WITH)\b", re.I)


def check(query: str) -> None:
    """Raise Refused for a query that calls another endpoint, BadQuery for one nested too deep."""
    if sum(map(query.count, "([{")) > DEEPEST and depth(query) > DEEPEST:
        raise BadQuery(f"The query nests brackets more than {DEEPEST} deep")
    if asks_service(query):
        raise Refused(
            "SERVICE is refused: this endpoint asks no other endpoint",
            hint="Query the other endpoint yourself and join the answers",
        )


def lasting(query: str) -> bool:
    """Say whether a query has the same answer as long as the graph is the same.

    A doubt counts as no: one that may ask for the time or for random terms is asked anew.
    """
    return _FLEETING.search(query) is None


def depth(query: str) -> int:
    """Return how deep brackets of any kind nest, those in strings, IRIs and comments left out."""
    deepest = here = 0
    for bracket in _BRACKET.findall(strip(query)):
        here = here + 1 if bracket in "([{" else max(0, here - 1)
        deepest = max(deepest, here)
    return deepest


def asks_service(query: str) -> bool:
    """Say whether the text can be read as having a SERVICE clause.

    A doubt counts as yes. The sandbox of the workers stops what passes all the same.
    """
    if not _CLAUSE.search(query):
        return False
    if any(_AMBIGUOUS.match(found["iri"] or "") for found in _OPAQUE.finditer(query)):
        return True
    return "service" in strip(query).lower()


def strip(query: str) -> str:
    """Return the text without what cannot hold a keyword: strings, IRIs, comments, variables."""
    return _OPAQUE.sub(" ", query)


def is_update(text: str) -> bool:
    """Say whether the text starts like a SPARQL update."""
    start = _PROLOGUE.match(text)
    return _UPDATE.match(text, start.end() if start else 0) is not None

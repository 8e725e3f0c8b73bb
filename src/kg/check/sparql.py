"""Judge whether a text is a SPARQL query, without asking anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pyoxigraph import Store
from pyparsing import ParseException
from rdflib.plugins.sparql.parser import parseQuery

from kg.check import texts
from kg.errors import BadQuery, Refused
from kg.findings import Finding, Place, Span
from kg.pool import guard
from kg.pool.syntax import explained

__all__ = ["findings"]

LINE = re.compile(r"Line \d+, column \d+: ")
#: What holds no prefixed name, a declaration, and the prefix of a name.
PIECE = re.compile(
    r"\"\"\".*?\"\"\"|'''.*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|#[^\n]*|[?$]\w+"
    r"|(?i:prefix)\s+(?P<declared>[\w.\-]*):\s*<[^>]*>|<[^<>\"{}|^`\\\s]*>"
    r"|(?P<used>[^\W\d_][\w.\-]*|(?<![\w\-])):",
    re.DOTALL,
)


def findings(data: bytes, name: str, *, known: Mapping[str, str]) -> Iterator[Finding]:
    """Yield why a text is no query of SPARQL, with the place."""
    text = data.decode("utf-8")
    if guard.is_update(text):
        message = "An update, not a query; a saved query asks and changes nothing"
        yield _finding(message, Place(name, Span(1, 1)), "update")
        return
    try:
        guard.check(text)
        Store().query(text)
    except Refused:  # it asks another endpoint, and the store might ask it when it reads it
        yield from _reference(text, name)
    except BadQuery as error:
        yield _finding(f"Not SPARQL: {error}", Place(name), "nesting")
    except SyntaxError as error:
        yield _undeclared(text, name, known) or _explained(str(error), text, name)


def _explained(message: str, text: str, name: str) -> Finding:
    told = explained(message, text)
    line, column = (int(str(told.details.get(key, 1))) for key in ("line", "column"))
    why = LINE.sub("", str(told))
    return _finding(f"Not SPARQL: {why}", Place(name, Span(line, column)), why)


def _undeclared(text: str, name: str, known: Mapping[str, str]) -> Finding | None:
    """Return the first name whose prefix is not declared; the parser does not say that well."""
    declared = set()
    for piece in PIECE.finditer(text):
        if piece["declared"] is not None:
            declared.add(piece["declared"])
        elif (prefix := piece["used"]) is not None and prefix not in declared:
            remedy = texts.declare(prefix, known, "PREFIX {}: <{}>")
            message = f"Not SPARQL: prefix {prefix}: is not declared; {remedy}"
            place = Place(name, texts.span(text, piece.start("used"), piece.end("used") + 1))
            return _finding(message, place, f"prefix {prefix}")
    return None


def _reference(text: str, name: str) -> Iterator[Finding]:
    try:
        parseQuery(text)
    except ParseException as error:
        place = Place(name, Span(error.lineno, error.column))
        yield _finding(f"Not SPARQL: {error.msg}", place, error.msg)


def _finding(message: str, place: Place, key: str) -> Finding:
    return Finding("syntax/sparql", "violation", message, place=place, key=key)

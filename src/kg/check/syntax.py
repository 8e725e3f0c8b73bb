"""Judge whether every file can be read: bytes, Turtle, SPARQL; one that cannot hides no other."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path

from pyoxigraph import RdfFormat, parse

from kg.check import encoding, sparql, texts
from kg.check.work import Work
from kg.errors import BadData
from kg.findings import Finding, Place, Span
from kg.prefixes import prefixes
from kg.turtle import TOO_LONG, long_line

__all__ = ["RULES", "findings"]

#: The rules of this stage: severity and what is wrong.
RULES = {
    "syntax/unreadable": ("violation", "A file that cannot be opened"),
    "syntax/encoding": ("violation", "A file that is not UTF-8"),
    "syntax/byte-order-mark": ("violation", "A file that starts with a byte order mark"),
    "syntax/line-ending": ("warning", "Lines that end with a carriage return"),
    "syntax/long-line": ("warning", "A line too long for editors and differences"),
    "syntax/turtle": ("violation", "A file that is not Turtle"),
    "syntax/empty": ("warning", "A file that says nothing"),
    "syntax/sparql": ("violation", "A query file that is not a SPARQL query"),
}
FORMATS = {".ttl": RdfFormat.TURTLE, ".trig": RdfFormat.TRIG}
WHERE = re.compile(
    r"Parser error (?:at line \d+ (?:column \d+|between columns \d+ and \d+)|"
    r"between line \d+ column \d+ and line \d+ column \d+): "
)
UNDECLARED = re.compile(r"The prefix (.*): has not been declared")
Judge = Callable[[bytes, str], Iterator[Finding]]


def findings(work: Work, *, only: Collection[Path] | None = None) -> Iterator[Finding]:
    """Yield what keeps files from being read; raise BadData when there is no repository.

    With `only`, of these files.
    """
    layout = work.layout
    turtle, queries = texts.turtle(layout), texts.queries(layout)
    if not turtle:
        missing = [
            f"{name}/" for name in ("ontology", "data") if not (layout.root / name).is_dir()
        ]
        what = f"no {' and no '.join(missing)}" if missing else "no Turtle files"
        raise BadData(
            f"{layout.root}: not a repository: {what} here",
            hint="Run in the folder with ontology/, data/ and queries/, or name it with --root",
        )
    known = prefixes(layout)
    wanted = set(turtle + queries if only is None else only)
    for path in filter(wanted.__contains__, turtle):
        judge = partial(_turtle, form=FORMATS[path.suffix], known=known)
        yield from _judged(path, layout.name(path), judge)
    for path in filter(wanted.__contains__, queries):
        yield from _judged(path, layout.name(path), partial(sparql.findings, known=known))


def _judged(path: Path, name: str, judge: Judge) -> Iterator[Finding]:
    data = encoding.load(path, name)
    if isinstance(data, Finding):
        yield data
        return
    found = list(encoding.findings(data, name))
    yield from found
    if not any(one.rule == "syntax/encoding" for one in found):
        yield from judge(data.removeprefix(encoding.BOM), name)


def _turtle(
    data: bytes, name: str, *, form: RdfFormat, known: Mapping[str, str]
) -> Iterator[Finding]:
    count = 0
    if line := long_line(data):
        yield _finding("turtle", f"Cannot be read: {TOO_LONG}", Place(name, Span(line, 1)), "line")
        return
    try:
        for _ in parse(data, form, base_iri="http://base.invalid/"):
            count += 1
    except SyntaxError as error:
        span = Span(
            error.lineno or 1, error.offset or 1, error.end_lineno or 0, error.end_offset or 0
        )
        why = WHERE.sub("", error.msg)
        yield _finding("turtle", f"Not Turtle: {_remedy(why, known)}", Place(name, span), why)
    except MemoryError:
        why = "a literal, an IRI or a comment of more than 16 MiB; close its quotes, or cut it"
        yield _finding("turtle", f"Cannot be read: {why}", Place(name, _longest(data)), "size")
    else:
        if not count:
            message = "Says nothing: no triples; write some, or remove the file"
            yield Finding("syntax/empty", "warning", message, place=Place(name), key="empty")


def _remedy(why: str, known: Mapping[str, str]) -> str:
    undeclared = UNDECLARED.fullmatch(why)
    if undeclared is None:
        return why[:1].lower() + why[1:] if why[1:2].islower() else why
    remedy = texts.declare(undeclared[1], known, "@prefix {}: <{}> .")
    return f"prefix {undeclared[1]}: is not declared; {remedy}"


def _longest(data: bytes) -> Span:
    lines = data.split(b"\n")
    return Span(max(range(len(lines)), key=lambda number: len(lines[number])) + 1, 1)


def _finding(rule: str, message: str, place: Place, key: str) -> Finding:
    return Finding(f"syntax/{rule}", "violation", message, place=place, key=key)

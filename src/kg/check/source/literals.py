"""Judge literals: their datatypes, forms, languages and characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from pyoxigraph import Literal, NamedNode

from kg.check.source.lexical import canonical, fault, known
from kg.check.source.source import Source, Term, finding
from kg.findings import Finding
from kg.vocab import XSD

__all__ = ["RULES", "findings"]

RULES = {
    "source/datatype-unknown": ("violation", "A datatype that XML Schema does not have"),
    "source/literal-ill-typed": ("violation", "A literal that is no value of its datatype"),
    "source/literal-not-canonical": ("warning", "A number or truth written in another form"),
    "source/language-tag": ("warning", "A language tag that is not in lower case"),
    "source/control-character": ("warning", "A literal with a character that nobody sees"),
    "source/bidi-character": ("warning", "A literal with a character that turns text around"),
    "source/replacement-character": ("violation", "A literal with a character that was lost"),
    "source/not-nfc": ("warning", "A literal that is not in Unicode's composed form"),
}
TAG = re.compile(r"[\"'](?:[ \t\r\n]*)@[A-Za-z0-9\-]*[A-Z]")
WRITTEN_TAG = re.compile(r"@([A-Za-z0-9\-]+)\Z")
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060-\u2064\ufeff\ufff9-\ufffb"
#: Embeddings, overrides and isolates, which hide in what order a text is read.
_TURNING = "\u202a-\u202e\u2066-\u2069"
#: Marks of direction, which only a text with letters from right to left has use for.
_MARK = "\u200e\u200f\u061c"
LOST = "\ufffd"
CONTROL, TURNING, MARK, SUSPECT = (
    re.compile(f"[{chars}]")
    for chars in (_CONTROL, _TURNING, _MARK, _CONTROL + _TURNING + _MARK + LOST)
)


def findings(source: Source) -> Iterator[Finding]:
    """Yield what is wrong with the literals of a file."""
    escaped = "\\u" in source.text or "\\U" in source.text
    yield from source.objects(_typed)
    if escaped or SUSPECT.search(source.text):
        yield from source.objects(_characters)
    if escaped or not unicodedata.is_normalized("NFC", source.text):
        yield from source.objects(_composed)
    if TAG.search(source.text):
        yield from _tags(source)


def _typed(term: Term) -> Finding | None:
    if not isinstance(term, Literal) or not (kind := term.datatype.value).startswith(XSD):
        return None
    value = term.value
    if kind == XSD + "string":
        return None
    if not known(kind):
        name = kind.removeprefix(XSD)
        message = f"XML Schema has no xsd:{name}; correct the datatype"
        return finding("datatype-unknown", "violation", message, value=value)
    if why := fault(value, kind):
        return finding("literal-ill-typed", "violation", why, value=value)
    if (better := canonical(value, kind)) != value:
        return finding(
            "literal-not-canonical", "warning", f"Write {better}, not {value}", value=value
        )
    return None


def _characters(term: Term) -> Finding | None:
    if not isinstance(term, Literal):
        return None
    value = term.value
    if LOST in value:
        message = "U+FFFD stands where a character was lost; restore it from the source"
        return finding("replacement-character", "violation", message, value=value)
    if found := CONTROL.search(value):
        message = f"{_name(found[0])} is seen by nobody; remove it"
        return finding("control-character", "warning", message, value=value)
    found = TURNING.search(value) or (None if _leftward(value) else MARK.search(value))
    if found:
        message = f"{_name(found[0])} changes the order in which the text is shown; remove it"
        return finding("bidi-character", "warning", message, value=value)
    return None


def _composed(term: Term) -> Finding | None:
    if not isinstance(term, Literal) or unicodedata.is_normalized("NFC", term.value):
        return None
    number = next(
        n for n, c in enumerate(unicodedata.normalize("NFC", term.value)) if c != term.value[n]
    )
    message = f"Not composed (NFC) from character {number + 1} on, so searches miss it; compose it"
    return finding("not-nfc", "warning", message, value=term.value)


def _tags(source: Source) -> Iterator[Finding]:
    """Yield tags in upper case; the parser gives all in lower case, so only the text tells."""
    found = source.index
    for number, row in enumerate(found.rows if found else []):
        if found and isinstance(row[2], Literal) and row[2].language:
            span = found.standing(number).object
            tag = WRITTEN_TAG.search(found.written(span))
            if tag and tag[1] != tag[1].lower():
                message = (
                    f"Write @{tag[1].lower()}, as `kg fmt` does: tags are compared in lower case"
                )
                fault = finding("language-tag", "warning", message, value=row[2].value, key=tag[1])
                focus = row[0].value if isinstance(row[0], NamedNode) else ""
                yield replace(fault, focus=focus, path=row[1].value, place=source.place(span))


def _leftward(text: str) -> bool:
    """Say whether a text has letters that are written from right to left."""
    return any(c.isalpha() and unicodedata.bidirectional(c) in ("R", "AL") for c in text)


def _name(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, 'control character').lower()}"

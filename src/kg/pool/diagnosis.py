"""Say in words what is wrong with a query; the parser of the store says what might follow.

It looks at the words before the place at which the parser stopped: brackets, the first keyword,
patterns with too few terms or too many.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

__all__ = ["Cause", "cause", "undeclared", "word_at"]

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
TOKEN = re.compile(
    r"(?P<gap>\s+|\#[^\n]*)"
    r'|(?P<term>"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    r"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|<[^<>\"{}|^`\\\s]*>|[?$]\w+"
    r"|[\w.\-]*(?<!\.):[\w.\-%:\\]*(?<!\.)|[+-]?\d[\d.eE]*(?<!\.)|\b(?:true|false|a)\b)"
    r"|(?P<tag>@[A-Za-z-]+|\^\^)|(?P<word>\w+)|(?P<mark>.)",
    re.DOTALL,
)
#: A name with a prefix.
NAME = re.compile(r"([A-Za-z][\w.-]*):")
#: Words that want something after them within a group.
OPENING = ("FILTER", "BIND", "OPTIONAL", "UNION", "MINUS", "GRAPH", "VALUES", "EXISTS")
CLOSES = {"}": "{", ")": "(", "]": "["}
SELECTED = (
    (r"SELECT\s*(?:DISTINCT|REDUCED)?\s*\{", "SELECT names no variable", "SELECT * or SELECT ?x"),
    (
        r"SELECT\b[^{]*[?$]\w+\s*,",
        "the variables of SELECT stand apart by spaces, not commas",
        "Leave the commas out",
    ),
    (
        r"SELECT\b[^{]*\(\s*(?:COUNT|SUM|MIN|MAX|AVG|SAMPLE|GROUP_CONCAT)\s*\([^()]*\)\s*\)",
        "an expression in SELECT has no name",
        "Write (COUNT(?x) AS ?n)",
    ),
)


@dataclass(frozen=True)
class Cause:
    """What is wrong, what would mend it, and where, when that is known better."""

    text: str
    hint: str | None = None
    at: int | None = None


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


def cause(query: str, at: int, *, update: bool = False) -> Cause | None:
    """Return what is wrong with a text that the parser read as far as `at`; None when unsure."""
    tokens = _tokens(query)
    if not tokens:
        kind = "update" if update else "query"
        return Cause(f"the {kind} is empty", None if update else f"Begin with {_either()}", 0)
    before = [token for token in tokens if token.at <= at]
    found = None if update else _form(tokens)
    return found or _brackets(tokens) or _pattern(before) or _selected(query, update)


def word_at(query: str, at: int) -> str:
    """Return the word or mark at a place of a text, or the last one before it."""
    found = [token.text for token in _tokens(query) if token.at <= at]
    return found[-1][:60] if found else ""


def undeclared(query: str, at: int) -> list[str]:
    """Return the prefixes that are used up to a place and that the text declares nowhere."""
    tokens = _tokens(query)
    words = [token.text.upper() for token in tokens]
    declared = {
        token.text for word, token in zip(words, tokens[1:], strict=False) if word == "PREFIX"
    }
    used = (NAME.match(token.text) for token in tokens if token.kind == "term" and token.at <= at)
    return [one[1] for one in used if one and f"{one[1]}:" not in declared]


def _tokens(query: str) -> list[_Token]:
    return [
        _Token(str(one.lastgroup), one[0], one.start())
        for one in TOKEN.finditer(query)
        if one.lastgroup != "gap"
    ]


def _form(tokens: list[_Token]) -> Cause | None:
    """Return that the first keyword is none."""
    rest = list(tokens)
    while len(rest) > 1 and rest[0].text.upper() in ("PREFIX", "BASE"):
        count = 3 if rest[0].text.upper() == "PREFIX" else 2
        if count == 3 and not rest[1].text.endswith(":"):
            return Cause(f"PREFIX {rest[1].text} has no colon", "Write PREFIX ex: <…>", rest[1].at)
        rest = rest[count:]
    if not rest:
        return Cause("the query ends after its prefixes", f"Go on with {_either()}")
    word = rest[0].text
    if word.upper() in FORMS:
        return None
    meant = difflib.get_close_matches(word.upper(), FORMS, n=1, cutoff=0.6)
    hint = f"Did you mean {meant[0]}?" if meant else None
    return Cause(f"expected {_either()}, not {word[:40]!r}", hint, rest[0].at)


def _either() -> str:
    return f"{', '.join(FORMS[:-1])} or {FORMS[-1]}"


def _brackets(tokens: list[_Token]) -> Cause | None:
    opened: list[_Token] = []
    for token in tokens:
        if token.kind != "mark":
            continue
        if token.text in "\"'":
            return Cause(
                "the text that begins here is not closed", f"Close it with {token.text}", token.at
            )
        if token.text in CLOSES.values():
            opened.append(token)
        elif token.text in CLOSES:
            if not opened:
                return Cause(f"this {token.text} closes nothing", "Take it out", token.at)
            last = opened.pop()
            if last.text != CLOSES[token.text]:
                return Cause(f"this {last.text} is not closed before {token.text}", None, last.at)
    if not opened:
        return None
    return Cause(f"this {opened[-1].text} is not closed", "Add what closes it", opened[-1].at)


def _pattern(tokens: list[_Token]) -> Cause | None:
    """Return that the last pattern before the end of a group has too few terms or too many."""
    if not tokens or tokens[-1].text not in ("}", "."):
        return None
    *rest, end = tokens
    terms: list[str] = []
    for number, token in reversed(list(enumerate(rest))):
        if token.kind == "term":
            if number and rest[number - 1].text == "^^":
                continue
            terms.insert(0, token.text)
        elif token.kind != "tag":
            return _counted(token, terms, end)
    return None


def _counted(start: _Token, terms: list[str], end: _Token) -> Cause | None:
    shown = " ".join(terms[:4])
    if start.kind == "word":
        bare = not terms and start.text.upper() in OPENING
        return Cause(f"{start.text} has nothing after it", None, start.at) if bare else None
    if start.text in "{}.":
        names = {1: "property and no object", 2: "object"}
        if len(terms) in names:
            return Cause(
                f"the pattern has no {names[len(terms)]} ({shown} …)",
                "A pattern is subject, property, object",
                end.at,
            )
        if len(terms) > 3:
            return Cause(
                f"the pattern has more than three terms ({shown})", "Is a . missing?", end.at
            )
    if start.text == ";" and len(terms) == 1:
        return Cause(
            f"the pattern has no object ({shown} …)", "After ; go property, object", end.at
        )
    if start.text == "," and not terms:
        return Cause("there is no object after the comma", "Take the comma out", start.at)
    return None


def _selected(query: str, update: bool) -> Cause | None:
    for form, text, hint in () if update else SELECTED:
        if re.search(form, query, re.I):
            return Cause(text, hint)
    return None

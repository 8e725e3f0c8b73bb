"""Read saved queries and bind their parameters as terms, never as text.

A query is a `.rq` file with grlc's `#+ key: value` header. A parameter is a one-value
`VALUES ?name { default }` block; the runner swaps in the serialisation of a term, so the
file runs unchanged in any SPARQL tool. `#+ param.NAME: KIND[, description]` gives its kind.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from kg.errors import BadParameter, BadShapes, NotFound
from kg.files import read_bytes
from kg.vocab import BASE, XSD, local

__all__ = ["KINDS", "Param", "SavedQuery", "bind", "load", "parse", "pick"]

HEADER = re.compile(r"^#\+\s*([\w.\-]+)\s*:\s*(.*)$", re.MULTILINE)
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]*")
#: A term as queries write it: an IRI, a quoted literal, a number or a prefixed name.
TERM = r"""(?:<[^<>"{}|^`\\\s]*>|"[^"\\\n]*"(?:@[\w-]+|\^\^\S+)?|[\w.\-:]+)"""
#: The base in an IRI of a state, an agreement, a concept …
HOME = re.compile(r"<(.*?/)(?:id|scheme)/")
VALUE = r"(VALUES\s+\?%s\s*\{\s*)(" + TERM + r")(\s*\})"


@dataclass(frozen=True)
class Param:
    """A typed parameter of a saved query."""

    name: str
    kind: str
    default: str | None
    description: str = ""
    options: tuple[str, ...] = ()
    #: Base of the IRIs of its values: that of its default.
    base: str = BASE


@dataclass(frozen=True)
class SavedQuery:
    """A question with a name, kept in a file."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    params: tuple[Param, ...]
    text: str
    header: Mapping[str, str]


def load(folder: Path) -> dict[str, SavedQuery]:
    """Return the saved queries of a folder by name; raise BadShapes for a bad header."""
    return {path.stem: parse(path) for path in sorted(folder.glob("*.rq"))}


def parse(path: Path) -> SavedQuery:
    """Read one query file; raise BadData when it is not UTF-8, BadShapes for a bad header."""
    text = read_bytes(path).decode("utf-8").replace("\r\n", "\n")
    header = {key: value.strip() for key, value in HEADER.findall(text)}
    if "summary" not in header:
        raise BadShapes(f"{path}: no `#+ summary:` line; say what the query answers")
    params = tuple(
        _param(path, text, key.removeprefix("param."), value)
        for key, value in header.items()
        if key.startswith("param.")
    )
    tags = tuple(tag.strip() for tag in header.get("tags", "").split(",") if tag.strip())
    description = header.get("description", "")
    return SavedQuery(path.stem, header["summary"], description, tags, params, text, header)


def pick(
    queries: Mapping[str, SavedQuery], name: str, listed: str = "`kg query --list` names them all"
) -> SavedQuery:
    """Return a saved query; raise NotFound that offers the nearest names, or says who has them."""
    if name in queries:
        return queries[name]
    near = difflib.get_close_matches(name, queries, n=3, cutoff=0.4)
    hint = f"Did you mean {', '.join(near)}?" if near else listed
    raise NotFound(f"There is no saved query {name!r}", hint=hint, details={"nearest": near})


def bind(query: SavedQuery, values: Mapping[str, str]) -> str:
    """Return the query text with each given value in place of its parameter's default.

    Raises BadParameter for an unknown name or a value of the wrong kind.
    """
    params = {param.name: param for param in query.params}
    text = query.text
    for name, value in values.items():
        if name not in params:
            known = ", ".join(params) or "none"
            near = difflib.get_close_matches(name, params, n=3, cutoff=0.6)
            raise BadParameter(
                f"{query.name} has no parameter {name!r}; it has: {known}",
                hint=f"Did you mean {', '.join(near)}?" if near else None,
                details={"parameter": name, "value": value, "nearest": near},
            )
        text = _put(text, name, str(_term(params[name], value.strip())))
    return text


def _put(text: str, name: str, term: str) -> str:
    return _slot(name).sub(lambda match: match[1] + term + match[3], text)


def _slot(name: str) -> re.Pattern[str]:
    return re.compile(VALUE % re.escape(name))


def _param(path: Path, text: str, name: str, spec: str) -> Param:
    kind, _, description = spec.partition(",")
    found = _slot(name).search(text)
    if found is None:
        raise BadShapes(f"{path}: parameter {name} has no `VALUES ?{name} {{ default }}` block")
    if kind.strip().split(":")[0] not in KINDS:
        raise BadShapes(f"{path}: parameter {name} has unknown kind {kind.strip()!r}")
    whole = kind.strip() == "iri" and found[2].startswith("<")
    base = HOME.match(found[2])
    return Param(
        name,
        kind.strip(),
        found[2][1:-1] if whole else _plain(found[2], base[1] if base else BASE),
        description.strip(),
        base=base[1] if base else BASE,
    )


def _plain(term: str, base: str) -> str:
    if term.startswith("<"):
        return local(term[1:-1]) if term[1:].startswith(base) else term[1:-1]
    return term.split("^^")[0].rsplit("@", 1)[0].strip('"') if term.startswith('"') else term


def _term(param: Param, value: str) -> NamedNode | Literal:
    family, _, rest = param.kind.partition(":")
    try:
        return KINDS[family](value, rest, param.base)
    except ValueError as error:
        raise BadParameter(
            f"{param.name} = {value!r}: {error}",
            details={"parameter": param.name, "value": value},
        ) from error


def _entity(folder: str) -> Callable[[str, str, str], NamedNode]:
    def make(value: str, _rest: str, base: str) -> NamedNode:
        key = value.removeprefix(f"{base}id/{folder}/")
        key = key.upper() if folder == "state" else key
        if not KEY.fullmatch(key):
            raise ValueError(f"not the key of a {folder}, such as {EXAMPLES[folder]}")
        return NamedNode(f"{base}id/{folder}/{key}")

    return make


def _concept(value: str, scheme: str, base: str) -> NamedNode:
    key = value.removeprefix(f"{base}scheme/{scheme}/")
    if not KEY.fullmatch(key):
        raise ValueError(f"not a concept of the scheme {scheme}")
    return NamedNode(f"{base}scheme/{scheme}/{key}")


def _date(value: str, _rest: str, _base: str) -> Literal:
    try:
        if datetime.date.fromisoformat(value).isoformat() == value:
            return Literal(value, datatype=NamedNode(XSD + "date"))
    except ValueError:
        pass
    raise ValueError("not a date such as 2026-01-01 (YYYY-MM-DD)")


def _integer(value: str, _rest: str, _base: str) -> Literal:
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", value):
        raise ValueError("not a whole number of at most nine digits")
    return Literal(value, datatype=NamedNode(XSD + "integer"))


def _text(value: str, _rest: str, _base: str) -> Literal:
    if len(value) > 500:
        raise ValueError("longer than 500 characters")
    return Literal(value)


def _iri(value: str, _rest: str, _base: str) -> NamedNode:
    return NamedNode(value)


EXAMPLES = {"state": "PAK", "organisation": "OIC", "agreement": "PAK-TUR-1954-04-02"}

#: Kind of a parameter to the function that makes its term.
KINDS: dict[str, Callable[[str, str, str], NamedNode | Literal]] = {
    "state": _entity("state"),
    "organisation": _entity("organisation"),
    "agreement": _entity("agreement"),
    "concept": _concept,
    "date": _date,
    "integer": _integer,
    "text": _text,
    "iri": _iri,
}

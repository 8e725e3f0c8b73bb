"""Turn what the parser of the store says into an error with a place and a remedy."""

from __future__ import annotations

import difflib
import re

from kg.errors import BadQuery, KgError, Refused
from kg.pool.guard import is_update
from kg.vocab import PREFIXES

__all__ = ["explained"]

POSITION = re.compile(r"error at (\d+):(\d+): (?:expected (?:one of )?)?(.*)", re.DOTALL)
PREFIXED = re.compile(r"(?<![\w?$<:/])([A-Za-z][\w.-]*):")
SHOWN = 8


def explained(message: str, query: str, *, update: bool = False) -> KgError:
    """Return the error for a query, or an update, that the store could not parse."""
    if not update and is_update(query):
        return Refused("This endpoint is read-only; updates are refused")
    found = POSITION.search(message)
    if found is None:
        return BadQuery(f"Not a SPARQL {'update' if update else 'query'}: {message}")
    line, column = int(found[1]), int(found[2])
    lines = query.splitlines() or [""]
    excerpt = lines[min(line, len(lines)) - 1]
    details = {"line": line, "column": column, "excerpt": excerpt[:200]}
    text, hint = _cause(found[3], excerpt, column)
    return BadQuery(f"Line {line}, column {column}: {text}", hint=hint, details=details)


def _cause(expected: str, excerpt: str, column: int) -> tuple[str, str | None]:
    if "Prefix not found" in expected:
        names = PREFIXED.findall(excerpt[: column + 1]) or ["this"]
        return f"prefix {names[-1]}: is not declared", _prefix(names[-1])
    tokens = (token.strip() for token in expected.split(", "))
    words = [token for token in tokens if token and "u{" not in token and token[0] != "["][:SHOWN]
    return f"expected {' or '.join(words) or 'something else'}", None


def _prefix(name: str) -> str:
    meant = difflib.get_close_matches(name, PREFIXES, n=1, cutoff=0.5)
    if meant:
        return f"Did you mean {meant[0]}: ({PREFIXES[meant[0]]})?"
    return f"Add PREFIX {name}: <…> at the top"

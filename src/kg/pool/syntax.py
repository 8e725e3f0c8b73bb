"""Turn what the parser of the store says into an error with a place and a remedy."""

from __future__ import annotations

import difflib
import re

from kg.errors import BadQuery, KgError, Refused
from kg.pool.diagnosis import Cause, cause, undeclared, word_at
from kg.pool.guard import is_update
from kg.vocab import PREFIXES

__all__ = ["explained", "no_function"]

POSITION = re.compile(r"error at (\d+):(\d+): (?:expected (?:one of )?)?(.*)", re.DOTALL)
FUNCTION = re.compile(r"custom (?:aggregate )?function <([^>]*)> is not supported", re.I)
#: What the parser says may follow and helps: marks, and words that have one place.
TELLING = {"AS", "BY", "NAMED", "WHERE", "{", "}", "(", ")", "<", ">", "*", "UNDEF"}


def explained(message: str, query: str, *, update: bool = False) -> KgError:
    """Return the error for a query, or an update, that the store could not parse."""
    if not update and is_update(query):
        return Refused("This endpoint is read-only; updates are refused")
    found = POSITION.search(message)
    if found is None:
        return BadQuery(f"Not a SPARQL {'update' if update else 'query'}: {message}")
    at = _offset(query, int(found[1]), int(found[2]))
    why = _cause(found[3], query, at, update)
    line, column = _place(query, at if why.at is None else why.at)
    excerpt = query.split("\n")[line - 1].rstrip("\r")
    details = {"line": line, "column": column, "excerpt": excerpt[:200]}
    return BadQuery(f"Line {line}, column {column}: {why.text}", hint=why.hint, details=details)


def no_function(error: RuntimeError) -> KgError | None:
    """Return what Oxigraph says of a function that it has not; None of anything else."""
    found = FUNCTION.search(str(error))
    return found and BadQuery(
        f"There is no function <{found[1]}> here",
        hint="Functions of SPARQL 1.1 and casts to types of XML Schema are there",
        details={"function": found[1]},
    )


def _offset(query: str, line: int, column: int) -> int:
    """Return the place in the text, the last one of it where the parser is past its end."""
    lines = query.split("\n")
    before = sum(len(one) + 1 for one in lines[: line - 1])
    return max(0, min(before + column - 1, len(query.rstrip()) - 1))


def _place(query: str, at: int) -> tuple[int, int]:
    before = query[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1


def _cause(expected: str, query: str, at: int, update: bool) -> Cause:
    if "Prefix not found" in expected:
        name = (undeclared(query, at) or ["this"])[-1]
        return Cause(f"prefix {name}: is not declared", _prefix(name))
    if known := cause(query, at, update=update):
        return known
    if name := next((one for one in undeclared(query, at) if one not in PREFIXES), ""):
        return Cause(f"prefix {name}: is not declared", _prefix(name))
    tokens = [token.strip().strip('"') for token in expected.split(", ")]
    if told := [one for one in tokens if re.match(r"[A-Z]\w* \w+ \w", one)]:
        return Cause(told[0])
    words = [one for one in tokens if one in TELLING]
    here = f"at or before {word_at(query, at)!r}"
    return Cause(f"expected {' or '.join(words)} {here}" if words else f"not SPARQL {here}")


def _prefix(name: str) -> str:
    meant = difflib.get_close_matches(name, PREFIXES, n=1, cutoff=0.5)
    if meant:
        return f"Did you mean {meant[0]}: ({PREFIXES[meant[0]]})?"
    return f"Add PREFIX {name}: <…> at the top"

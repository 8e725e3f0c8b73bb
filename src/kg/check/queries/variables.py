"""Judge the variables of a query: those that nothing binds, and those that look misspelt."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator

from kg.check.queries.algebra import bound_in
from kg.check.queries.read import Text
from kg.findings import Finding

__all__ = ["findings"]

#: Names that say that a variable is to stay unbound, as in `IF(?x, ?y, ?none)`.
UNBOUND = {"none", "nothing", "null", "unbound", "undef"}
#: How alike two names are of which one is a slip of the other.
ALIKE = 0.8


def findings(text: Text) -> Iterator[Finding]:
    """Yield variables that nothing binds, and a variable used once that resembles another."""
    tokens = {t.text[1:]: t for t in reversed(text.tokens) if t.kind == "variable"}
    uses = Counter(t.text[1:] for t in text.tokens if t.kind == "variable")
    bound = _surely_bound(text)
    if tokens.keys() - bound - UNBOUND:  # the parse takes its time, and is seldom needed
        if text.tree is None:
            return
        bound |= bound_in(text.tree)
    for name, token in tokens.items():
        near = _near(name, uses)
        hint = f"did you mean ?{near}?" if near else ""
        if name in UNBOUND or name.startswith("_"):
            continue
        if name not in bound:
            message = (
                f"Nothing binds ?{name}, so it is always blank; {hint or 'bind it or drop it'}"
            )
            yield text.finding("queries/variable-unbound", "violation", message, token)
        elif uses[name] == 1 and near in bound:
            message = f"?{name} is used once and joins nothing; {hint} Else write [] for it"
            yield text.finding("queries/variable-once", "warning", message, token)


def _surely_bound(text: Text) -> set[str]:
    """Return variables that are, by the words beside them, the end of a triple or after AS."""
    found: set[str] = set()
    words = text.tokens
    for before, token, after in zip(
        [*words[-1:], *words], words, [*words[1:], words[0]], strict=False
    ):
        if token.kind == "variable":
            subject = after.kind in ("name", "iri") or after.text == "a"
            value = before.kind in ("name", "iri") or before.text == "a"
            named = before.kind == "word" and before.text.lower() in ("as", "graph", "values")
            if subject or value or named:
                found.add(token.text[1:])
    return found


def _near(name: str, uses: Counter[str]) -> str:
    """Return the variable, used more than once or elsewhere, of which a name may be a slip."""
    others = [other for other in uses if other != name and not _numbered(name, other)]
    if len(name) < 4:
        return ""
    found = difflib.get_close_matches(name, others, n=1, cutoff=ALIKE)
    return found[0] if found else ""


def _numbered(one: str, two: str) -> bool:
    """Say whether two names differ on purpose: by a number, an end such as `A`, or a plural."""
    if len(one) == len(two):
        apart = [(a, b) for a, b in zip(one, two, strict=True) if a != b]
        return len(apart) == 1 and all(c.isdigit() or c.isupper() for c in apart[0])
    long, short = sorted((one, two), key=len, reverse=True)
    rest = long.removeprefix(short)
    return long.startswith(short) and (rest[:1].isupper() or rest.isdigit() or rest in ("s", "es"))

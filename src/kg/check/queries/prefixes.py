"""Judge the prefixes of a query."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.check.facts import ontology_of
from kg.check.queries.read import Text, Token
from kg.check.work import Work
from kg.findings import Finding
from kg.vocab import PREFIXES

__all__ = ["findings"]

DECLARED = re.compile(r"(?im)^[^#\n]*?\bPREFIX\s+([\w.\-]*):\s*<([^>]*)>")


def findings(work: Work, text: Text) -> Iterator[Finding]:
    """Yield prefixes that are used and not declared, declared and not used, or declared twice."""
    used = [t for t in text.tokens if t.kind == "name"]
    seen: dict[str, str] = {}
    for match in DECLARED.finditer(text.text):
        name, at = match[1], Token("prefix", match[0], match.start())
        if name in seen:
            message = f"Prefix {name}: is declared twice; take one out"
            yield text.finding("queries/prefix-repeated", "warning", message, at)
        seen[name] = match[2]
        uses = [t for t in used if t.text.split(":")[0] == name and t.start > match.end()]
        uses += [t for t in used if t.text.split(":")[0] == name and t.start < match.start()]
        if not uses:
            message = f"Prefix {name}: is not used; take the line out"
            yield text.finding("queries/prefix-unused", "info", message, at)
    for token in {t.text.split(":")[0]: t for t in reversed(used)}.values():
        name = token.text.split(":")[0]
        if name not in seen:
            message = f"Prefix {name}: is not declared; add PREFIX {name}: <{_space(work, name)}>"
            yield text.finding("queries/prefix-undeclared", "violation", message, token)


def _space(work: Work, name: str) -> str:
    """Return the namespace that the ontology's files give a prefix."""
    known = {prefix: str(space) for prefix, space in ontology_of(work).graph.namespaces()}
    return known.get(name) or PREFIXES.get(name, "…")

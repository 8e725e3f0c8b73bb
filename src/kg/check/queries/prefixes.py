"""Judge the prefixes of a query; one that is not declared is an error of syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.check.queries.read import Text, Token
from kg.findings import Finding

__all__ = ["findings"]

DECLARED = re.compile(r"(?im)^[^#\n]*?\bPREFIX\s+([\w.\-]*):\s*<([^>]*)>")


def findings(text: Text) -> Iterator[Finding]:
    """Yield prefixes that are declared and not used, or declared twice."""
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

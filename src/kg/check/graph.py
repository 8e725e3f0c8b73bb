"""Ask the graph: by one check, and which warnings it accepts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from pyoxigraph import QuerySolutions, Store

from kg.errors import BadShapes
from kg.findings import Finding
from kg.queries import SavedQuery

__all__ = ["accept", "accepted", "run_check"]


def run_check(store: Store, check: SavedQuery, **graphs: Any) -> Iterator[Finding]:
    """Yield a finding for each row a check selects: ?focus, and ?value where it has one."""
    try:
        rows = store.query(check.text, **graphs)
    except SyntaxError as error:
        raise BadShapes(f"{check.name}: not a SPARQL query: {error}") from error
    if not isinstance(rows, QuerySolutions) or "focus" not in [v.value for v in rows.variables]:
        raise BadShapes(f"{check.name}: a check is a SELECT with ?focus")
    names = [variable.value for variable in rows.variables]
    for row in rows:
        cells = {name: _plain(row[name]) for name in names}
        message = _fill(_message(check), cells)
        severity = check.header.get("severity") or check.name.rsplit("-", 1)[-1]
        yield Finding(
            check.name,
            severity,
            message,
            cells["focus"],
            cells.get("path", ""),
            cells.get("value", ""),
        )


def accepted(store: Store) -> dict[tuple[str, str], str]:
    """Return the accepted warnings of the graph: (rule, focus or value) to the reason given."""
    rows = store.query(
        "PREFIX mq: <https://w3id.org/mithaq/ns#> SELECT ?rule ?node ?reason WHERE {"
        " ?a a mq:AcceptedWarning ; mq:acceptsRule ?rule ; mq:acceptsFocus|mq:acceptsValue ?node ;"
        " mq:reason ?reason }"
    )
    assert isinstance(rows, QuerySolutions)
    return {(row["rule"].value, row["node"].value): row["reason"].value for row in rows}


def accept(findings: Iterable[Finding], store: Store) -> list[Finding]:
    """Return the findings with the reasons that the graph gives for them."""
    reasons = accepted(store)
    return [replace(finding, reason=_reason(finding, reasons)) for finding in findings]


def _reason(finding: Finding, reasons: dict[tuple[str, str], str]) -> str:
    """Return why a finding is accepted: for its focus, its value, or its record's source."""
    source = re.sub(r"/id/record/([^/]+)/.*", r"/id/source/\1", finding.focus)
    told = (reasons.get((finding.rule, iri)) for iri in (finding.focus, finding.value, source))
    return next(filter(None, told), "")


def _fill(message: str, cells: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: cells.get(match[1], match[0]), message)


def _message(check: SavedQuery) -> str:
    return check.header.get("message") or check.summary


def _plain(term: object) -> str:
    return str(getattr(term, "value", "") if term is not None else "")

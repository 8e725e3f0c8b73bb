"""Judge the files and the built graph: syntax, SHACL, whole-graph checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from pyoxigraph import QuerySolutions, Store

from kg.check.naming import findings_of
from kg.check.places import locate
from kg.check.saying import with_rules
from kg.check.subjects import Subjects
from kg.errors import BadShapes
from kg.files import Layout, read_bytes
from kg.findings import Finding
from kg.queries import SavedQuery, parse
from kg.validate import shapes_graph, validate_store
from kg.vocab import BASE

__all__ = ["accept", "accepted", "check_store", "run_check"]


def check_store(
    store: Store,
    layout: Layout,
    *,
    base: str = BASE,
    step: Callable[[str], None] = lambda name: None,
) -> list[Finding]:
    """Return the findings of shapes and checks over a resolved store, worst first.

    A shape below the base is named without it.

    Raises BadShapes when a shape has no target, or a check is not a SELECT query.
    """
    checks = layout.checks()
    if not checks:
        raise BadShapes(f"{layout.root}/ontology/checks: no checks; nothing would be checked")
    found: list[Finding] = []
    # The shapes are judged in processes of their own; the checks run beside them.
    shapes = shapes_graph(layout.shapes())
    with ThreadPoolExecutor(1) as beside:
        shacl = beside.submit(validate_store, store, shapes)
        for path in checks:
            step(path.stem)
            found += run_check(store, parse(path))
        step("SHACL")
        found += findings_of(shacl.result(), shapes, base)
    bad = {finding for finding in found if finding.severity == "violation"}
    found = [*bad, *accept(set(found) - bad, store)]  # the graph accepts no violation
    subjects = Subjects(layout.data(), layout.name, read_bytes)
    placed = locate(found, subjects, store)
    placed = with_rules(placed, layout, Subjects(layout.shapes(), layout.name, read_bytes), base)
    return sorted(placed, key=lambda finding: finding.order)


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

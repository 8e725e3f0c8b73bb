"""Judge the files and the built graph: syntax, SHACL, whole-graph checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from pyoxigraph import NamedNode, QuerySolutions, Store

from kg.check.naming import finding_of
from kg.errors import BadShapes
from kg.files import Layout, read_bytes
from kg.findings import Finding, Place, Span
from kg.queries import SavedQuery, parse
from kg.turtle import read
from kg.validate import shapes_graph, validate_store
from kg.vocab import BASE, MQ, PREFIXES

__all__ = ["accepted", "check_store", "locate", "run_check"]


DESCRIBES = NamedNode(MQ + "describes")


def check_store(
    store: Store, layout: Layout, *, step: Callable[[str], None] = lambda name: None
) -> list[Finding]:
    """Return the findings of shapes and checks over a resolved store, worst first.

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
        found += (finding_of(violation, shapes, BASE) for violation in shacl.result())
    reasons = accepted(store)
    found = [replace(f, reason=_reason(f, reasons)) for f in found]
    return sorted(locate(set(found), layout), key=lambda finding: finding.order)


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


def _reason(finding: Finding, reasons: dict[tuple[str, str], str]) -> str:
    """Return why a finding is accepted: for its focus, its value, or its record's source."""
    source = re.sub(r"/id/record/([^/]+)/.*", r"/id/source/\1", finding.focus)
    told = (reasons.get((finding.rule, iri)) for iri in (finding.focus, finding.value, source))
    return next(filter(None, told), "")


def locate(findings: Iterable[Finding], layout: Layout) -> list[Finding]:
    """Give each finding the file and line where its focus is described."""
    findings = list(findings)
    wanted = {finding.focus for finding in findings}
    places: dict[str, Place] = {}
    for path in layout.data() if wanted else []:
        data = read_bytes(path)
        name = layout.name(path)
        triples = read(data, name)
        here = {_plain(t.subject) for t in triples}
        for focus in sorted(here & wanted - places.keys()):
            places[focus] = Place(name, Span(_line(data.decode("utf-8"), focus)))
        told = {_plain(t.object): _plain(t.subject) for t in triples if t.predicate == DESCRIBES}
        for focus in sorted(told.keys() & wanted - places.keys()):
            places[focus] = Place(name, Span(_line(data.decode("utf-8"), told[focus])))
    return [finding.at(places.get(finding.focus)) for finding in findings]


def _line(text: str, iri: str) -> int:
    forms = [f"<{iri}>"]
    forms += [f"{p}:{iri[len(ns) :]}" for p, ns in PREFIXES.items() if iri.startswith(ns)]
    starts = [m.start() for f in forms if (m := re.search(rf"^{re.escape(f)}\s", text, re.M))]
    return text.count("\n", 0, min(starts)) + 1 if starts else 1


def _fill(message: str, cells: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: cells.get(match[1], match[0]), message)


def _message(check: SavedQuery) -> str:
    return check.header.get("message") or check.summary


def _plain(term: object) -> str:
    return str(getattr(term, "value", "") if term is not None else "")

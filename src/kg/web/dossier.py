"""What the graph says of a thing, read at once: its own values, its parts, its records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import g

from kg.vocab import MQ, local
from kg.web.site import Cell, Fact, site
from kg.web.terms import is_iri

__all__ = ["Cells", "Dossier", "dossier", "value"]

#: Properties that lead from an agreement to what has its own values.
PARTS = ("commitment", "event", "statusSpell")
#: What a record says that is no property of ours.
BESIDE = ("page", "description")

#: Values by the last part of their property.
Cells = Mapping[str, list[Cell]]


@dataclass(frozen=True)
class Dossier:
    """The values of a thing, of its parts and of its records, each in one order."""

    iri: str
    #: By whole property, and by its last part.
    said: Cells
    own: Cells
    records: Mapping[str, Cells]
    parts: Mapping[str, Cells]

    def of(self, name: str) -> list[tuple[str, Cells]]:
        """Return the parts that a property leads to, with their values."""
        found = (cell["value"] for cell in self.own.get(name, ()))
        return [(iri, self.parts[iri]) for iri in found if iri in self.parts]

    def sources(self, name: str) -> dict[str, set[str]]:
        """Return the sources whose records lead to each part by a property."""
        found: dict[str, set[str]] = {}
        for cells in self.records.values():
            for cell in cells.get(name, ()):
                found.setdefault(cell["value"], set()).add(value(cells, "source"))
        return found


def dossier(iri: str) -> Dossier:
    """Return what the graph says of a thing, read once for a page."""
    seen: dict[str, Dossier] = g.setdefault("dossiers", {})
    if (found := seen.get(iri)) is None:
        found = seen[iri] = _sorted(iri, site().graph.facts(iri, PARTS) if is_iri(iri) else ())
    return found


def value(cells: Cells, key: str) -> str:
    """Return the first value of a property; "" when there is none."""
    return cells[key][0]["value"] if cells.get(key) else ""


def _sorted(iri: str, facts: Iterable[Fact]) -> Dossier:
    said: defaultdict[str, list[Cell]] = defaultdict(list)
    own: defaultdict[str, list[Cell]] = defaultdict(list)
    records: dict[str, dict[str, list[Cell]]] = {}
    parts: dict[str, dict[str, list[Cell]]] = {}
    for home, subject, predicate, cell in sorted(facts, key=_order):
        if not home and subject == iri:
            said[predicate].append(cell)
            own[local(predicate)].append(cell)
        elif not home:
            parts.setdefault(subject, {}).setdefault(local(predicate), []).append(cell)
        elif predicate.startswith(MQ) or local(predicate) in BESIDE:
            records.setdefault(subject, {}).setdefault(local(predicate), []).append(cell)
    return Dossier(iri, said, own, records, parts)


def _order(fact: Fact) -> tuple[str, str, bool, str, str]:
    """Return what puts facts in one order: IRIs before texts, as SPARQL has it."""
    _, subject, predicate, cell = fact
    return subject, predicate, cell["type"] == "literal", cell["value"], cell.get("xml:lang", "")

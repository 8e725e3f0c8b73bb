"""Hold the sample as quads, and judge it with some of its units changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple
from rdflib import Graph

from kg.check.graph import run_check
from kg.check.work import Work
from kg.errors import BadData, BadShapes
from kg.findings import Finding
from kg.mutate.operators import Mutant
from kg.mutate.sample import Unit
from kg.queries import SavedQuery, parse
from kg.resolve import resolve
from kg.store import quads
from kg.validate import shapes_graph, union, validate
from kg.vocab import BASE

__all__ = ["LOAD", "Ground", "clones", "holder", "renamed"]

#: Rule of a mutant that cannot even be loaded.
LOAD = "load"
Judge = Callable[[Store], Iterable[Finding]]


@dataclass
class Ground:
    """The units of a sample, with what judges them."""

    work: Work
    units: list[Unit]
    #: Further judges of a resolved store, beside shapes and checks.
    judges: Collection[Judge] = ()
    shapes: Graph = field(init=False)
    checks: list[SavedQuery] = field(init=False)
    homes: dict[str, str] = field(init=False)
    by_name: dict[str, Unit] = field(init=False)
    _quads: dict[str, list[Quad]] = field(init=False)

    def __post_init__(self) -> None:
        """Give each unit its quads, each node its unit; read shapes and checks once."""
        self.shapes = shapes_graph(self.work.layout.shapes())
        self.checks = [parse(path) for path in self.work.layout.checks()]
        self.homes = {node: unit.name for unit in self.units for node in unit.nodes}
        self.homes |= {unit.name: unit.name for unit in self.units}
        self.by_name = {unit.name: unit for unit in self.units}
        self._quads = {unit.name: list(quads(unit.triples, unit.name)) for unit in self.units}

    def home(self, iri: str) -> str | None:
        """Return the unit that a node is of; a node that rules make is under another's IRI."""
        return holder(iri, self.homes)

    def resolved(self, changed: Mapping[str, list[Quad]] | None = None) -> Store:
        """Return the sample with the rules run, some units in other words."""
        store = Store()
        for name, lines in self._quads.items():
            store.extend((changed or {}).get(name, lines))
        rules = self.work.layout.rules()
        resolve(store, rules, status_date=self.work.settings.status_date)
        return store

    def findings(self, store: Store) -> set[Finding]:
        """Return what shapes, checks and further judges find."""
        found = {finding for check in self.checks for finding in run_check(store, check)}
        found |= {
            Finding(v.shape.removeprefix(BASE), v.severity, v.message, v.focus, v.path, v.value)
            for v in validate(union(store), self.shapes)
        }
        return found | {finding for judge in self.judges for finding in judge(store)}

    def changed(self, mutant: Mutant) -> list[Quad] | str:
        """Return the quads of a mutant's unit, or why they can't be loaded."""
        unit = self.by_name[self.homes[mutant.node.value]]
        removed = set(mutant.removed)
        triples = [t for t in unit.triples if t not in removed] + list(mutant.added)
        try:
            return list(quads(triples, unit.name))
        except (BadData, BadShapes) as error:
            return str(error)

    @staticmethod
    def alter(store: Store, mutant: Mutant) -> None:
        """Change what the rules made, in a resolved store."""
        for triple in mutant.removed:
            store.remove(_plain(triple))
        for triple in mutant.added:
            store.add(_plain(triple))


def _plain(triple: Triple) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, DefaultGraph())


def holder(iri: str, homes: Mapping[str, str]) -> str | None:
    """Return the home of an IRI, or of the longest IRI above it that has one."""
    while iri:
        if iri in homes:
            return homes[iri]
        iri, _, _ = iri.rpartition("/")
    return None


def clones(unit: Unit, count: int) -> list[tuple[Unit, dict[str, str]]]:
    """Return copies of a unit whose own nodes have other IRIs, and which ones."""
    own = sorted(unit.nodes | {unit.name}, key=len)
    tops = [iri for iri in own if not any(iri.startswith(o + "/") for o in own if o != iri)]
    made = []
    for number in range(1, count + 1):
        fresh = {iri: f"{iri}-copy{number}" for iri in tops}
        for iri in own:
            above = next((top for top in tops if iri.startswith(top + "/")), None)
            if above is not None:
                fresh[iri] = fresh[above] + iri[len(above) :]
        triples = tuple(renamed(triple, fresh) for triple in unit.triples)
        made.append((Unit(fresh[unit.name], unit.part, triples), fresh))
    return made


def renamed(triple: Triple, fresh: Mapping[str, str]) -> Triple:
    """Return the triple with other IRIs for its ends."""
    subject, value = triple.subject, triple.object
    if isinstance(subject, NamedNode):
        subject = NamedNode(fresh.get(subject.value, subject.value))
    if isinstance(value, NamedNode):
        value = NamedNode(fresh.get(value.value, value.value))
    return Triple(subject, triple.predicate, value)

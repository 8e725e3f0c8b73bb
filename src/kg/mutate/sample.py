"""Choose a sample of valid data that has every class and property of a repository."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from random import Random

from pyoxigraph import Literal, NamedNode, Triple

from kg.check.work import Work
from kg.store import DESCRIBES
from kg.vocab import RDF_TYPE

__all__ = ["Sample", "Unit", "choose", "pair", "units"]

RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
IN_SCHEME = "http://www.w3.org/2004/02/skos/core#inScheme"
SCHEMA = {OWL + "Class", OWL + "ObjectProperty", OWL + "DatatypeProperty", RDFS + "Class"}
#: A unit of more triples than this is left out of samples.
LARGE = 250

Key = tuple[str, str]


@dataclass(frozen=True)
class Unit:
    """Nodes that are told of together, and what is said of them."""

    name: str
    #: "ontology" is always in a sample, "reference" when something names it, else "records".
    part: str
    triples: tuple[Triple, ...]

    @cached_property
    def nodes(self) -> set[str]:
        """Return the nodes described here, by triples of their own or by records."""
        told = {t.object for t in self.triples if t.predicate.value == DESCRIBES}
        told |= {t.subject for t in self.triples}
        return {node.value for node in told if isinstance(node, NamedNode)}


@dataclass
class Sample:
    """Data to mutate: by node and property, with the classes and schemes that there are."""

    units: list[Unit]
    #: Classes whose nodes are mutated.
    classes: set[str]
    above: dict[str, set[str]]
    triples: list[Triple] = field(default_factory=list)
    #: Nodes that may be mutated; None means all.
    only: set[str] | None = None
    _orders: dict[Key, int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Take the triples of the units, unless others are given."""
        self.triples = self.triples or [t for unit in self.units for t in unit.triples]

    @cached_property
    def _about(self) -> dict[str, list[Triple]]:
        found: dict[str, list[Triple]] = defaultdict(list)
        for triple in self.triples:
            if isinstance(triple.subject, NamedNode):
                found[triple.subject.value].append(triple)
        return found

    def about(self, node: NamedNode) -> list[Triple]:
        """Return what is said of a node."""
        return list(self._about.get(node.value, ()))

    def described(self, node: NamedNode) -> bool:
        """Say whether something is said of a node."""
        return node.value in self._about

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Return the class of each node: the narrowest of those that are mutated."""
        found: dict[str, set[str]] = defaultdict(set)
        for triple in self.triples:
            node, kind = triple.subject, triple.object
            if triple.predicate.value != RDF_TYPE or not isinstance(node, NamedNode):
                continue
            if isinstance(kind, NamedNode) and kind.value in self.classes:
                found[node.value].add(kind.value)
        return {node: self._narrowest(kinds) for node, kinds in found.items()}

    def _narrowest(self, kinds: set[str]) -> str:
        wide = {up for kind in kinds for up in self.above.get(kind, ()) if up != kind}
        return min(kinds - wide or kinds)

    def kind(self, node: NamedNode) -> str:
        """Return the class of a node, "" when it has none of ours."""
        return self.kinds.get(node.value, "")

    def related(self, one: str, two: str) -> bool:
        """Say whether a class is another, or over, under or beside it under one of ours."""
        ups = ({one} | self.above.get(one, set()), {two} | self.above.get(two, set()))
        return bool(ups[0] & ups[1])

    @cached_property
    def by_kind(self) -> dict[str, list[NamedNode]]:
        """Return the nodes of each class."""
        found: dict[str, list[NamedNode]] = defaultdict(list)
        for node, kind in sorted(self.kinds.items()):
            found[kind].append(NamedNode(node))
        return found

    @cached_property
    def scheme(self) -> dict[str, str]:
        """Return the scheme of each concept."""
        return {
            t.subject.value: t.object.value
            for t in self.triples
            if t.predicate.value == IN_SCHEME
            if isinstance(t.subject, NamedNode) and isinstance(t.object, NamedNode)
        }

    @cached_property
    def places(self) -> dict[Key, list[NamedNode]]:
        """Return the nodes that have a property, by class and property."""
        found: dict[Key, dict[str, NamedNode]] = defaultdict(dict)
        for triple in self.triples:
            node = triple.subject
            if isinstance(node, NamedNode) and (kind := self.kind(node)) and self._free(node):
                found[kind, triple.predicate.value][node.value] = node
        return {key: list(nodes.values()) for key, nodes in found.items()}

    def _free(self, node: NamedNode) -> bool:
        return self.only is None or node.value in self.only

    @cached_property
    def pairs(self) -> dict[Key, list[NamedNode]]:
        """Return the nodes that have two properties, by class and both."""
        having: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for (kind, prop), nodes in self.places.items():
            for node in nodes:
                if prop != RDF_TYPE:
                    having[kind][node.value].append(prop)
        found: dict[Key, list[NamedNode]] = defaultdict(list)
        for kind, nodes_of in having.items():
            for name, props in nodes_of.items():
                for one, two in combinations(sorted(set(props)), 2):
                    found[kind, f"{one} {two}"].append(NamedNode(name))
        return found

    def values(self, node: NamedNode, predicate: NamedNode) -> list[NamedNode | Literal]:
        """Return the values that nodes of the same class have."""
        return self._values.get((self.kind(node), predicate.value), [])

    @cached_property
    def _values(self) -> dict[Key, list[NamedNode | Literal]]:
        return {
            (kind, prop): sorted({v for n in nodes for v in self.values_of(n, prop)}, key=str)
            for (kind, prop), nodes in self.places.items()
        }

    def order(self, node: NamedNode, one: str, two: str) -> int:
        """Return -1 when the first date is never after the second on nodes of a class; 1; or 0.

        Dates are compared at the precision that both have.
        """
        key = (self.kind(node), f"{one} {two}")
        if key not in self._orders:
            self._orders[key] = self._order(self.pairs.get(key, []), one, two)
        return self._orders[key]

    def _order(self, nodes: list[NamedNode], one: str, two: str) -> int:
        signs = set()
        for other in nodes:
            a, b = self.values_of(other, one)[0].value, self.values_of(other, two)[0].value
            size = min(len(a), len(b))
            signs.add((a[:size] > b[:size]) - (a[:size] < b[:size]))
        return 0 if signs >= {-1, 1} else sum(signs)

    def values_of(self, node: NamedNode, prop: str) -> list[NamedNode | Literal]:
        """Return the values of a property of a node, in order."""
        values = (t.object for t in self._about.get(node.value, ()) if t.predicate.value == prop)
        return sorted({v for v in values if isinstance(v, NamedNode | Literal)}, key=str)


def pair(prop: str) -> tuple[str, str]:
    """Return the property, or the two, that a mutant is about."""
    one, _, two = prop.partition(" ")
    return one, two


def units(work: Work) -> list[Unit]:
    """Return the data of a repository in units.

    A record with what it describes and all that hangs on it is one; so is each node of the
    reference data with what only it points to.
    """
    told = [("ontology", t) for t in work.ontology()]
    layout = work.layout
    told += [("reference", t) for path in layout.reference() for t in work.triples_of(path)]
    told += [("records", t) for path in layout.records() for t in work.triples_of(path)]
    part: dict[str, str] = {}
    pointed: Counter[str] = Counter()
    links: list[tuple[str, str]] = []
    described: set[str] = set()
    for name, triple in told:
        if isinstance(triple.subject, NamedNode):
            part.setdefault(triple.subject.value, name)
            if isinstance(triple.object, NamedNode) and triple.predicate.value != RDF_TYPE:
                links.append((triple.subject.value, triple.object.value))
                pointed[triple.object.value] += 1
                if triple.predicate.value == DESCRIBES:
                    described.add(triple.object.value)
    top = _joined(part, pointed, links, described)
    found: dict[str, list[Triple]] = defaultdict(list)
    for _, triple in told:
        found[top(getattr(triple.subject, "value", ""))].append(triple)
    return [Unit(name, _part(part, triples), tuple(triples)) for name, triples in found.items()]


def _part(part: dict[str, str], triples: list[Triple]) -> str:
    parts = {part.get(getattr(t.subject, "value", ""), "ontology") for t in triples}
    return next(p for p in ("records", "reference", "ontology") if p in parts)


def _joined(
    part: dict[str, str],
    pointed: Counter[str],
    links: list[tuple[str, str]],
    described: set[str],
) -> _Top:
    top = _Top()
    shared = {node for node, name in part.items() if name != "records"}
    # The agreement, which has no triples of its own, holds its records together.
    known = described | {node for node, name in part.items() if name == "records"}
    ours = {one for one, two in links if one in shared and two in known}
    for one, two in links:
        apart = two in known and (one in known or one in ours)
        held = {one, two} <= shared and pointed[two] == 1 and two.startswith(one)
        if apart or held:
            top.join(one, two)
    return top


class _Top(dict[str, str]):
    """Which node stands for all that it is joined with."""

    def __call__(self, node: str) -> str:
        while (above := self.get(node, node)) != node:
            self[node] = node = self.get(above, above)
        return node

    def join(self, one: str, two: str) -> None:
        self[self(one)] = self(two)


def choose(all_units: list[Unit], targets: set[str], *, seed: int, copies: int) -> Sample:
    """Return a sample in which every class and property is met `copies` times where it can be."""
    schema = [unit for unit in all_units if unit.part == "ontology"]
    above = _above(t for unit in schema for t in unit.triples)
    defined = {
        t.subject.value
        for unit in schema
        for t in unit.triples
        if t.predicate.value == RDF_TYPE and getattr(t.object, "value", "") in SCHEMA
        if isinstance(t.subject, NamedNode)
    }
    classes = targets | {c for c in defined if c in above or not c.startswith(OWL)}
    picked = _picked([u for u in all_units if u.part != "ontology"], classes, seed, copies)
    return Sample(list(_with_links(all_units, picked)), classes, above)


def _above(triples: Iterable[Triple]) -> dict[str, set[str]]:
    direct: dict[str, set[str]] = defaultdict(set)
    for triple in triples:
        if triple.predicate.value == RDFS + "subClassOf" and isinstance(triple.object, NamedNode):
            direct[triple.subject.value].add(triple.object.value)  # type: ignore[union-attr]
    found = {}
    for kind in list(direct):
        seen: set[str] = set()
        left = [kind]
        while left:
            for up in direct.get(left.pop(), set()) - seen:
                seen.add(up)
                left.append(up)
        found[kind] = seen
    return found


def _picked(found: list[Unit], classes: set[str], seed: int, copies: int) -> list[Unit]:
    having: dict[Key, list[Unit]] = defaultdict(list)
    for unit in found:
        if len(unit.triples) <= LARGE:
            for key in _keys(unit, classes):
                having[key].append(unit)
    count: Counter[Key] = Counter()
    picked: dict[str, Unit] = {}
    for key in sorted(having, key=lambda key: (len(having[key]), key)):
        random = Random(f"{seed} {key}")
        some = random.sample(having[key], min(12, len(having[key])))
        for unit in sorted(some, key=lambda unit: len(unit.triples)):
            if count[key] < copies and unit.name not in picked:
                picked[unit.name] = unit
                count.update(_keys(unit, classes))
    return list(picked.values())


def _keys(unit: Unit, classes: set[str]) -> set[Key]:
    kinds: dict[object, list[str]] = defaultdict(list)
    for t in unit.triples:
        if t.predicate.value == RDF_TYPE and getattr(t.object, "value", "") in classes:
            kinds[t.subject].append(t.object.value)  # type: ignore[union-attr]
    return {(k, t.predicate.value) for t in unit.triples for k in kinds.get(t.subject, ())}


def _with_links(found: list[Unit], picked: list[Unit]) -> Iterator[Unit]:
    """Yield the ontology, the units picked, all that they lead to, and what links only such.

    What names a node that is left out is left out too.
    """
    home = {node: unit for unit in found for node in unit.nodes}
    ends = {unit.name: {iri for iri in _ends(unit) if iri in home} for unit in found}
    taken: dict[str, Unit] = {}
    left = list(picked)
    while left:
        unit = left.pop()
        if unit.name not in taken:
            taken[unit.name] = unit
            left += [home[iri] for iri in ends[unit.name] if home[iri].part != "ontology"]
    nodes = {node for unit in found if unit.part == "ontology" for node in unit.nodes}
    nodes |= {node for unit in taken.values() for node in unit.nodes}
    used = {iri for some in ends.values() for iri in some}
    for unit in found:
        apart = unit.part == "reference" and not unit.nodes & used
        if (unit.part == "ontology" or apart) and ends[unit.name] <= nodes:
            taken.setdefault(unit.name, unit)
    yield from sorted(taken.values(), key=lambda unit: unit.name)


def _ends(unit: Unit) -> set[str]:
    ends = {t.object.value for t in unit.triples if isinstance(t.object, NamedNode)}
    return ends - unit.nodes

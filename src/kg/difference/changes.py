"""Say what a change of the graph means, thing by thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, Quad, Store

from kg.difference.agreements import lines as agreement_lines
from kg.difference.agreements import owner
from kg.difference.entries import Entry, Line, values
from kg.difference.words import Graph, Term, both, short, value_of
from kg.store import DESCRIBES
from kg.vocab import MQ, PREFIXES, RDF_TYPE

__all__ = ["SECTIONS", "changes"]

OWL, SKOS = PREFIXES["owl"], PREFIXES["skos"]
REPLACED = PREFIXES["dcterms"] + "isReplacedBy"
DEPRECATED = OWL + "deprecated"

#: Section of a report to the classes that it is about, in the order in which they are told.
SECTIONS: dict[str, tuple[str, ...]] = {
    "Agreements": (MQ + "Agreement",),
    "Matches": (MQ + "Match", MQ + "Decision"),
    "Relations": (MQ + "Relation",),
    "Actors and organisations": (
        MQ + "State",
        MQ + "Organisation",
        MQ + "OtherParty",
        MQ + "Membership",
        MQ + "Suspension",
        MQ + "Succession",
    ),
    "Sources": (MQ + "Source", MQ + "Coverage"),
    "Ontology": (
        OWL + "Class",
        OWL + "ObjectProperty",
        OWL + "DatatypeProperty",
        OWL + "AnnotationProperty",
    ),
    "Schemes": (SKOS + "ConceptScheme", SKOS + "Concept"),
    "Other": (),
}


@dataclass
class _Sides:
    """Both graphs and what differs, by the node that it is told of."""

    old: Graph
    new: Graph
    removed: dict[str, list[Quad]] = field(default_factory=lambda: defaultdict(list))
    added: dict[str, list[Quad]] = field(default_factory=lambda: defaultdict(list))

    def kinds(self, node: str) -> set[str]:
        return self.old.kinds(node) | self.new.kinds(node)


def changes(old: Store, new: Store, removed: Iterable[Quad], added: Iterable[Quad]) -> list[Entry]:
    """Return an entry for each thing that changed, by section and IRI."""
    sides = _Sides(Graph(old, new), Graph(new, old))
    for quads, place, graph in (
        (removed, sides.removed, sides.old),
        (added, sides.added, sides.new),
    ):
        for quad in quads:
            place[owner(graph, quad)].append(quad)
    nodes = sorted(sides.removed.keys() | sides.added.keys())
    entries = [entry for node in nodes if (entry := _entry(sides, node))]
    order = list(SECTIONS)
    return sorted(entries, key=lambda e: (order.index(e.section), e.order, e.iri))


def _entry(sides: _Sides, node: str) -> Entry | None:
    kinds = sides.kinds(node)
    section = next((s for s, some in SECTIONS.items() if kinds & set(some)), "Other")
    before, after = bool(sides.old.kinds(node)), bool(sides.new.kinds(node))
    state = "changed"
    if kinds:
        state = "added" if not before else "removed" if not after else "changed"
    elif not sides.old.about(node):
        state = "added"
    elif not sides.new.about(node):
        state = "removed"
    successor = next(iter(sides.new.values(node, REPLACED)), None)
    if section == "Agreements" and state == "removed":
        successor = successor or _heir(sides, node)
        if successor is not None:
            state = "merged" if sides.old.kinds(value_of(successor)) else "renamed"
    lines = list(_lines(sides, node, section, state, successor))
    if not lines and state == "changed":
        return None
    label = (sides.new if after else sides.old).label(node)
    return Entry(section, node, label, state, tuple(lines), _kind(sides, kinds))


def _heir(sides: _Sides, node: str) -> Term | None:
    """Return the agreement that the records of one that is gone describe now."""
    for record in sides.old.values(node, MQ + "record"):
        for told in sides.new.values(value_of(record), DESCRIBES, anywhere=True):
            after = sides.new.values(value_of(told), REPLACED)
            return next(iter(after), told)
    return None


def _kind(sides: _Sides, kinds: set[str]) -> str:
    names = sorted(kinds, key=lambda kind: (not kind.endswith("Agreement"), kind))
    return sides.new.label(names[0]) if names else ""


def _lines(
    sides: _Sides, node: str, section: str, state: str, successor: object
) -> Iterator[Line]:
    removed, added = sides.removed[node], sides.added[node]
    if state == "merged":
        name = sides.new.label(value_of(successor))
        yield Line(f"merged into {name}", iri=value_of(successor))
        return
    if state == "renamed":
        yield Line(f"now {short(value_of(successor))}", iri=value_of(successor))
        return
    if section == "Agreements":
        yield from agreement_lines(sides.old, sides.new, node, removed, added, state)
    elif section == "Matches" and state == "added":
        yield from _match(sides.new, node)
    else:
        yield from _plain(sides, removed, added, state)


def _match(graph: Graph, node: str) -> Iterator[Line]:
    said = {
        name: graph.value(node, MQ + name) for name in ("verdict", "claim", "candidate", "reason")
    }
    if said["claim"] is None:
        about, prop = (
            graph.value(node, MQ + "decidesAgreement"),
            graph.value(node, MQ + "decidesProperty"),
        )
        yield Line(f"decides {graph.text(prop)} of {graph.text(about)}", iri=value_of(about))
    else:
        verdict = graph.text(said["verdict"])
        yield Line(f"{verdict}: {graph.text(said['claim'])} is {graph.text(said['candidate'])}")
    if isinstance(said["reason"], Literal):
        yield Line(f"reason: {graph.text(said['reason'])}")


def _plain(sides: _Sides, removed: list[Quad], added: list[Quad], state: str) -> Iterator[Line]:
    """Yield the changed values by property, whatever the class: in the words of the ontology."""
    for subject, prop, old, new in values(removed, added):
        if prop == RDF_TYPE and state != "changed":
            continue
        if prop == DEPRECATED and new:
            yield Line("deprecated")
            continue
        name = sides.new.word(prop)
        before, after = both(sides.old, sides.new, old, new)
        yield Line.of(name, before, after, prop=prop, subject=subject, state=state)

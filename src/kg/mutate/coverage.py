"""Find data that no shape looks at, and rules that nothing exercises."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, QueryBoolean, Store
from rdflib import Graph
from rdflib.collection import Collection as RdfList
from rdflib.namespace import RDF
from rdflib.term import Node, URIRef

from kg.check.work import Work
from kg.findings import Finding, Place
from kg.mutate.reasons import words
from kg.queries import parse
from kg.validate import SH, shapes_graph
from kg.vocab import RDF_TYPE, local

__all__ = ["Coverage", "coverage"]

#: Terms of shapes that say something about the values of a property.
SPEAKING = {
    "class", "datatype", "disjoint", "equals", "hasValue", "in", "languageIn", "lessThan",
    "lessThanOrEquals", "maxCount", "maxExclusive", "maxInclusive", "maxLength", "minCount",
    "minExclusive", "minInclusive", "minLength", "node", "nodeKind", "not", "or", "and", "xone",
    "pattern", "property", "qualifiedValueShape", "sparql", "uniqueLang",
}  # fmt: skip
#: Vocabularies whose nodes are the ontology's own terms: the lints of the ontology judge them.
SCHEMA = (
    "http://www.w3.org/2002/07/owl#",
    "http://www.w3.org/2000/01/rdf-schema#",
    "http://www.w3.org/ns/shacl#",
)


@dataclass(frozen=True)
class Coverage:
    """What shapes and checks never meet, and what they never look at."""

    #: Class and property that no shape has a constraint for, with the number of triples.
    properties: dict[tuple[str, str], int]
    #: Class that no shape is for, with the number of its nodes.
    classes: dict[str, int]
    #: Shape whose target has no node.
    idle_shapes: list[str]
    #: Property shape whose path no target node has.
    idle_constraints: list[str]
    #: Check that nothing in the data is a candidate of, with the property that is not met.
    idle_checks: dict[str, str]
    #: Typed nodes that some shape is for, and all typed nodes.
    nodes: tuple[int, int]
    shapes: tuple[int, int]
    checks: tuple[int, int]

    def findings(self) -> Iterator[Finding]:
        """Yield what is not covered, each thing once."""
        for kind, count in sorted(self.classes.items()):
            text = f"No shape is for the class {local(kind)}, which {count} nodes have; write one."
            yield Finding("coverage/class", "info", text, kind, RDF_TYPE)
        for (kind, prop), count in sorted(self.properties.items()):
            text = (
                f"No shape says anything of {local(prop)} of {local(kind)}, given {count} times;"
                " add a property shape."
            )
            yield Finding("coverage/property", "info", text, kind, prop)
        for shape in sorted(self.idle_shapes):
            text = "No node is a target of the shape; it is never exercised."
            yield Finding("coverage/shape", "info", text, shape)
        for shape in sorted(self.idle_constraints):
            text = "No target node has the property of the shape; only its counts are exercised."
            yield Finding("coverage/constraint", "info", text, shape)
        for check, prop in sorted(self.idle_checks.items()):
            text = f"Nothing is a candidate of the check: no node has {words(prop)}."
            place = Place(f"ontology/checks/{check}.rq")
            yield Finding("coverage/check", "info", text, place=place, key=check)

    def text(self) -> str:
        """Return the counts and what is not covered, as text for a terminal."""
        lines = [
            f"nodes that a shape is for: {self.nodes[0]:,} of {self.nodes[1]:,}",
            f"property shapes exercised: {self.shapes[0]} of {self.shapes[1]}",
            f"checks with candidates: {self.checks[0]} of {self.checks[1]}",
        ]
        return (
            "\n".join(
                lines + [f"{f.rule}: {f.message} [{f.focus or f.key}]" for f in self.findings()]
            )
            + "\n"
        )


def coverage(work: Work) -> Coverage:
    """Return what shapes and checks do not cover of the resolved graph of a repository."""
    shapes = shapes_graph(work.layout.shapes())
    kinds, used = _used(work.store)
    above = _above(work.store)
    constrained = _constrained(shapes)
    classes = set(constrained)
    kinds = Counter({k: n for k, n in kinds.items() if not k.startswith(SCHEMA)})
    reach = {k: {k, *above.get(k, ())} & classes for k in kinds}
    gaps = {
        (kind, prop): count
        for (kind, prop), count in used.items()
        if reach.get(kind) and prop != RDF_TYPE
        if not any(prop in constrained[c] for c in reach[kind])
    }
    idle, never = _idle(shapes, kinds, used, reach)
    targets = {str(s) for s in shapes.subjects(SH.targetClass)}
    owned = {str(s) for s in shapes.objects(None, SH.property)}
    dead = _idle_checks(work)
    whole = sum(kinds.values())
    return Coverage(
        gaps,
        {k: n for k, n in kinds.items() if not reach[k]},
        sorted(idle & targets),
        sorted(never & owned),
        dead,
        (sum(n for k, n in kinds.items() if reach[k]), whole),
        (len(owned - never), len(owned)),
        (len(work.layout.checks()) - len(dead), len(work.layout.checks())),
    )


def _used(store: Store) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Return the nodes of each class, and the triples of each class and property."""
    types: dict[str, set[str]] = defaultdict(set)
    for quad in store.quads_for_pattern(None, NamedNode(RDF_TYPE), None, None):
        types[str(quad.subject)].add(str(getattr(quad.object, "value", "")))
    kinds = Counter(kind for some in types.values() for kind in some)
    used: Counter[tuple[str, str]] = Counter()
    for quad in store:
        for kind in types.get(str(quad.subject), ()):
            used[kind, quad.predicate.value] += 1
    return kinds, used


def _above(store: Store) -> dict[str, set[str]]:
    rows = store.query("SELECT ?a ?b { ?a <http://www.w3.org/2000/01/rdf-schema#subClassOf>+ ?b }")
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:  # type: ignore[union-attr]
        found[row["a"].value].add(str(getattr(row["b"], "value", "")))
    return found


def _constrained(shapes: Graph) -> dict[str, set[str]]:
    """Return the properties that shapes say something of, by target class."""
    found: dict[str, set[str]] = defaultdict(set)
    for shape, kind in shapes.subject_objects(SH.targetClass):
        for part in [shape, *shapes.objects(shape, SH.property)]:
            if any(local(str(p)) in SPEAKING for p in shapes.predicates(part)):
                found[str(kind)] |= set(_properties(shapes, shapes.value(part, SH.path)))
    return found


def _properties(shapes: Graph, path: Node | None) -> Iterator[str]:
    """Yield the properties of a path, whatever its steps."""
    if isinstance(path, URIRef):
        yield str(path)
    elif path is not None and (path, RDF.first, None) in shapes:
        for step in RdfList(shapes, path):
            yield from _properties(shapes, step)
    elif path is not None:
        for step in shapes.objects(path):
            yield from _properties(shapes, step)


def _idle(
    shapes: Graph,
    kinds: Counter[str],
    used: Counter[tuple[str, str]],
    reach: dict[str, set[str]],
) -> tuple[set[str], set[str]]:
    """Return the shapes without a node, and the property shapes whose property nobody has."""
    below: dict[str, set[str]] = defaultdict(set)
    for kind, ups in reach.items():
        for up in ups:
            below[up].add(kind)
    idle: set[str] = set()
    never: set[str] = set()
    met: set[str] = set()
    for shape, target in shapes.subject_objects(SH.targetClass):
        some = below[str(target)]
        if not sum(kinds[kind] for kind in some):
            idle.add(str(shape))
        for part in shapes.objects(shape, SH.property):
            props = list(_properties(shapes, shapes.value(part, SH.path)))
            has = any(used[kind, prop] for kind in some for prop in props)
            (met if has else never).add(str(part))
    return idle, never - met


def _idle_checks(work: Work) -> dict[str, str]:
    """Return the checks that name a property of ours that is met nowhere, and in no VALUES."""
    used = {quad.predicate.value for quad in work.store}
    dead = {}
    for path in work.layout.checks():
        query = parse(path)
        text = re.sub(r"#[^\n>]*\n", "\n", query.text)
        prefixes = dict(re.findall(r"PREFIX\s+(\w*):\s*<([^>]*)>", text))
        body = re.sub(r"VALUES\s*\??[^{]*\{.*?\}", " ", text, flags=re.S)
        names = re.findall(r"(?<![\w:<])(\w+):([A-Za-z]\w*)", body.split("WHERE", 1)[-1])
        iris = {prefixes[p] + n for p, n in names if p in prefixes}
        props = sorted(i for i in iris if local(i)[:1].islower() and _a_property(work.store, i))
        if props and not any(prop in used for prop in props):
            dead[path.stem] = props[0]
    return dead


def _a_property(store: Store, iri: str) -> bool:
    found = store.query(
        "PREFIX owl: <http://www.w3.org/2002/07/owl#>"
        f" ASK {{ VALUES ?k {{ owl:ObjectProperty owl:DatatypeProperty }} <{iri}> a ?k }}"
    )
    assert isinstance(found, QueryBoolean)
    return bool(found)

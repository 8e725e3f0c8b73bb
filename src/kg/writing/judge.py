"""Hold a changed store against the shapes: what it breaks now that it did not break before."""

from __future__ import annotations

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, serialize
from rdflib import Graph
from rdflib import Literal as RdfLiteral
from rdflib.namespace import RDF, RDFS
from rdflib.term import BNode, Node

from kg.errors import Invalid
from kg.parts import cut
from kg.validate import ENGINES, PART, SH, Violation, results, union
from kg.writing.patch import Difference, apply
from kg.writing.reach import SUBCLASS, reach

__all__ = ["Judge"]

SUBCLASS_OF = NamedNode(SUBCLASS)
#: Results told one by one; the report has them all.
TOLD = 20

Found = dict[Violation, tuple[Graph, Node]]


class Judge:
    """Shapes, and how far they look.

    The store is judged as a whole, all its graphs in one, as a build is. Where the shapes look no
    further than a bounded number of links, a write can change the findings only on nodes that lead
    to a changed one in as many: these are judged, with all that the shapes may see from them.
    """

    def __init__(self, shapes: Graph) -> None:
        """Read how far the shapes look."""
        self._shapes = shapes
        self._reach = reach(shapes)
        named = {*shapes.objects(None, SH.targetClass), *shapes.objects(None, SH["class"])}
        #: Classes that the shapes tell apart, and shapes that are classes themselves.
        self._classes = {str(one) for one in (*named, *shapes.subjects(RDF.type, RDFS.Class))}

    def check(self, store: Store, difference: Difference) -> None:
        """Raise Invalid when the difference, already made in the store, brings a violation.

        The store is set back when there is one.
        """
        nodes = self._nodes(store, difference)
        if nodes is not None and not nodes:
            return
        after = self._judged(store, nodes)
        if not after:
            return
        apply(store, difference.reverse())
        before = self._judged(store, nodes)
        new = {found: place for found, place in after.items() if found not in before}
        if new:
            raise _invalid(new)

    def _nodes(self, store: Store, difference: Difference) -> set[str] | None:
        """Return the nodes whose findings can differ; None for all of them."""
        changed = [*difference.added, *difference.removed]
        if self._reach is None or self._reclassed(store, changed):
            return None
        found: set[str] = set()
        for level in range(self._reach.depth + 1):
            near = {q.subject for q in changed if self._reach.counts(level, q.predicate.value)}
            for _ in range(level):
                led = (store.quads_for_pattern(None, None, node, None) for node in near)
                near = {quad.subject for quads in led for quad in quads}
            found |= {str(node) for node in near}
        return found

    def _reclassed(self, store: Store, changed: list[Quad]) -> bool:
        """Say whether nodes may have entered or left a class of the shapes by its subclasses."""
        above = {q.object for q in changed if q.predicate == SUBCLASS_OF}
        lost = [q for q in changed if q.predicate == SUBCLASS_OF]
        seen: set[object] = set()
        while above:
            one = above.pop()
            seen.add(one)
            if isinstance(one, NamedNode) and one.value in self._classes:
                return True
            if isinstance(one, Literal):
                continue
            held = store.quads_for_pattern(one, SUBCLASS_OF, None, None)
            above |= {q.object for q in (*held, *lost) if q.subject == one} - seen
        return False

    def _judged(self, store: Store, nodes: set[str] | None) -> Found:
        """Return the violations on these nodes, with their places in a report."""
        data = union(store) if nodes is None else self._around(store, nodes)
        count = 1 + len(data) // PART
        parts = [data] if nodes is not None or count == 1 else cut(data, count)
        found: Found = {}
        for part in parts:
            report = ENGINES["fast"](part, self._shapes)
            for node, violation in results(report).items():
                focus = report.value(node, SH.focusNode)
                mine = nodes is None or (focus is not None and focus.n3() in nodes)
                if violation.severity == "violation" and mine:
                    found[violation] = (report, node)
        return found

    def _around(self, store: Store, nodes: set[str]) -> bytes:
        """Return as N-Triples what the shapes may see from these nodes."""
        assert self._reach is not None
        layer = {_node(one) for one in nodes}
        seen: set[NamedNode | BlankNode] = set()
        classes = store.quads_for_pattern(None, SUBCLASS_OF, None, None)
        triples: set[Triple] = {quad.triple for quad in classes}
        for _ in range(self._reach.depth + 1):
            seen |= layer
            quads = [q for n in layer for q in store.quads_for_pattern(n, None, None, None)]
            triples.update(quad.triple for quad in quads)
            ends = (quad.object for quad in quads)
            layer = {end for end in ends if isinstance(end, NamedNode | BlankNode)} - seen
        return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def _node(written: str) -> NamedNode | BlankNode:
    if written.startswith("_:"):
        return BlankNode(written[2:])
    return NamedNode(written[1:-1])


def _invalid(new: Found) -> Invalid:
    told = sorted(new)[:TOLD]
    error = Invalid(
        f"The write would break {len(new)} rule{'s' if len(new) > 1 else ''}; nothing was written."
        f" {told[0].focus}: {told[0].message}",
        hint="The report lists what to do; nothing of the write was kept",
        details={"results": [vars(one) for one in told], "found": len(new)},
    )
    error.report = _report(new)
    return error


def _report(new: Found) -> bytes:
    """Return a SHACL report with these results as N-Triples."""
    made, head = Graph(), BNode()
    made.add((head, RDF.type, SH.ValidationReport))
    made.add((head, SH.conforms, RdfLiteral(False)))
    for report, node in new.values():
        made.add((head, SH.result, node))
        _copy(report, node, made)
    return made.serialize(format="nt", encoding="utf-8")


def _copy(report: Graph, node: Node, made: Graph) -> None:
    """Copy what is said of a node, and of the blank nodes that it is said with."""
    for triple in report.triples((node, None, None)):
        if triple not in made:
            made.add(triple)
            if isinstance(triple[2], BNode):
                _copy(report, triple[2], made)

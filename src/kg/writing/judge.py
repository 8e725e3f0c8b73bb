"""Hold a changed store against the shapes: what it breaks now that it did not break before."""

from __future__ import annotations

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store
from rdflib import BNode, Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.namespace import RDF, RDFS
from rdflib.term import Node
from rdflib.util import from_n3

from kg.errors import Invalid
from kg.parts import cut
from kg.validate import ENGINES, PART, SH, Violation
from kg.writing import near
from kg.writing.patch import Difference, apply
from kg.writing.reach import SUBCLASS, reach

__all__ = ["Judge"]

SUBCLASS_OF = NamedNode(SUBCLASS)
#: Results told one by one; the report has them all.
TOLD = 20

#: Shape, path, message, focus and value of a violation, blank nodes without their names.
Key = tuple[str, str, str, str, str]


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
        new = [one for key, found in after.items() for one in found[len(before.get(key, ())) :]]
        if new:
            raise _invalid(new)

    def _nodes(self, store: Store, difference: Difference) -> set[str] | None:
        """Return the nodes whose findings can differ; None for all of them."""
        changed = [*difference.added, *difference.removed]
        if self._reach is None or self._reclassed(store, changed):
            return None
        found: set[str] = set()
        for level in range(self._reach.depth + 1):
            ends = {q.subject for q in changed if self._reach.counts(level, q.predicate.value)}
            for _ in range(level):
                led = (store.quads_for_pattern(None, None, node, None) for node in ends)
                ends = {quad.subject for quads in led for quad in quads}
            found |= {str(node) for node in ends}
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

    def _judged(self, store: Store, nodes: set[str] | None) -> dict[Key, list[Violation]]:
        """Return the violations on these nodes, and on the blank nodes that they lead to.

        The engine gives blank nodes other names, so those violations are alike and are counted.
        """
        data = near.whole(store) if nodes is None else self._around(store, nodes)
        count = 1 + len(data) // PART
        parts = [data] if nodes is not None or count == 1 else cut(data, count)
        found: dict[Key, list[Violation]] = {}
        for part in parts:
            for one in ENGINES["fast"](part, self._shapes):
                blank = one.focus_term.startswith("_:")
                mine = nodes is None or blank or one.focus_term in nodes
                if one.severity != "violation" or not mine:
                    continue
                terms = _key(one.focus_term), _key(one.value_term)
                key = (one.shape, one.path_text, one.message, *terms)
                if "_:" in terms:
                    found.setdefault(key, []).append(one)
                else:
                    found[key] = [one]
        return found

    def _around(self, store: Store, nodes: set[str]) -> bytes:
        assert self._reach is not None
        return near.around(store, {_node(one) for one in nodes}, self._reach.depth)


def _key(term: str) -> str:
    return "_:" if term.startswith("_:") else term


def _node(written: str) -> NamedNode | BlankNode:
    if written.startswith("_:"):
        return BlankNode(written[2:])
    return NamedNode(written[1:-1])


def _invalid(new: list[Violation]) -> Invalid:
    told = sorted(new)[:TOLD]
    error = Invalid(
        f"The write would break {len(new)} rule{'s' if len(new) > 1 else ''}; nothing was written."
        f" {told[0].focus}: {told[0].message}",
        hint="The report lists what to do; nothing of the write was kept",
        details={"results": [_told(one) for one in told], "found": len(new)},
    )
    error.report = _report(new)
    return error


def _told(one: Violation) -> dict[str, str]:
    names = ("shape", "focus", "path", "value", "severity", "message", "component")
    return {name: str(getattr(one, name)) for name in names}


def _report(new: list[Violation]) -> bytes:
    """Return a SHACL report with these results as N-Triples (SHACL section 3.6)."""
    made, head = Graph(), BNode()
    made.add((head, RDF.type, SH.ValidationReport))
    made.add((head, SH.conforms, RdfLiteral(False)))
    for one in new:
        result = BNode()
        made.add((head, SH.result, result))
        made.add((result, RDF.type, SH.ValidationResult))
        terms = {
            SH.focusNode: one.focus_term,
            SH.value: one.value_term,
            SH.resultPath: f"<{one.path}>" if one.path else "",
            SH.sourceShape: "" if one.shape.startswith("_:") else f"<{one.shape}>",
            SH.sourceConstraintComponent: f"<{one.component}>",
            SH.resultSeverity: f"<{one.severity_iri or SH.Violation}>",
        }
        for name, term in terms.items():
            node = from_n3(term) if term else None
            if isinstance(node, Node):
                made.add((result, URIRef(name), node))
        for text, language in one.messages:
            made.add((result, SH.resultMessage, RdfLiteral(text, lang=language or None)))
    return made.serialize(format="nt", encoding="utf-8")

"""Find the nodes that may break a shape, in a fraction of the time that an engine takes.

Each constraint is asked of all its nodes at once, and each value once, however many nodes have it.
What it does not find surely conforms; what it finds an engine has yet to judge. It knows what
shapes of records mostly say: classes as targets, single properties, values, counts. Of shapes that
say more it finds nothing out, and an engine gets the whole graph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from itertools import chain, compress
from typing import NamedTuple

from rdflib import Graph, URIRef
from rdflib.namespace import RDF, RDFS
from rdflib.term import Node

from kg.validate.links import TARGETS, items, targeted
from kg.validate.model import SH
from kg.validate.terms import n3
from kg.validate.values import Test, silent, surely, whole

__all__ = ["Triples", "suspects", "worth"]

#: What RDF 1.2 adds to N-Triples; the engine says what is wrong with it.
NEW = (b" <<(", b"--ltr .\n", b"--rtl .\n")
#: How many values a shape for some of them is to have.
QUALIFIED = (SH["qualifiedValueShape"], SH["qualifiedMinCount"])


def worth(data: bytes, shapes: Graph) -> bytes | None:
    """Return the triples that suspects are judged by; None when only an engine can tell.

    The data are N-Triples as Oxigraph writes them.
    """
    if any(sign in data for sign in NEW):
        return None
    graph = Triples(data)
    nodes = suspects(graph, shapes)
    return None if nodes is None else graph.ahead(nodes)


def suspects(graph: Triples, shapes: Graph) -> set[bytes] | None:
    """Return nodes with all that break a shape among them; None when only an engine can tell."""
    found: set[bytes] = set()
    for shape in targeted(shapes):
        some = _of_shape(graph, shapes, shape)
        if some is None:
            return None
        found |= some
    return found


class _Links(NamedTuple):
    """Triples of one property: the object of each subject, in two lists, since pairs cost more."""

    subjects: list[bytes]
    objects: list[bytes]

    def of(self, nodes: set[bytes]) -> _Links:
        """Return the triples of some subjects."""
        return self.where(map(nodes.__contains__, self.subjects))

    def where(self, wanted: Iterable[bool]) -> _Links:
        """Return some of the triples."""
        each = list(wanted)
        if all(each):
            return self
        return _Links(list(compress(self.subjects, each)), list(compress(self.objects, each)))

    def pairs(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield each subject with its object."""
        return zip(self.subjects, self.objects, strict=True)


class Triples:
    """Subjects and objects by property, and the members of each class."""

    def __init__(self, data: bytes) -> None:
        self.links = links = dict[bytes, _Links]()
        last = b""
        for line in BytesIO(data):
            subject, predicate, object_ = line.split(b" ", 2)
            last = subject = last if subject == last else subject  # one object, hashed once
            try:
                subjects, objects = links[predicate]
            except KeyError:
                subjects, objects = links[predicate] = _Links([], [])
            subjects.append(subject)
            objects.append(object_.rstrip(b" .\n"))
        self.members = _Members(self.of([RDF.type]), self.of([RDFS.subClassOf]))

    def of(self, ways: list[Node]) -> _Links:
        """Return the triples of one property or several."""
        found = [self.links.get(n3(way).encode(), _Links([], [])) for way in ways]
        if len(found) == 1:
            return found[0]
        return _Links(*(list(chain.from_iterable(each)) for each in zip(*found, strict=True)))

    def ahead(self, nodes: set[bytes]) -> bytes:
        """Return the part that nodes are judged by: all that links from them lead to."""
        seen, left, found = set(nodes), nodes, list[bytes]()
        while left:
            following = set[bytes]()
            for predicate, links in self.links.items():
                if left.isdisjoint(links.subjects):
                    continue
                for subject, object_ in links.of(left).pairs():
                    found.append(b"%b %b %b .\n" % (subject, predicate, object_))
                    following.add(object_)
            left = following - seen
            seen |= left
        return b"".join(found)


class _Members(dict[bytes, set[bytes]]):
    """Members of a class and of those below it, found when first asked for."""

    def __init__(self, typed: _Links, under: _Links) -> None:
        self.typed, self.under = _by_object(typed), _by_object(under)

    def __missing__(self, kind: bytes) -> set[bytes]:
        found, seen, left = set[bytes](), set[bytes](), [kind]
        while left:
            one = left.pop()
            if one not in seen:
                seen.add(one)
                found |= self.typed.get(one, set())
                left += self.under.get(one, ())
        self[kind] = found
        return found


def _by_object(links: _Links) -> dict[bytes, set[bytes]]:
    found: dict[bytes, set[bytes]] = {}
    for subject, object_ in links.pairs():
        found.setdefault(object_, set()).add(subject)
    return found


def _of_shape(graph: Triples, shapes: Graph, shape: Node) -> set[bytes] | None:
    """Return the suspects of a shape with a target."""
    nodes: set[bytes] = set()
    inner, tests = [], []
    for predicate, value in shapes.predicate_objects(shape):
        if predicate == SH.targetClass:
            nodes |= graph.members[n3(value).encode()]
        elif predicate == SH.property:
            inner.append(value)
        elif not silent(predicate, value):
            tests.append(surely(shapes, predicate, value, graph.members))
    found = _failing(nodes, tests)
    for one in inner:
        some = _of_property(graph, shapes, one, nodes)
        if found is None or some is None:
            return None
        found |= some
    return found


def _failing(values: Iterable[bytes], tests: Iterable[Test | None]) -> set[bytes] | None:
    """Return the values that do not surely pass every test."""
    left = list(values)
    every = set(left)
    for test in tests:
        if test is None:
            return None
        left = list(filter(test, left))
    return every.difference(left)


def _of_property(
    graph: Triples, shapes: Graph, shape: Node, nodes: set[bytes]
) -> set[bytes] | None:
    """Return which of some nodes are suspects of a property shape."""
    said = [pair for pair in shapes.predicate_objects(shape) if not silent(*pair)]
    path = _path(shapes, shapes.value(shape, SH.path))
    if path is None or any(name in TARGETS for name, _ in said):
        return None
    links = graph.of(path).of(nodes)
    found = set[bytes]()
    tests = []
    for name, value in said:
        if name in COUNTS:
            found |= COUNTS[name](graph, links, value, nodes)
        elif name not in (SH.path, *QUALIFIED):
            tests.append(surely(shapes, name, value, graph.members))
    bad = _failing(set(links.objects), tests)
    few = _qualified(graph, shapes, shape, links, nodes)
    if bad is None or few is None:
        return None
    return (
        found | few | ({node for node, value in links.pairs() if value in bad} if bad else set())
    )


def _path(shapes: Graph, path: Node | None) -> list[Node] | None:
    """Return the properties of a path of one step."""
    if isinstance(path, URIRef):
        return [path]
    either = shapes.value(path, SH.alternativePath)
    ways = list(items(shapes, either)) if either is not None else []
    return ways if ways and all(isinstance(way, URIRef) for way in ways) else None


def _qualified(
    graph: Triples, shapes: Graph, shape: Node, links: _Links, nodes: set[bytes]
) -> set[bytes] | None:
    """Return the nodes without enough values that surely meet the shape for some of them."""
    inner, least = (shapes.value(shape, name) for name in QUALIFIED)
    if inner is None and least is None:
        return set()
    test = whole(shapes, inner, graph.members) if inner is not None else None
    if test is None or least is None:
        return None
    good = set(filter(test, set(links.objects)))
    enough = links.where(map(good.__contains__, links.objects))
    return _fewer(graph, enough, least, nodes)


def _fewer(graph: Triples, links: _Links, least: Node, nodes: set[bytes]) -> set[bytes]:
    if str(least) == "1":
        return nodes.difference(links.subjects)
    counts = Counter(node for node, _ in set(links.pairs()))
    return {node for node in nodes if counts[node] < int(str(least))}


def _more(graph: Triples, links: _Links, most: Node, nodes: set[bytes]) -> set[bytes]:
    if str(most) == "1" and len(set(links.subjects)) == len(links.subjects):
        return set()
    counts = Counter(node for node, _ in set(links.pairs()))
    return {node for node, count in counts.items() if count > int(str(most))}


def _same_language(graph: Triples, links: _Links, told: Node, nodes: set[bytes]) -> set[bytes]:
    """Return the nodes with two texts in one language."""
    tagged = Counter(
        (node, value[value.rindex(b'"') :].lower())
        for node, value in set(links.pairs())
        if value[:1] == b'"' and value[-1:] not in b'">'
    )
    return {node for (node, _), count in tagged.items() if count > 1}


def _shared(graph: Triples, links: _Links, other: Node, nodes: set[bytes]) -> set[bytes]:
    """Return the nodes with a value that another property has too."""
    both = set(links.pairs()).intersection(graph.of([other]).pairs())
    return {node for node, _ in both}


Count = Callable[[Triples, _Links, Node, set[bytes]], set[bytes]]

#: What a property shape says beside what it says of each value, with what finds the suspects.
COUNTS: dict[Node, Count] = {
    SH["minCount"]: _fewer,
    SH["maxCount"]: _more,
    SH["uniqueLang"]: _same_language,
    SH["disjoint"]: _shared,
}

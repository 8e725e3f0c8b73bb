"""Judge how shapes hang together: files, links, lists, imports, circles."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import OWL, RDF, SH, BNode, Graph
from rdflib.term import Node

from kg.check.facts import Facts, rdf_list, short
from kg.check.imports import missing_imports
from kg.check.shapes.read import links, shape_nodes
from kg.check.shapes.vocabulary import LISTS, sh
from kg.findings import Finding, Place, Span

__all__ = ["findings"]


def findings(shapes: Facts, ontology: Facts) -> Iterator[Finding]:
    """Yield shapes and lists that are not there or go round, and files without any shape."""
    yield from _empty(shapes)
    yield from _dangling(shapes)
    yield from _lists(shapes)
    yield from _circles(shapes)
    for head, target in missing_imports(shapes, ontology):
        message = (
            f"{target} is imported and not in the repository, and nothing is fetched: "
            "its shapes check nothing; copy it under ontology/shapes or take the import out"
        )
        yield shapes.finding("shapes/import", "violation", message, head, OWL.imports, target)


def _empty(shapes: Facts) -> Iterator[Finding]:
    """Yield files without a shape; of one that says nothing at all, the stage of syntax tells."""
    filled = {shapes.home(shapes.named(node)) for node in shape_nodes(shapes.graph)}
    for path in set(shapes.homes.values()) - filled:
        yield Finding(
            "shapes/empty",
            "violation",
            "The file has no shape, so it checks nothing; write a shape or delete the file",
            place=Place(shapes.work.layout.name(path), Span(1)),
            key="empty",
        )


def _dangling(shapes: Facts) -> Iterator[Finding]:
    for shape in shape_nodes(shapes.graph):
        for name, end in links(shapes.graph, shape):
            if not isinstance(end, BNode) and (end, None, None) not in shapes.graph:
                message = f"{short(shapes, end)} is no shape here; correct the name, or write it"
                yield shapes.finding("shapes/dangling", "violation", message, shape, sh(name), end)


def _lists(shapes: Facts) -> Iterator[Finding]:
    for name in LISTS:
        for shape, head in sorted(shapes.graph.subject_objects(sh(name)), key=str):
            if rdf_list(shapes.graph, head) is None:
                message = (
                    f"sh:{name} takes a list in round brackets, `( … )`, "
                    "whose every part has one rdf:first and one rdf:rest"
                )
                yield shapes.finding("shapes/list", "violation", message, shape, sh(name), head)


def _circles(shapes: Facts) -> Iterator[Finding]:
    graph = shapes.graph
    for shape in shape_nodes(graph):
        if isinstance(shape, BNode):
            continue
        loop = _way_back(graph, shape, skip={"property"})
        names = [short(shapes, node) for node in loop]
        if loop and names[0] == min(names):
            message = (
                f"Shapes go round: {' → '.join([*names, names[0]])}; what that means is not "
                "defined, and it never ends for some engines; take one link out"
            )
            yield shapes.finding("shapes/circular", "violation", message, shape, SH.node)


def _way_back(graph: Graph, shape: Node, *, skip: set[str]) -> list[Node]:
    """Return the shapes on a way from a shape back to itself at the same node, or []."""
    stack: list[list[Node]] = [[shape]]
    seen: set[Node] = set()
    while stack:
        path = stack.pop()
        for name, end in links(graph, path[-1]):
            if name in skip or (path[-1], SH.path, None) in graph:
                continue
            if end == shape:
                return [node for node in path if not isinstance(node, BNode)]
            if end not in seen and end != RDF.nil:
                seen.add(end)
                stack.append([*path, end])
    return []

"""Write the graph, whole or one named graph, in an RDF format."""

from __future__ import annotations

from typing import IO

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store, serialize

from kg.errors import NotFound
from kg.turtle import write
from kg.vocab import BASE, PREFIXES

__all__ = ["FORMATS", "export"]

#: Name of a format on the command line to the format.
FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "ntriples": RdfFormat.N_TRIPLES,
    "nquads": RdfFormat.N_QUADS,
    "jsonld": RdfFormat.JSON_LD,
    "rdfxml": RdfFormat.RDF_XML,
}


def export(store: Store, out: IO[bytes], name: str, *, graph: str | None = None) -> None:
    """Write the store to `out`.

    A format without named graphs (turtle, ntriples, rdfxml) writes one graph: the default
    one, or `graph`, which is a source key such as `dcad` or a graph IRI. Raises NotFound
    for a graph that is not there.
    """
    form = FORMATS[name]
    if graph is None and form.supports_datasets:
        store.dump(out, form, prefixes=PREFIXES)
        return
    home = _graph(store, graph)
    if form == RdfFormat.TURTLE:
        out.write(
            write(quad.triple for quad in store.quads_for_pattern(None, None, None, home)).encode()
        )
        return
    triples = (quad.triple for quad in store.quads_for_pattern(None, None, None, home))
    serialize(triples, out, form, prefixes=PREFIXES if form == RdfFormat.RDF_XML else None)


def _graph(store: Store, graph: str | None) -> NamedNode | DefaultGraph:
    if graph is None:
        return DefaultGraph()
    node = NamedNode(graph if graph.startswith("http") else f"{BASE}graph/{graph}")
    if not store.contains_named_graph(node):
        names = sorted(
            n.value.removeprefix(BASE + "graph/")
            for n in store.named_graphs()
            if isinstance(n, NamedNode)
        )
        raise NotFound(f"There is no graph {graph!r}; there are {', '.join(names[:12])} …")
    return node

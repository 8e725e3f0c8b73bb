"""Write a network, nodes and edges with attributes: GraphML and GEXF."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from kg.downloads.tables import Value
from kg.errors import NotAcceptable

__all__ = ["NETWORKS", "Edge", "Network", "as_network"]

#: Characters that no XML document may have (XML 1.0 section 2.2), and what turns text around.
BARRED = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]"
)
GRAPHML = "http://graphml.graphdrawing.org/xmlns"
GEXF = "http://gexf.net/1.3"
#: Name of a type in GraphML and in GEXF.
KINDS: dict[type, tuple[str, str]] = {
    bool: ("boolean", "boolean"),
    int: ("long", "long"),
    float: ("double", "double"),
}
ACTOR = re.compile(r"/id/(?:state|organisation|party)/[^/]+$")
REMEDY = (
    "A network needs two columns of states or organisations; ask for .csv, .xlsx or .parquet, or"
    " take a question such as edge-list or who-must-defend-whom"
)


@dataclass(frozen=True)
class Edge:
    """A tie from one node to another, with attributes."""

    source: str
    target: str
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Network:
    """Nodes by id with their attributes, of which `label` names them, and their edges."""

    title: str
    nodes: Mapping[str, Mapping[str, Value]]
    edges: Sequence[Edge]
    directed: bool = True


def as_network(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Value]],
    named: Mapping[str, str],
    *,
    directed: bool = True,
) -> Network:
    """Return the network of a table: its first two columns of actors are the ends of each edge.

    `named` has the names of nodes by IRI. Raises NotAcceptable when there are no two such columns.
    """
    rows = list(rows)
    ends = [x for x in range(len(columns)) if _actors(row[x] for row in rows)][:2]
    if len(ends) < 2:
        raise NotAcceptable(f"{title}: no network", hint=REMEDY)
    one, two = ends
    edges = [
        Edge(
            str(row[one]),
            str(row[two]),
            {name: row[x] for x, name in enumerate(columns) if x not in ends},
        )
        for row in rows
        if row[one] is not None and row[two] is not None
    ]
    keys = dict.fromkeys(end for edge in edges for end in (edge.source, edge.target))
    nodes = {iri: {"label": named.get(iri, iri), "iri": iri} for iri in keys}
    return Network(title, nodes, edges, directed)


def to_graphml(network: Network) -> bytes:
    """Return GraphML."""
    with _Xml() as xml:
        way = "directed" if network.directed else "undirected"
        nodes, edges = _kinds(network.nodes.values()), _kinds(e.attributes for e in network.edges)
        xml.start("graphml", {"xmlns": GRAPHML})
        for side, kinds in (("node", nodes), ("edge", edges)):
            for number, (name, kind) in enumerate(kinds.items()):
                key = {"id": f"{side[0]}{number}", "for": side, "attr.name": name}
                xml.only("key", key | {"attr.type": KINDS.get(kind, ("string",))[0]})
        xml.start("graph", {"edgedefault": way, "id": network.title})
        for iri, said in network.nodes.items():
            xml.start("node", {"id": iri})
            _data(xml, "n", nodes, said)
            xml.end("node")
        for number, edge in enumerate(network.edges):
            ends = {"source": edge.source, "target": edge.target}
            xml.start("edge", {"id": f"e{number}", **ends})
            _data(xml, "e", edges, edge.attributes)
            xml.end("edge")
        xml.end("graph")
        xml.end("graphml")
    return xml.bytes


def to_gexf(network: Network) -> bytes:
    """Return GEXF 1.3."""
    with _Xml() as xml:
        way = "directed" if network.directed else "undirected"
        nodes, edges = _kinds(network.nodes.values()), _kinds(e.attributes for e in network.edges)
        nodes.pop("label", None)
        xml.start("gexf", {"xmlns": GEXF, "version": "1.3"})
        xml.start("meta", {})
        xml.text("description", network.title)
        xml.end("meta")
        xml.start("graph", {"defaultedgetype": way, "mode": "static"})
        for side, kinds in (("node", nodes), ("edge", edges)):
            xml.start("attributes", {"class": side})
            for number, (name, kind) in enumerate(kinds.items()):
                told = KINDS.get(kind, ("", "string"))[1]
                xml.only("attribute", {"id": str(number), "title": name, "type": told})
            xml.end("attributes")
        xml.start("nodes", {})
        for iri, said in network.nodes.items():
            xml.start("node", {"id": iri, "label": str(said.get("label", iri))})
            _values(xml, nodes, said)
            xml.end("node")
        xml.end("nodes")
        xml.start("edges", {})
        for number, edge in enumerate(network.edges):
            ends = {"source": edge.source, "target": edge.target}
            xml.start("edge", {"id": str(number), **ends})
            _values(xml, edges, edge.attributes)
            xml.end("edge")
        xml.end("edges")
        xml.end("graph")
        xml.end("gexf")
    return xml.bytes


#: Suffix to what writes a network.
NETWORKS: dict[str, Callable[[Network], bytes]] = {"graphml": to_graphml, "gexf": to_gexf}


class _Xml:
    """XML without a character that may not be in it."""

    def __init__(self) -> None:
        self._out = io.BytesIO()
        self._xml = XMLGenerator(self._out, "utf-8", short_empty_elements=True)

    def __enter__(self) -> _Xml:
        self._xml.startDocument()
        return self

    def __exit__(self, *_: object) -> None:
        self._xml.endDocument()

    @property
    def bytes(self) -> bytes:
        return self._out.getvalue()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        cleaned = {key: _clean(text) for key, text in attributes.items()}
        self._xml.startElement(name, AttributesImpl(cleaned))

    def end(self, name: str) -> None:
        self._xml.endElement(name)
        self._xml.characters("\n")

    def only(self, name: str, attributes: Mapping[str, str]) -> None:
        self.start(name, attributes)
        self.end(name)

    def text(self, name: str, value: str, attributes: Mapping[str, str] | None = None) -> None:
        self.start(name, attributes or {})
        self._xml.characters(_clean(value))
        self.end(name)


def _actors(values: Iterable[Value]) -> bool:
    found = [value for value in values if value is not None]
    return bool(found) and all(isinstance(v, str) and ACTOR.search(v) for v in found)


def _kinds(said: Iterable[Mapping[str, Value]]) -> dict[str, type]:
    """Return the attributes with the type of their values; text where they are mixed."""
    found: dict[str, set[type]] = {}
    for one in said:
        for name, value in one.items():
            found.setdefault(name, set()).update([] if value is None else [type(value)])
    return {name: next(iter(kinds)) if len(kinds) == 1 else str for name, kinds in found.items()}


def _data(xml: _Xml, side: str, kinds: Mapping[str, type], said: Mapping[str, Value]) -> None:
    for number, name in enumerate(kinds):
        if said.get(name) is not None:
            xml.text("data", _text(said[name]), {"key": f"{side}{number}"})


def _values(xml: _Xml, kinds: Mapping[str, type], said: Mapping[str, Value]) -> None:
    xml.start("attvalues", {})
    for number, name in enumerate(kinds):
        if said.get(name) is not None:
            xml.only("attvalue", {"for": str(number), "value": _text(said[name])})
    xml.end("attvalues")


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _clean(text: str) -> str:
    return BARRED.sub("\ufffd", text)

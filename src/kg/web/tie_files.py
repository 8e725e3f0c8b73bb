"""The links of the network page as files: the same links, with codes of the states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from kg.downloads import NETWORKS, TABLES, Column, Edge, Network, Table, Value
from kg.errors import NotFound
from kg.web.links import LICENCE
from kg.web.site import site
from kg.web.takeaway import network_file, table_file

__all__ = ["FILES", "file"]

#: Suffix to the name that a page shows.
FILES = {
    "csv": "CSV",
    "tsv": "TSV",
    "xlsx": "Excel",
    "parquet": "Parquet",
    "graphml": "GraphML",
    "gexf": "GEXF",
}
CODES = """SELECT ?iri ?cow ?gw WHERE { ?iri a mq:State
  OPTIONAL { ?iri mq:cowCode ?cow } OPTIONAL { ?iri mq:gwCode ?gw } }"""
#: Columns of one party, then of the link.
ENDS = ("a", "nameA", "cowA", "gwA", "b", "nameB", "cowB", "gwB")
COLUMNS = {
    "strength": "the most that binds: promised, framework or declared",
    "in_force": "agreements known to be in force on the day",
    "not_known": "agreements of which it is not known whether they are",
    "kinds": "kinds of promise",
    "agreements": "keys of the agreements",
}


def file(found: Mapping[str, Any], suffix: str, address: str) -> Response:
    """Return the links of a day as a table or a network; raise NotFound for another suffix."""
    if suffix not in FILES:
        raise NotFound(
            f"The network is not at .{suffix}", hint=f"One of: json, svg, {', '.join(FILES)}"
        )
    assert suffix in NETWORKS or suffix in TABLES
    name = f"mithaq-network-{found['on']}"
    title = f"Agreements in force or perhaps in force on {found['on']}"
    if suffix in NETWORKS:
        return network_file(_network(found, title), suffix, name)
    return table_file(_table(found, title, address), suffix, name)


def _network(found: Mapping[str, Any], title: str) -> Network:
    codes = _codes()
    nodes: dict[str, dict[str, Value]] = {}
    for one in found["nodes"]:
        cow, gw = codes.get(one["iri"], (None, None))
        nodes[one["id"]] = {
            "label": one["name"], "iri": one["iri"], "member": one["member"], "cow": cow, "gw": gw
        }  # fmt: skip
    edges = [Edge(one["source"], one["target"], _said(one)) for one in found["links"]]
    return Network(title, nodes, edges, directed=False)


def _table(found: Mapping[str, Any], title: str, address: str) -> Table:
    nodes, codes = {one["id"]: one for one in found["nodes"]}, _codes()
    rows: list[list[Value]] = []
    for link in found["links"]:
        row: list[Value] = []
        for end in (link["source"], link["target"]):
            row += [end, nodes[end]["name"], *codes.get(nodes[end]["iri"], (None, None))]
        rows.append([*row, *_said(link).values()])
    heads = [*map(Column, ENDS), *(Column(name, text) for name, text in COLUMNS.items())]
    about = site().graph.about
    said = {
        "version": f"{about.get('version', '')}+{about.get('fingerprint', '')}",
        "address": address,
        "licence": LICENCE,
        "note": "No row: no agreement is known here to be in force, not that there is none.",
    }
    return Table(title, heads, rows, said)


def _said(link: Mapping[str, Any]) -> dict[str, Value]:
    values = (
        link["strength"],
        link["known"],
        link["unknown"],
        "; ".join(link["kinds"]),
        "; ".join(link["agreements"]),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _codes() -> dict[str, tuple[Value, Value]]:
    return site().graph.once("codes of states", _read_codes)


def _read_codes() -> dict[str, tuple[Value, Value]]:
    rows = site().graph.select(CODES)
    return {row["iri"]["value"]: (_number(row, "cow"), _number(row, "gw")) for row in rows}


def _number(row: Mapping[str, Any], name: str) -> Value:
    return int(row[name]["value"]) if name in row and row[name]["value"].isdigit() else None

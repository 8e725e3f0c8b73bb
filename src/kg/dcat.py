"""Describe the dataset and its files as a catalogue reads it (W3C, DCAT 3, 2024)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from kg.dumps import Dump
from kg.turtle import write
from kg.vocab import BASE, MQ, PREFIXES, RDF_TYPE, XSD

__all__ = ["LICENCE", "TITLE", "Extent", "dcat"]

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
TITLE = "Mithaq: a knowledge graph of the agreements of the Islamic nations"
TEXT = (
    "Agreements of the member states of the Organisation of Islamic Cooperation, with the"
    " commitments in them, the records behind them and the sources of each value."
)
SPDX = "http://spdx.org/rdf/terms#"
MEDIA = "https://www.iana.org/assignments/media-types/"
PACKED = {"gz": "application/gzip", "zst": "application/zstd"}
KNOWN = {**PREFIXES, "spdx": SPDX}


@dataclass(frozen=True)
class Extent:
    """What a graph covers: its first and last signature, and the states it is about."""

    first: str = ""
    last: str = ""
    states: tuple[str, ...] = ()


def dcat(root: str, about: Mapping[str, str | int], dumps: Iterable[Dump], extent: Extent) -> str:
    """Return the catalogue of the server at `root` in Turtle."""
    return write(_triples(root, about, list(dumps), extent), KNOWN)


def _triples(
    root: str, about: Mapping[str, str | int], dumps: list[Dump], extent: Extent
) -> Iterator[Triple]:
    catalogue, dataset = f"{root}dcat.ttl#catalogue", f"{root}dcat.ttl#dataset"
    version = f"{about.get('version', '')}+{about.get('fingerprint', '')}"
    yield from _say(catalogue, "rdf:type", _iri("dcat:Catalog"))
    yield from _say(catalogue, "dcterms:title", Literal("Mithaq", language="en"))
    yield from _say(catalogue, "dcat:dataset", NamedNode(dataset))
    yield from _say(catalogue, "dcat:service", NamedNode(f"{root}sparql"))
    yield from _say(dataset, "rdf:type", _iri("dcat:Dataset"))
    yield from _say(dataset, "dcterms:title", Literal(TITLE, language="en"))
    yield from _say(dataset, "dcterms:description", Literal(TEXT, language="en"))
    yield from _say(dataset, "dcterms:license", NamedNode(LICENCE))
    yield from _say(dataset, "dcterms:identifier", Literal(BASE))
    yield from _say(dataset, "dcterms:conformsTo", NamedNode(MQ[:-1]))
    yield from _say(dataset, "dcat:version", Literal(version))
    yield from _say(dataset, "dcat:landingPage", NamedNode(root))
    if about.get("built"):
        yield from _say(dataset, "dcterms:modified", _day(str(about["built"])))
    for state in extent.states:
        yield from _say(dataset, "dcterms:spatial", NamedNode(state))
    yield from _temporal(root, dataset, extent)
    for dump in dumps:
        yield from _distribution(root, dataset, dump, version)
    yield from _service(root, dataset)


def _temporal(root: str, dataset: str, extent: Extent) -> Iterator[Triple]:
    if not extent.first:
        return
    period = f"{root}dcat.ttl#period"
    yield from _say(dataset, "dcterms:temporal", NamedNode(period))
    yield from _say(period, "rdf:type", _iri("dcterms:PeriodOfTime"))
    yield from _say(period, "dcat:startDate", _day(extent.first))
    yield from _say(period, "dcat:endDate", _day(extent.last))


def _distribution(root: str, dataset: str, dump: Dump, version: str) -> Iterator[Triple]:
    node, address = f"{root}dcat.ttl#{dump.name}", f"{root}dumps/{dump.name}"
    checksum = f"{node}-sha256"
    title = f"{dump.suffix}, {dump.coding}"
    yield from _say(dataset, "dcat:distribution", NamedNode(node))
    yield from _say(node, "rdf:type", _iri("dcat:Distribution"))
    yield from _say(node, "dcterms:title", Literal(title, language="en"))
    yield from _say(node, "dcterms:license", NamedNode(LICENCE))
    yield from _say(node, "dcat:version", Literal(version))
    yield from _say(node, "dcat:downloadURL", NamedNode(address))
    yield from _say(node, "dcat:accessURL", NamedNode(f"{root}downloads"))
    yield from _say(node, "dcat:mediaType", NamedNode(MEDIA + dump.media))
    yield from _say(node, "dcat:compressFormat", NamedNode(MEDIA + PACKED[dump.coding]))
    size = Literal(str(dump.bytes), datatype=NamedNode(XSD + "nonNegativeInteger"))
    yield from _say(node, "dcat:byteSize", size)
    yield from _say(node, "spdx:checksum", NamedNode(checksum))
    yield from _say(checksum, "rdf:type", NamedNode(SPDX + "Checksum"))
    yield from _say(checksum, "spdx:algorithm", NamedNode(SPDX + "checksumAlgorithm_sha256"))
    value = Literal(dump.sha256, datatype=NamedNode(XSD + "hexBinary"))
    yield from _say(checksum, "spdx:checksumValue", value)


def _service(root: str, dataset: str) -> Iterator[Triple]:
    service = f"{root}sparql"
    yield from _say(service, "rdf:type", _iri("dcat:DataService"))
    yield from _say(service, "dcterms:title", Literal("SPARQL endpoint", language="en"))
    yield from _say(service, "dcat:endpointURL", NamedNode(service))
    yield from _say(service, "dcat:endpointDescription", NamedNode(f"{root}openapi.json"))
    yield from _say(service, "dcat:servesDataset", NamedNode(dataset))
    yield from _say(service, "dcterms:license", NamedNode(LICENCE))


def _say(subject: str, name: str, value: NamedNode | Literal) -> Iterator[Triple]:
    yield Triple(NamedNode(subject), _iri(name), value)


def _iri(name: str) -> NamedNode:
    prefix, _, rest = name.partition(":")
    return NamedNode(RDF_TYPE if name == "rdf:type" else KNOWN[prefix] + rest)


def _day(text: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + "date"))

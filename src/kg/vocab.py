"""The namespaces, in one place; `ontology/prefixes.ttl` mirrors them."""

from __future__ import annotations

__all__ = ["BASE", "MQ", "PREFIXES", "RDF_TYPE", "XSD", "local"]

BASE = "https://w3id.org/mithaq/"
MQ = BASE + "ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

#: Prefix to namespace, as every file we write declares them.
PREFIXES: dict[str, str] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "ev": "http://eurovoc.europa.eu/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "mq": MQ,
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "un": "http://metadata.un.org/thesaurus/",
    "vann": "http://purl.org/vocab/vann/",
    "wd": "http://www.wikidata.org/entity/",
    "xsd": XSD,
    "state": BASE + "id/state/",
    "org": BASE + "id/organisation/",
    "agr": BASE + "id/agreement/",
    "source": BASE + "id/source/",
    "dom": BASE + "scheme/domain/",
    "commitment": BASE + "scheme/commitment-kind/",
    "event": BASE + "scheme/event-kind/",
    "instrument": BASE + "scheme/instrument-type/",
    "sch": BASE + "scheme/",
}


def local(iri: str) -> str:
    """Return the last part of an IRI: `PAK` of `…/id/state/PAK`."""
    return iri.rstrip("/").replace("#", "/").rsplit("/", 1)[-1]

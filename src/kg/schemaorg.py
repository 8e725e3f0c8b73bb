"""Say of a thing what search engines read: schema.org as JSON-LD."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kg.dcat import LICENCE, TITLE
from kg.dumps import Dump
from kg.vocab import MQ, PREFIXES, RDF_TYPE, local

__all__ = ["dataset", "linked", "thing"]

SKOS = PREFIXES["skos"]
#: The values of each property, as cells of SPARQL JSON.
Said = Mapping[str, Sequence[Mapping[str, str]]]
#: Class of ours to type, the more special class first.
TYPES = {
    MQ + "State": "Country",
    MQ + "Organisation": "Organization",
    MQ + "OtherParty": "Organization",
    MQ + "Source": "CreativeWork",
    SKOS + "ConceptScheme": "DefinedTermSet",
    SKOS + "Concept": "DefinedTerm",
}
#: Property of an identifier to the name of its collection.
IDENTIFIERS = {
    "untsNumber": "UNTS",
    "treatySeries": "treaty series",
    "wtiId": "World Treaty Index",
    "atopId": "ATOP",
    "cowAllianceId": "COW alliances",
    "dcadId": "DCAD",
    "iso3": "ISO 3166-1 alpha-3",
    "cowCode": "COW",
}
FORCE = {"yes": "InForce", "no": "NotInForce"}


def thing(
    said: Said, iri: str, page: str, root: str, named: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return the description of a thing; None for what schema.org has no word for.

    `said` has the cells of each of its properties, `named` the names of what they lead to.
    """
    kinds = {*_values(said, RDF_TYPE)}
    about = {
        "@context": "https://schema.org",
        "@id": iri,
        "url": page,
        "name": _name(said, iri),
        "alternateName": sorted({*_values(said, SKOS + "altLabel")}),
        "sameAs": sorted(_values(said, SKOS + "exactMatch")),
        "identifier": list(_identifiers(said)),
    }
    if MQ + "Agreement" in kinds:
        about |= _agreement(said, root, named)
    else:
        kind = next((TYPES[one] for one in TYPES if one in kinds), "")
        if not kind:
            return None
        about |= {"@type": kind, "description": _words(said, SKOS + "definition")}
    return {name: value for name, value in about.items() if value}


def dataset(
    root: str, about: Mapping[str, str | int], dumps: Iterable[Dump] = ()
) -> dict[str, Any]:
    """Return the description of the dataset."""
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": f"{root}dcat.ttl#dataset",
        "name": TITLE,
        "description": "Agreements of the member states of the Organisation of Islamic"
        " Cooperation, with their commitments, the records behind them and their sources.",
        "url": root,
        "license": LICENCE,
        "version": f"{about.get('version', '')}+{about.get('fingerprint', '')}",
        "dateModified": str(about.get("built", "")),
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": "Mithaq contributors"},
        "distribution": [
            {
                "@type": "DataDownload",
                "contentUrl": f"{root}dumps/{dump.name}",
                "encodingFormat": dump.media,
                "contentSize": str(dump.bytes),
                "sha256": dump.sha256,
            }
            for dump in dumps
        ],
    }


def linked(root: str) -> dict[str, str]:
    """Return the dataset as another description points to it."""
    return {"@type": "Dataset", "@id": f"{root}dcat.ttl#dataset", "name": TITLE, "url": root}


def _agreement(said: Said, root: str, named: Mapping[str, str]) -> dict[str, Any]:
    binding = "binding" in map(local, _values(said, MQ + "bindingness"))
    signed = min(_values(said, MQ + "signedOn"), default="")
    parties = [_one(v, "Country", named) for v in _values(said, MQ + "party")]
    fields = [_one(v, "DefinedTerm", named) for v in _values(said, MQ + "domain")]
    made: dict[str, Any] = {
        "@type": "Legislation" if binding else "CreativeWork",
        "dateCreated": signed,
        "about": sorted(fields, key=str),
        "contributor": sorted(parties, key=str),
        "locationCreated": _words(said, MQ + "place"),
        "isPartOf": linked(root),
    }
    if binding:
        kinds = [named.get(v, local(v)) for v in _values(said, MQ + "instrument")]
        made["legislationType"] = sorted(kinds)
        made["legislationDate"] = signed
        made["temporalCoverage"] = _span(said)
    return made


def _span(said: Said) -> str:
    """Return the days on which it is known to be in force, open where an end is not known."""
    first = next(iter(_values(said, MQ + "inForceFrom")), "")
    last = next(iter(_values(said, MQ + "inForceUntil")), "..")
    return f"{first}/{last}" if first else ""


def _one(iri: str, kind: str, named: Mapping[str, str]) -> dict[str, str]:
    kind = "Organization" if "/id/organisation/" in iri or "/id/party/" in iri else kind
    return {"@type": kind, "@id": iri, "name": named.get(iri, local(iri))}


def _identifiers(said: Said) -> Iterable[dict[str, str]]:
    for name, collection in IDENTIFIERS.items():
        for value in _values(said, MQ + name):
            yield {"@type": "PropertyValue", "propertyID": collection, "value": value}


def _name(said: Said, iri: str) -> str:
    return (
        _words(said, SKOS + "prefLabel")
        or _words(said, PREFIXES["dcterms"] + "title")
        or local(iri)
    )


def _words(said: Said, name: str) -> str:
    found = [cell for cell in said.get(name, ()) if cell["type"] == "literal"]
    best = min(found, key=_liked, default=None)
    return best["value"] if best else ""


def _liked(cell: Mapping[str, str]) -> tuple[bool, str]:
    return cell.get("xml:lang", "en") != "en", cell["value"]


def _values(said: Said, name: str) -> list[str]:
    return [cell["value"] for cell in said.get(name, ())]

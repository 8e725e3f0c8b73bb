"""Tell what the project's own files describe already, so that no importer says it twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pyoxigraph import Triple

from kg.vocab import MQ, RDF_TYPE

__all__ = ["Known", "standing"]

#: The keys of the two parties and the day of signature, to the agreement's IRI.
Known = Mapping[tuple[frozenset[str], str], str]


def standing(triples: Iterable[Triple]) -> tuple[Known, set[str]]:
    """Return the agreement of each pair and day that has just one, and all records and sources."""
    parties: dict[str, set[str]] = {}
    days: dict[str, str] = {}
    agreements: dict[str, str] = {}
    described = set[str]()
    for triple in triples:
        name, value = triple.predicate.value, str(getattr(triple.object, "value", ""))
        subject = str(getattr(triple.subject, "value", ""))
        if name == RDF_TYPE and value in (MQ + "Record", MQ + "Source"):
            described.add(subject)
        if name == MQ + "party":
            parties.setdefault(subject, set()).add(value.rsplit("/", 1)[1])
        elif name == MQ + "signedOn":
            days[subject] = value
        elif name == MQ + "describes":
            agreements[subject] = value
    found: dict[tuple[frozenset[str], str], set[str]] = {}
    for record, day in days.items():
        if record in agreements:
            key = (frozenset(parties.get(record, ())), day)
            found.setdefault(key, set()).add(agreements[record])
    return {key: min(iris) for key, iris in found.items() if len(iris) == 1}, described

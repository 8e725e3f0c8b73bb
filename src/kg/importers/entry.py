"""What one row of a source says of one agreement, and the record that it becomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Triple

from kg.importers.actors import Actor
from kg.importers.base import RETRIEVED, Minter, concept, facts, text, typed
from kg.importers.unts import registered
from kg.vocab import BASE, XSD

__all__ = ["Entry", "Step", "pair"]

DCTERMS = "http://purl.org/dc/terms/"
FOAF = "http://xmlns.com/foaf/0.1/"


@dataclass(frozen=True, kw_only=True)
class Step:
    """A dated event of an agreement, by one actor or by all."""

    kind: str
    date: str
    actor: Actor | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A row in our terms; a field that is empty was not said.

    `key` ends the record's IRI and never changes; dates are as precise as the source (`2001`,
    `2001-05`, `2001-05-04`). `title` is the source's own in `language`; without one, `words` and
    the parties make a label that is marked as generated.
    """

    key: str
    locator: str
    parties: Sequence[Actor]
    words: str
    domains: Sequence[str]
    confidence: str
    title: str = ""
    language: str = "en"
    signed: str = ""
    force: str = ""
    effect: str = ""
    until: str = ""
    attested: str = ""
    not_in_force_on: str = ""
    instrument: str = "unknown"
    bindingness: str = "unknown"
    evidence: str = "attested"
    renewal: str = ""
    years: int | None = None
    place: str = ""
    page: str = ""
    description: str = ""
    steps: Sequence[Step] = ()
    ids: Mapping[str, str] = field(default_factory=dict)

    def label(self) -> str:
        """Return an English label made of the instrument or field, the parties and the year."""
        names = "–".join(sorted(party.name for party in self.parties))
        return ", ".join(filter(None, (self.words, names, self.signed[:4])))

    def triples(self, source: str, minter: Minter) -> Iterator[Triple]:
        """Yield the record, and its events, as said by a source."""
        record = f"{BASE}id/record/{source}/{self.key}"
        agreement = minter.agreement(record, (one.key for one in self.parties), self.signed)
        steps = [(f"{record}/event/{n}", step) for n, step in enumerate(self.steps, 1)]
        yield from facts(record, "Record", self._facts(source, agreement, [i for i, _ in steps]))
        for iri, step in steps:
            yield from facts(
                iri,
                "Event",
                {
                    "kind": concept("event-kind", step.kind),
                    "date": typed(step.date),
                    "actor": step.actor.iri if step.actor else None,
                },
            )

    def _facts(
        self, source: str, agreement: str, events: Sequence[str]
    ) -> dict[str, NamedNode | Literal | list[NamedNode] | list[Literal] | None]:
        return {
            "describes": NamedNode(agreement),
            "source": NamedNode(f"{BASE}id/source/{source}"),
            "locator": Literal(self.locator),
            "retrievedOn": typed(RETRIEVED),
            "confidence": concept("confidence", self.confidence),
            "evidence": concept("evidence", self.evidence),
            "title": self._title(),
            "titleGenerated": None if self.title else Literal(True),
            "generatedTitle": text(self.label()) if self.title and self.language != "en" else None,
            "party": [one.iri for one in self.parties],
            "signedOn": typed(self.signed),
            "inForceFrom": typed(self.force),
            "inEffectFrom": typed(self.effect),
            "inForceUntil": typed(self.until),
            "lastAttestedInForce": typed(self.attested),
            "notInForceOn": typed(self.not_in_force_on),
            "term": self._term(),
            "renewal": concept("renewal", self.renewal) if self.renewal else None,
            "domain": [concept("domain", one) for one in self.domains],
            "instrument": concept("instrument-type", self.instrument),
            "bindingness": concept("bindingness", self.bindingness),
            "place": Literal(self.place) if self.place else None,
            **{name: Literal(value) for name, value in self._identifiers() if value},
            "event": [NamedNode(iri) for iri in events],
            DCTERMS + "description": text(self.description),
            FOAF + "page": NamedNode(self.page) if self.page else None,
        }

    def _title(self) -> Literal:
        if not self.title:
            return Literal(self.label(), language="en")
        return Literal(self.title, language=self.language)

    def _identifiers(self) -> Iterator[tuple[str, str]]:
        for name, value in self.ids.items():
            yield name, registered(value) if name == "untsNumber" else value

    def _term(self) -> Literal | None:
        years = self.years
        return Literal(f"P{years}Y", datatype=NamedNode(XSD + "duration")) if years else None


def pair(parties: Sequence[Actor]) -> str:
    """Return why parties do not make a bilateral agreement of an OIC state; "" when they do."""
    if len({one.key for one in parties}) != 2 or len(parties) != 2:
        return f"{len(parties)} parties: {', '.join(one.name for one in parties) or 'none'}"
    other = next((one for one in parties if not one.is_party), None)
    if other:
        return f"{other.name or other.key} is {other.kind}, not a party here"
    return "" if any(one.is_oic for one in parties) else "no OIC state"

"""Every agreement and promise of the graph, in memory, so that a page of many asks no query.

What a page of a state says of fifteen hundred agreements is a walk through tuples here; as queries
it is megabytes of answers for each day. Each property is read by a scan of its own, as CSV, and
joined here: that takes a fraction of what one query with all of them does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from sys import intern
from typing import TypeVar, cast

from kg.web.derived import derived
from kg.web.site import Graph

__all__ = ["Agreement", "Promise", "Register", "Spell", "read", "register"]

Made = TypeVar("Made")
LABELS = "SELECT ?s ?o (LANG(?o) AS ?in) WHERE { ?s skos:prefLabel ?o }"
SPELLS = """SELECT ?s ?first ?after ?status ?answer ?rule WHERE { ?s mq:statusSpell ?spell .
  ?spell mq:from ?first ; mq:until ?after ; mq:status ?status .
  OPTIONAL { ?spell mq:answer ?answer } OPTIONAL { ?spell mq:statusRule ?rule } }"""


@dataclass(frozen=True, slots=True)
class Spell:
    """A status and its days, the last of them left out; days are texts, which sort as they do."""

    first: str
    after: str
    status: str
    answer: str
    rule: str


@dataclass(frozen=True, slots=True)
class Promise:
    """One commitment: who owes whom what, under which agreement, over which days."""

    iri: str
    agreement: str
    obligor: str
    obligee: str
    kind: str
    first: str
    after: str
    condition: str = ""

    def holds(self, day: str) -> bool:
        """Say whether it holds on a day, as far as is known."""
        return self.first <= day < self.after


@dataclass(slots=True)
class Agreement:
    """What the answer view says of an agreement; "" and () where it says nothing."""

    iri: str
    title: str = ""
    #: Language of the title, which is the English one where there is one.
    language: str = ""
    signed: str = ""
    #: The first day that the date of signature may mean.
    earliest: str = ""
    evidence: str = ""
    binding: str = ""
    #: The last day on which a source tells that it was in force.
    attested: str = ""
    bilateral: bool = False
    plurilateral: bool = False
    parties: tuple[str, ...] = ()
    said_by: tuple[str, ...] = ()
    #: Fields that it covers, and those that these are within.
    fields: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    spells: list[Spell] = field(default_factory=list)
    #: Days on which each party of a pact of many is in it.
    within: list[tuple[str, str, str]] = field(default_factory=list)

    def spell(self, day: str) -> Spell | None:
        """Return the status on a day; None when it has none."""
        return next((one for one in self.spells if one.first <= day < one.after), None)

    def present(self, day: str) -> frozenset[str]:
        """Return the parties of a pact of many that are in it on a day."""
        return frozenset(who for who, first, after in self.within if first <= day < after)


@dataclass(frozen=True)
class Register:
    """The agreements by IRI, and the promises, of one state of the graph."""

    agreements: Mapping[str, Agreement]
    promises: tuple[Promise, ...]
    #: What pages made of it, as long as it is the one that serves.
    made: dict[Hashable, object] = field(default_factory=dict, repr=False, compare=False)

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what is made of this register, made once."""
        if key not in self.made:
            self.made[key] = make()
        return cast(Made, self.made[key])

    @cached_property
    def of_party(self) -> Mapping[str, tuple[str, ...]]:
        """Return the agreements of each party."""
        return _turned((one.iri, one.parties) for one in self.agreements.values())

    @cached_property
    def in_field(self) -> Mapping[str, tuple[str, ...]]:
        """Return the agreements that cover each field, or one within it."""
        return _turned((one.iri, one.fields) for one in self.agreements.values())

    @cached_property
    def of_source(self) -> Mapping[str, tuple[str, ...]]:
        """Return the agreements that each source tells of."""
        return _turned((one.iri, one.said_by) for one in self.agreements.values())

    @cached_property
    def owed_by(self) -> Mapping[str, tuple[Promise, ...]]:
        """Return what each party promised."""
        return _grouped((one.obligor, one) for one in self.promises)

    @cached_property
    def owed_to(self) -> Mapping[str, tuple[Promise, ...]]:
        """Return what each party was promised."""
        return _grouped((one.obligee, one) for one in self.promises)

    def of(self, parties: Iterable[str]) -> tuple[str, ...]:
        """Return the agreements that any of some parties is in, each once."""
        return tuple(dict.fromkeys(iri for one in parties for iri in self.of_party.get(one, ())))


def register() -> Register:
    """Return the register of the graph that serves now."""
    return cast(Register, derived("register"))


def read(graph: Graph) -> Register:
    """Read the register from the graph."""
    found: dict[str, Agreement] = {}

    def the(iri: str) -> Agreement:
        if (one := found.get(iri)) is None:
            one = found[iri] = Agreement(iri)
        return one

    for kind in ("bilateral", "plurilateral"):
        for (iri,) in graph.rows(f"SELECT ?s WHERE {{ ?s a mq:{kind.title()}Agreement }}"):
            setattr(the(iri), kind, True)
    lists = {"party": "parties", "saidBy": "said_by", "coversDomainOrNarrower": "fields"}
    for term, name in (*lists.items(), ("framesSupport", "frames")):
        for iri, values in _grouped(_pairs(graph, term)).items():
            setattr(the(iri), name, values)
    for iri, first, after, status, answer, rule in graph.rows(SPELLS):
        the(iri).spells.append(Spell(*map(intern, (first, after, status, answer, rule))))
    for iri, title, language in graph.rows(LABELS):
        one = found.get(iri)
        if one and (not one.title or language == "en"):
            one.title, one.language = title, intern(language)
    singles = {"signedOn": "signed", "signedOnEarliest": "earliest", "evidence": "evidence"}
    singles |= {"bindingness": "binding", "lastAttestedInForce": "attested"}
    for term, name in singles.items():
        for iri, value in _pairs(graph, term):
            if iri in found:
                setattr(found[iri], name, value)
    first_of, after_of = dict(_pairs(graph, "holdsFrom")), dict(_pairs(graph, "holdsUntil"))
    who = dict(_pairs(graph, "participant"))
    for iri, one_of_many in _pairs(graph, "participation"):
        if one_of_many in who and one_of_many in first_of and one_of_many in after_of:
            days = first_of[one_of_many], after_of[one_of_many]
            the(iri).within.append((who[one_of_many], *days))
    return Register(found, tuple(_promises(graph, first_of, after_of)))


def _promises(
    graph: Graph, first: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Promise]:
    """Yield each promise for each who owes and is owed, as a query would."""
    terms = ("obligor", "obligee", "kind", "condition")
    by, to, kinds, conditions = (_grouped(_pairs(graph, term)) for term in terms)
    for agreement, iri in _pairs(graph, "commitment"):
        if iri not in first or iri not in after:
            continue
        for kind in kinds.get(iri, ()):
            for condition in conditions.get(iri, ("",)):
                for obligor in by.get(iri, ()):
                    for obligee in to.get(iri, ()):
                        whom = (iri, agreement, obligor, obligee, kind)
                        yield Promise(*whom, first[iri], after[iri], condition)


def _pairs(graph: Graph, term: str) -> Iterator[tuple[str, str]]:
    """Yield each thing with each value of a property; equal texts are one in memory."""
    for thing, value in graph.rows(f"SELECT ?s ?o WHERE {{ ?s mq:{term} ?o }}"):
        yield intern(thing), intern(value)


def _grouped(pairs: Iterable[tuple[str, Promise | str]]) -> dict[str, tuple]:  # type: ignore[type-arg]
    found: defaultdict[str, list[Promise | str]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}


def _turned(found: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """Return the things of each value from the values of each thing."""
    return _grouped((value, iri) for iri, values in found for value in values)

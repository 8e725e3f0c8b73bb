"""Who is bound to whom: every agreement with its parties, fields, promises and spells, in memory.

A day of the network is a walk through a list of some ten thousand, which is quicker than any
query. It is made from `kg.web.register`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from itertools import combinations

from kg.vocab import BASE, local
from kg.web import lives
from kg.web.lives import Life
from kg.web.membership import held
from kg.web.register import Register
from kg.web.site import Graph

__all__ = ["FORMS", "STRENGTHS", "Ledger", "Link", "Wish", "read"]

#: From strongest to weakest; see `queries/support-map.rq`.
STRENGTHS = ("promised", "framework", "declared")
FORMS = ("bilateral", "plurilateral")
#: The kinds of promise of a pair without one.
NONE: frozenset[str] = frozenset()
#: Days of the network that are kept.
KEPT = 64
MEMBERS = f"""SELECT ?s ?f ?u WHERE {{
  ?m mq:organisation org:OIC ; mq:member ?s ; mq:from ?f ; mq:role ?role .
  FILTER(?role IN (<{BASE}scheme/member-role/member>, <{BASE}scheme/member-role/founder>))
  OPTIONAL {{ ?m mq:until ?u }} }}"""
POLITICAL = f"{BASE}scheme/bindingness/political"


@dataclass(frozen=True, slots=True)
class Promise:
    """What one party owes others, and on which days; half open."""

    kind: str
    obligor: str
    obligees: frozenset[str]
    first: str
    after: str


@dataclass(slots=True)
class Bond:
    """An agreement, by the last part of its IRI."""

    key: str
    form: str = "bilateral"
    political: bool = False
    #: In the order of their IRIs.
    parties: list[str] = field(default_factory=list)
    domains: set[str] = field(default_factory=set)
    spells: list[tuple[str, str, str]] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    #: Days on which each party of a pact of many is in it.
    within: list[tuple[str, str, str]] = field(default_factory=list)

    def answer(self, on: str) -> str:
        """Return the answer to "in force on that day?"; "" before anything was signed."""
        for first, after, how in self.spells:
            if first <= on < after:
                return how
        return ""

    def bound(self, on: str) -> list[str]:
        """Return the parties on a day."""
        if self.form == "bilateral":
            return self.parties
        return sorted({who for who, first, after in self.within if first <= on < after})

    def promised(self, on: str, kind: str) -> dict[tuple[str, str], set[str]]:
        """Return which kinds each two parties promise on a day, in either direction."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for promise in self.promises:
            if promise.first <= on < promise.after and kind in ("", promise.kind):
                for obligee in promise.obligees:
                    one, other = sorted((promise.obligor, obligee))
                    found[one, other].add(promise.kind)
        return found


@dataclass(slots=True)
class Link:
    """What binds two parties on a day."""

    one: str
    other: str
    strength: str
    #: Keys of agreements known to be in force, and of those of which that is not known.
    known: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Wish:
    """Which links are wanted; "" is any."""

    on: str
    domain: str = ""
    kind: str = ""
    strength: str = ""
    form: str = ""
    #: Whether agreements count of which it is not known whether they are in force.
    unknown: bool = True
    #: One party that each link must have.
    of: str = ""


@dataclass(frozen=True)
class Ledger:
    """All bonds of one state of the graph, and the members of the organisation."""

    bonds: tuple[Bond, ...]
    memberships: tuple[tuple[str, str, str], ...]
    #: M49 code to state.
    codes: dict[str, str]
    #: The days of those states that did not always exist.
    lives: dict[str, Life] = field(default_factory=dict)
    #: Links that were asked for before.
    kept: dict[Wish, list[Link]] = field(default_factory=dict, repr=False, compare=False)

    def members(self, on: str) -> set[str]:
        """Return the members of the OIC on a day."""
        return {who for who, since, until in self.memberships if held(since, until, on)}

    def ours(self, on: str) -> set[str]:
        """Return the members of the OIC on a day, and the states that joined it later."""
        return {who for who, _, until in self.memberships if held("", until, on)}

    def links(self, wish: Wish) -> list[Link]:
        """Return the links of ours on a day, ordered by their parties; nobody changes them."""
        if wish not in self.kept:
            if len(self.kept) >= KEPT:
                self.kept.clear()
            self.kept[wish] = self._links(wish)
        return self.kept[wish]

    def _links(self, wish: Wish) -> list[Link]:
        found: dict[tuple[str, str], Link] = {}
        answers = ("yes", "unknown") if wish.unknown else ("yes",)
        ours, gone = self.ours(wish.on), self._gone(wish.on)
        for bond in self.bonds:
            if (wish.domain and wish.domain not in bond.domains) or (
                wish.form and wish.form != bond.form
            ):
                continue
            if (how := bond.answer(wish.on)) in answers:
                for one, other, strength, kinds in _pairs(bond, wish, gone):
                    if one not in ours and other not in ours:
                        continue
                    if (link := found.get((one, other))) is None:
                        link = found[one, other] = Link(one, other, strength)
                    (link.known if how == "yes" else link.unknown).append(bond.key)
                    if strength != link.strength:
                        link.strength = min(link.strength, strength, key=STRENGTHS.index)
                    link.kinds |= kinds
        return [found[pair] for pair in sorted(found)]

    def _gone(self, on: str) -> set[str]:
        """Return the states that do not exist on a day."""
        return {who for who, life in self.lives.items() if not life.on(on)}

    def counts(self, on: str, domain: str) -> dict[str, tuple[int, int]]:
        """Return for each of ours its bilateral agreements of a field: in force, and not known."""
        known: dict[str, int] = defaultdict(int)
        unknown: dict[str, int] = defaultdict(int)
        gone = self._gone(on)
        for bond in self.bonds:
            if (
                bond.form == "bilateral"
                and domain in bond.domains
                and gone.isdisjoint(bond.parties)
            ):
                how = bond.answer(on)
                for party in bond.parties:
                    known[party] += how == "yes"
                    unknown[party] += how == "unknown"
        return {who: (known[who], unknown[who]) for who in self.ours(on)}


def _pairs(bond: Bond, wish: Wish, gone: Set[str]) -> Iterator[tuple[str, str, str, Set[str]]]:
    """Yield each two parties that a bond binds as is wished, with strength and promises."""
    promised = bond.promised(wish.on, wish.kind) if bond.promises else {}
    if wish.kind and not promised:
        return
    there = [who for who in bond.bound(wish.on) if who not in gone]
    for one, other in combinations(there, 2):
        kinds = promised.get((one, other), NONE)
        strength = "promised" if kinds else "framework"
        strength = "declared" if bond.political else strength
        asked = wish.of in ("", one, other) and wish.strength in ("", strength)
        if asked and (kinds or not wish.kind):
            yield one, other, strength, kinds


def read(graph: Graph, book: Register) -> Ledger:
    """Make the ledger from the register of a graph, and read from the graph what that has not."""
    promised: defaultdict[str, list[Promise]] = defaultdict(list)
    for (_, agreement, kind, by, first, after), those in _commitments(book).items():
        promised[agreement].append(Promise(kind, by, frozenset(those), first, after))
    bonds = tuple(
        Bond(
            local(one.iri),
            "plurilateral" if one.plurilateral else "bilateral",
            one.binding == POLITICAL,
            sorted(one.parties),
            {local(field) for field in one.fields},
            [(it.first, it.after, local(it.answer)) for it in one.spells],
            promised[one.iri],
            one.within,
        )
        for _, one in sorted(book.agreements.items())
        if one.parties
    )
    members = tuple(
        (row["s"]["value"], row["f"]["value"], row["u"]["value"] if "u" in row else "")
        for row in graph.scan(MEMBERS)
    )
    codes = {code: state for state, code in graph.rows("SELECT ?s ?o WHERE { ?s mq:m49 ?o }")}
    return Ledger(bonds, members, codes, lives.read(graph))


def _commitments(book: Register) -> dict[tuple[str, ...], set[str]]:
    """Return whom each promise is owed to."""
    found: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for one in book.promises:
        kind = local(one.kind)
        found[one.iri, one.agreement, kind, one.obligor, one.first, one.after].add(one.obligee)
    return found

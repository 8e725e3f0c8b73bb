"""Decide, for agreements of different sources, which are one.

Pairs are taken best first. A merge is made where the evidence is enough, and never puts two
agreements of one source into one: a source that lists both takes them for two. Two curated
agreements are not merged either: who described the second had read the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from kg.identity.claims import Claim, Fields
from kg.identity.compare import Evidence, compare, near, weight

__all__ = ["CONFIRMED", "PROBABLE", "Link", "Pair", "decide", "pairs"]

#: Bits from which two claims are taken for one agreement, and from which they may be one.
CONFIRMED, PROBABLE = 11.0, 7.0


@dataclass(frozen=True)
class Pair:
    """Two claims of different sources and the evidence that they are of one agreement."""

    one: Claim
    two: Claim
    evidence: Evidence


@dataclass(frozen=True)
class Link:
    """An agreement that is, or may be, another one; with the pair that says so."""

    claim: str
    candidate: str
    verdict: str
    pair: Pair


def pairs(claims: Iterable[Claim], fields: Fields) -> list[Pair]:
    """Return each pair of claims of two sources that are worth comparing, best first."""
    blocks: dict[frozenset[str], list[Claim]] = defaultdict(list)
    for claim in claims:
        blocks[claim.block if len(claim.parties) == 2 else frozenset()].append(claim)
    found = [pair for block in blocks.values() for pair in _within(block, fields)]
    return sorted(found, key=lambda p: (-p.evidence.bits, p.one.record, p.two.record))


def _within(block: list[Claim], fields: Fields) -> Iterator[Pair]:
    raw = [
        (one, two, compare(one, two, fields))
        for one, two in combinations(block, 2)
        if one.source != two.source and one.agreement != two.agreement
        if near(one, two) and (len(one.parties) == 2 or one.keys & two.keys)
    ]
    reach: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one, two, evidence in raw:
        reach[one.record, two.source].append(evidence.bits)
        reach[two.record, one.source].append(evidence.bits)
    for one, two, evidence in raw:
        own = evidence.bits - weight("rivals", "none")
        if own < 0:
            continue
        rivals = sum(
            bits >= evidence.bits
            for key in ((one.record, two.source), (two.record, one.source))
            for bits in reach[key]
        )
        # The pair itself is among both.
        said = {2: "none", 3: "one"}.get(rivals, "more")
        values = (*evidence.values[:-1], ("rivals", said))
        yield Pair(one, two, Evidence(values))


class _Groups:
    """Agreements merged so far, and the sources that speak of each group."""

    def __init__(self, claims: Iterable[Claim], merged: Mapping[str, str]) -> None:
        self._home = dict(merged)
        self.sources: dict[str, set[str]] = defaultdict(set)
        for claim in claims:
            self.sources[self.home(claim.agreement)].add(claim.source)

    def home(self, agreement: str) -> str:
        while agreement in self._home:
            agreement = self._home[agreement]
        return agreement

    def merge(self, one: str, into: str) -> None:
        self._home[one] = into
        self.sources[into] |= self.sources.pop(one)

    def clash(self, one: str, two: str) -> bool:
        return bool(self.sources[one] & self.sources[two])


def decide(
    found: Iterable[Pair],
    claims: list[Claim],
    *,
    merged: Mapping[str, str],
    settled: Iterable[frozenset[str]] = (),
    first: Callable[[str], tuple[bool | str, ...]] = lambda key: (key,),
) -> list[Link]:
    """Return the links of agreements, confirmed ones and those in doubt.

    `merged` holds the merges that people have confirmed, `settled` every pair that they have
    judged: those are left as they are. Of two, the one that `first` puts first keeps its IRI.
    """
    done = set(settled)
    groups = _Groups(claims, merged)
    best: dict[str, Pair] = {}
    doubt: list[Pair] = []
    targets = set(merged.values())
    for pair in found:
        one, two = groups.home(pair.one.agreement), groups.home(pair.two.agreement)
        judged = {frozenset((pair.one.agreement, pair.two.agreement)), frozenset((one, two))}
        if one == two or judged & done or pair.evidence.bits < PROBABLE:
            continue
        by_hand = pair.one.curated and pair.two.curated
        fixed = one in targets and two in targets
        if pair.evidence.bits < CONFIRMED or by_hand or fixed or groups.clash(one, two):
            doubt.append(pair)
            continue
        into, gone = sorted((one, two), key=first)
        groups.merge(gone, into)
        best.setdefault(gone, pair)
    return [*_confirmed(best, groups), *_doubtful(doubt, groups, done)]


def _confirmed(best: Mapping[str, Pair], groups: _Groups) -> Iterator[Link]:
    for gone, pair in sorted(best.items()):
        yield Link(gone, groups.home(gone), "confirmed", pair)


def _doubtful(doubt: Iterable[Pair], groups: _Groups, done: set[frozenset[str]]) -> Iterator[Link]:
    """Yield the best doubtful pair of each two groups that no source lists as two."""
    seen = set(done)
    for pair in doubt:
        one, two = sorted((groups.home(pair.one.agreement), groups.home(pair.two.agreement)))
        if one == two or frozenset((one, two)) in seen or groups.clash(one, two):
            continue
        seen.add(frozenset((one, two)))
        yield Link(two, one, "probable", pair)

"""Find which agreements of different sources are one, and write each decision as data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from pyoxigraph import Store, Triple

from kg.files import read_bytes
from kg.identity.claims import Claim, Fields, read_claims
from kg.identity.compare import compare
from kg.identity.decide import Link, decide, pairs
from kg.identity.write import links_as_triples
from kg.turtle import read
from kg.vocab import BASE, MQ

__all__ = [
    "Claim",
    "Link",
    "compare",
    "decide",
    "decisions",
    "links_as_triples",
    "read_claims",
    "run",
]

#: The keys of the claim and of the candidate, and of the verdict.
Decision = tuple[str, str, str]
Decisions = dict[frozenset[str], Decision]


def run(
    store: Store, *, before: Path, step: Callable[[str], None] = lambda name: None
) -> list[Link]:
    """Return the links of a graph loaded from its files.

    `before` is the file that an earlier run wrote: it is not evidence, but what others were
    merged into keeps its IRI. Every other match of the graph was decided by people and stands.
    """
    earlier = _decisions(read(read_bytes(before), str(before)) if before.exists() else [])
    people = _decisions(q.triple for q in store.quads_for_pattern(None, None, None, None))
    people = {pair: said for pair, said in people.items() if pair not in earlier}
    step("records")
    claims = read_claims(store)
    step("pairs")
    found = pairs(claims, Fields(store))
    step("links")
    confirmed = [one for one in (*people.values(), *earlier.values()) if one[2] == "confirmed"]
    kept = {candidate for _, candidate, _ in confirmed}
    merged = {claim: into for claim, into, verdict in people.values() if verdict == "confirmed"}
    targets = set(merged.values())
    curated = {claim.agreement for claim in claims if claim.curated}
    return decide(
        found,
        claims,
        merged=merged,
        settled=people,
        first=lambda key: (key not in targets, key not in kept, key not in curated, key),
    )


def decisions(triples: Iterable[Triple]) -> list[Decision]:
    """Return each match of two agreements: claim, candidate and verdict, by their keys."""
    said: dict[str, dict[str, str]] = {}
    for triple in triples:
        if triple.predicate.value in (MQ + "claim", MQ + "candidate", MQ + "verdict"):
            key = triple.predicate.value.removeprefix(MQ)
            said.setdefault(str(triple.subject), {})[key] = str(
                getattr(triple.object, "value", "")
            )
    agreement, verdict = BASE + "id/agreement/", BASE + "scheme/verdict/"
    return [
        (
            one["claim"].removeprefix(agreement),
            one["candidate"].removeprefix(agreement),
            one["verdict"].removeprefix(verdict),
        )
        for one in said.values()
        if len(one) == 3
    ]


def _decisions(triples: Iterable[Triple]) -> Decisions:
    return {frozenset(one[:2]): one for one in decisions(triples)}

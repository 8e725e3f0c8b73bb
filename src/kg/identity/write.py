"""Write links as `mq:Match` nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from kg.identity.decide import Link
from kg.vocab import BASE, MQ, RDF_TYPE, XSD

__all__ = ["METHOD", "links_as_triples"]

METHOD = "weighed evidence, 2026-11"


def links_as_triples(links: Iterable[Link]) -> Iterator[Triple]:
    """Yield a match for each link: its claim, candidate, verdict, score and evidence."""
    for link in links:
        node = NamedNode(f"{BASE}id/match/{link.claim}--{link.candidate}")
        pair = link.pair
        first, second = sorted((pair.one, pair.two), key=lambda claim: claim.source)
        said = f"{first.source} {first.locator} and {second.source} {second.locator}"
        values: dict[str, NamedNode | Literal] = {
            "claim": NamedNode(f"{BASE}id/agreement/{link.claim}"),
            "candidate": NamedNode(f"{BASE}id/agreement/{link.candidate}"),
            "verdict": NamedNode(f"{BASE}scheme/verdict/{link.verdict}"),
            "rank": Literal(1),
            "method": Literal(METHOD),
            "score": Literal(
                f"{pair.evidence.probability:.3f}", datatype=NamedNode(XSD + "decimal")
            ),
            "reason": Literal(f"{said}: {pair.evidence.reason}.", language="en"),
        }
        yield Triple(node, NamedNode(RDF_TYPE), NamedNode(MQ + "Match"))
        for name, value in values.items():
            yield Triple(node, NamedNode(MQ + name), value)

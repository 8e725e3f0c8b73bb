"""What the sources set out to cover: the difference between "none found" and "not covered"."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.web.names import Source
from kg.web.pages.values import chips
from kg.web.site import site

__all__ = ["Coverage", "broader", "coverages", "covering"]

SPANS = """SELECT ?source ?c ?from ?until ?all ?words WHERE {
  ?source mq:covers ?c . ?c mq:coversFrom ?from ; mq:coversUntil ?until .
  OPTIONAL { ?c mq:coversAllStates ?all } OPTIONAL { ?c dcterms:description ?words } }
  ORDER BY ?source ?c"""
WHAT = """SELECT ?c ?p ?x WHERE {
  VALUES ?p { mq:coversActor mq:coversDomain mq:coversKind } ?c ?p ?x }"""
BROADER = "SELECT ?x ?up WHERE { ?x skos:broader ?up ; skos:inScheme sch:domain }"


@dataclass(frozen=True)
class Coverage:
    """One stretch of what a source covers."""

    source: str
    since: str
    until: str
    words: str
    all_states: bool
    actors: frozenset[str]
    fields: frozenset[str]
    kinds: frozenset[str]

    def takes(self, states: Iterable[str], field: str) -> bool:
        """Say whether agreements of these states in this field are within it."""
        if not self.all_states and not self.actors.issuperset(states):
            return False
        if self.fields:
            return not self.fields.isdisjoint(broader(field))
        return not self.kinds


def coverages() -> tuple[Coverage, ...]:
    """Return what each source covers."""
    return site().graph.once("coverage", _coverages)


def covering(
    states: Iterable[str], field: str, day: datetime.date
) -> tuple[tuple[Source, ...], str]:
    """Return the sources that cover states and a field on a day, and the last day covered.

    The day is "" when no source ever covers them.
    """
    states = tuple(states)
    within = [one for one in coverages() if one.takes(states, field)]
    then = day.isoformat()
    found = (one.source for one in within if one.since <= then <= one.until)
    return chips(found), max((one.until for one in within), default="")


def broader(field: str) -> frozenset[str]:
    """Return a field and every broader one."""
    return site().graph.once("broader", _broader).get(field, frozenset((field,)))


def _coverages() -> tuple[Coverage, ...]:
    what: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in site().graph.select(WHAT):
        what[row["c"]["value"], row["p"]["value"].rpartition("#")[2]].add(row["x"]["value"])
    found = []
    for row in site().graph.select(SPANS):
        node = row["c"]["value"]
        found.append(
            Coverage(
                row["source"]["value"],
                row["from"]["value"][:10],
                row["until"]["value"][:10],
                row["words"]["value"] if "words" in row else "",
                "all" in row and row["all"]["value"] == "true",
                frozenset(what[node, "coversActor"]),
                frozenset(what[node, "coversDomain"]),
                frozenset(what[node, "coversKind"]),
            )
        )
    return tuple(found)


def _broader() -> Mapping[str, frozenset[str]]:
    above: defaultdict[str, set[str]] = defaultdict(set)
    for row in site().graph.select(BROADER):
        above[row["x"]["value"]].add(row["up"]["value"])
    found = {}
    for field in above:
        every, left = {field}, [field]
        while left:
            left = [up for one in left for up in above.get(one, ()) if up not in every]
            every.update(left)
        found[field] = frozenset(every)
    return found

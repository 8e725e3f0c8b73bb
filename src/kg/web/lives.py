"""When each state existed: who can be a party on a day."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from kg.web.site import Graph, site

__all__ = ["Life", "absent", "life", "lives", "read"]

LIVES = """SELECT ?s ?f ?u WHERE { ?s a mq:State
  OPTIONAL { ?s mq:existedFrom ?f } OPTIONAL { ?s mq:existedUntil ?u } }"""


@dataclass(frozen=True, slots=True)
class Life:
    """The first and the last day of a state, as precise as its list dates them; "" is open."""

    since: str = ""
    until: str = ""

    def begun(self, day: str) -> bool:
        """Say whether it had begun by a day; a year begins with its first day."""
        return not self.since or day[: len(self.since)] >= self.since

    def ended(self, day: str) -> bool:
        """Say whether it had ended before a day; a year ends with its last day."""
        return bool(self.until) and day[: len(self.until)] > self.until

    def on(self, day: str) -> bool:
        """Say whether it existed on a day."""
        return self.begun(day) and not self.ended(day)


ALWAYS = Life()
#: Days for which it is kept who did not exist.
DAYS = 200


def read(graph: Graph) -> dict[str, Life]:
    """Read the lives of the states that the graph dates."""
    rows = graph.scan(LIVES)
    found = {
        row["s"]["value"]: Life(*(row[key]["value"] if key in row else "" for key in ("f", "u")))
        for row in rows
    }
    return {iri: one for iri, one in found.items() if one != ALWAYS}


def lives() -> Mapping[str, Life]:
    """Return the lives of the states, read once."""
    graph = site().graph
    return graph.once("lives", lambda: read(graph))


def life(iri: str) -> Life:
    """Return the life of an actor; what has no dates is taken to exist on each day."""
    return lives().get(iri, ALWAYS)


def _absent(day: str) -> frozenset[str]:
    """Return the states that did not exist on a day, kept for the days that are asked for most."""
    kept: dict[str, frozenset[str]] = site().graph.once("absent", dict)
    if (found := kept.get(day)) is None:
        if len(kept) >= DAYS:
            kept.clear()
        kept[day] = found = frozenset(iri for iri, one in lives().items() if not one.on(day))
    return found


def absent(day: datetime.date, carried: Iterable[Collection[str]] = ()) -> frozenset[str]:
    """Return the states that did not exist on a day.

    Each of `carried` is a state with its predecessors: on a day on which one of them exists it
    stands for those that had ended. Nobody stands for a state that had not begun.
    """
    then = day.isoformat()
    gone = set(_absent(then))
    for line in carried:
        if any(iri not in gone for iri in line):
            gone -= {iri for iri in line if life(iri).ended(then)}
    return frozenset(gone)

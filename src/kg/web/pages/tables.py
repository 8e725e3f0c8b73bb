"""Counts by decade and field, as a chart and as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from kg.web.names import Ref, ref
from kg.web.pages.facts import Facts
from kg.web.pages.values import Bar
from kg.web.site import site

__all__ = ["Decades", "bars", "decade", "decades", "top_fields"]

TOP = "SELECT ?x WHERE { ?x skos:topConceptOf sch:domain } ORDER BY ?x"


@dataclass(frozen=True)
class Decades:
    """How many agreements were signed in each decade, in all and by broad field."""

    decades: tuple[str, ...]
    bars: tuple[Bar, ...]
    #: A broad field with its count in each decade, the field with the most first.
    rows: tuple[tuple[Ref, tuple[int, ...], int], ...]
    total: int


def decades(found: Facts) -> Decades:
    """Return the counts of a page's agreements; undated ones are in a column of their own."""
    lines = found.lines.values()
    charted = bars(line.signed.decade for line in lines)
    order = tuple(bar.label for bar in charted)
    counts: Counter[tuple[str, str]] = Counter()
    tops = top_fields()
    for line in lines:
        for field in found.fields.get(line.iri, ()):
            if field in tops:
                counts[field, line.signed.decade] += 1
    total = {field: sum(counts[field, label] for label in order) for field in tops}
    rows = tuple(
        (ref(field), tuple(counts[field, label] for label in order), total[field])
        for field in sorted(tops, key=lambda field: (-total[field], field))
        if total[field]
    )
    return Decades(order, charted, rows, len(found.lines))


def bars(decades: Iterable[str]) -> tuple[Bar, ...]:
    """Return a bar for each decade from the first to the last, the empty ones too.

    What has no decade is in a bar of its own, the last.
    """
    counts = Counter(decades)
    dated = sorted(decade for decade in counts if decade)
    steps = range(int(dated[0]), int(dated[-1]) + 10, 10) if dated else ()
    found = tuple(Bar(str(step), counts[str(step)]) for step in steps)
    return (*found, Bar("", counts[""])) if counts[""] else found


def decade(day: str) -> str:
    """Return the decade of a day: 1950 for 1954-04-02; "" for none."""
    return f"{day[:3]}0" if day else ""


def top_fields() -> frozenset[str]:
    """Return the broad fields of cooperation."""
    return frozenset(row["x"]["value"] for row in site().graph.keep(TOP))

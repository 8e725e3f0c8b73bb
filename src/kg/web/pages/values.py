"""The small things that every page shows: a date, a mark, a source, a line for an agreement."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterable
from dataclasses import dataclass

from babel.dates import format_date

from kg.vocab import local
from kg.web import rules
from kg.web.language import interface, told
from kg.web.names import Ref, Source, clean, sources
from kg.web.site import Cell, Row
from kg.web.terms import page_of
from kg.web.words import N_

__all__ = [
    "ANSWERS",
    "OPEN",
    "Bar",
    "Line",
    "Mark",
    "When",
    "chips",
    "mark",
    "tally",
    "text",
    "title",
    "titled",
    "uri",
    "when",
]

#: What a status answers to "in force on that day?".
ANSWERS = {
    "in-force": "yes",
    "provisionally-applied": "yes",
    "adopted": "not-binding",
    "ended": "no",
    "abandoned": "no",
    "signed-not-in-force": "no",
    "not-yet-signed": "not-yet",
    "party-ended": "gone",
    "party-not-begun": "gone",
}
#: Answers that leave open whether an agreement binds on the day.
OPEN = ("yes", "unknown", "not-binding")
#: Statuses in a reader's words; the catalogues translate them.
STATUSES = {
    "abandoned": "Abandoned",
    "adopted": "Adopted",
    "date-imprecise": "Date too imprecise",
    "ended": "Ended",
    "expired-on-its-terms": "Expired on its terms",
    "in-force": "In force",
    "last-attested-in-force": "In force when last attested",
    "provisionally-applied": "Provisionally applied",
    "signed-force-unknown": "Signed, force unknown",
    "signed-not-in-force": "Signed, not in force",
    "suspended": "Suspended",
    "unidentified": "Unidentified",
    "not-yet-signed": N_("Not yet signed"),
    "party-ended": N_("A party had ceased to exist"),
    "party-not-begun": N_("A party did not exist yet"),
}
#: The status that rests on the day of its last attestation.
ATTESTED = "last-attested-in-force"
#: How Babel writes a year, a month and a day.
PATTERNS = {4: "y", 7: "MMM y"}
FIRST, LAST = "0001-01-01", "9999-12-31"


@dataclass(frozen=True)
class When:
    """A date as precise as its source gives it."""

    text: str
    machine: str
    #: What is not known of it: the "day", or "month" and day; empty for a day.
    lacks: str = ""

    def __bool__(self) -> bool:
        """Say whether there is one."""
        return bool(self.machine)

    @property
    def decade(self) -> str:
        """Return the decade: 1950 for 1954-04-02; empty when undated."""
        return f"{self.machine[:3]}0" if self.machine else ""


@dataclass(frozen=True)
class Mark:
    """A status: its answer to "in force?" decides the sign, the words say which status."""

    answer: str
    text: str
    rule: str = ""
    #: The year in which it was last attested, where the status rests on that.
    attested: str = ""


@dataclass(frozen=True)
class Bar:
    """A bar of a chart."""

    label: str
    count: int
    href: str | None = None


@dataclass(frozen=True)
class Line:
    """An agreement in one line of a page."""

    iri: str
    title: Ref
    signed: When
    status: Mark
    #: attested, reported or alleged
    evidence: str = "attested"
    binding: str = "unknown"
    chips: tuple[Source, ...] = ()
    parties: tuple[str, ...] = ()
    plurilateral: bool = False

    @property
    def press(self) -> bool:
        """Say whether nothing but news tells of it."""
        return bool(self.chips) and all(chip.tier == "news" for chip in self.chips)

    @property
    def order(self) -> tuple[str, str]:
        """Return what puts lines in the order of their dates, the undated last."""
        return (self.signed.machine or LAST, self.iri)


def tally(lines: Iterable[Line]) -> dict[str, int]:
    """Return how many agreements give each answer to "in force on that day?"."""
    found = dict.fromkeys((*OPEN, "no", "not-yet", "gone"), 0)
    for line in lines:
        found[line.status.answer] += 1
    return found


def when(value: str) -> When:
    """Return a date of the graph for a reader; "" is no date."""
    return _when(value, interface())


@functools.lru_cache(1 << 15)
def _when(value: str, language: str) -> When:
    if not value or value[:10] in (FIRST, LAST):
        return When("", "")
    try:
        year, month, on = (int(part) for part in (*value.split("-"), "1", "1")[:3])
        datetime.date(year, month, on)
    except ValueError:
        return When(clean(value), value)
    pattern = PATTERNS.get(len(value), "d MMM y")
    lacks = {4: "month", 7: "day"}.get(len(value), "")
    text = _shape(pattern, month, language).format(day=on, year=year)
    return When(text, value, lacks)


@functools.lru_cache(1 << 10)
def _shape(pattern: str, month: int, language: str) -> str:
    """Return how a date of a month is written; dates differ in numbers alone, which is quick."""
    sample = format_date(datetime.date(2222, month, 11), pattern, locale=language)
    return sample.replace("2222", "{year}").replace("11", "{day}")


def mark(status: str, rule: str = "", attested: str = "") -> Mark:
    """Return the mark of a status of the scheme, by its key; "" is a status not known.

    The day of the last attestation is told where the status rests on it.
    """
    return _mark(status, rule, attested, interface())


@functools.lru_cache(1 << 13)
def _mark(status: str, rule: str, attested: str, language: str) -> Mark:
    """Return the mark; it is the same as long as the language is."""
    if not status:
        return Mark("unknown", told("Status not known"))
    words = STATUSES.get(status, status)
    year = attested[:4] if status == ATTESTED else ""
    return Mark(ANSWERS.get(status, "unknown"), told(words), rules.rule(rule), year)


def chips(iris: Iterable[str]) -> tuple[Source, ...]:
    """Return sources, the official first and news last."""
    known = sources()
    order = {"official": 0, "scholarly": 1, "news": 2}
    found = (known.get(iri) or Source(iri, local(iri), "") for iri in dict.fromkeys(iris))
    return tuple(sorted(found, key=lambda chip: (order.get(chip.tier, 3), chip.title)))


def title(cell: Cell | None, iri: str) -> Ref:
    """Return the title of an agreement with a link to its page."""
    if cell is None:
        return Ref(local(iri), _page(iri))
    return titled(cell["value"], cell.get("xml:lang", ""), iri)


def titled(text: str, language: str, iri: str) -> Ref:
    """Return a title in its language with a link to the page of its agreement."""
    return Ref(clean(text), _page(iri), "" if language == interface() else language)


def _page(iri: str) -> str | None:
    if "/id/agreement/" in iri:
        return f"/page/agreement/{iri.rpartition('/')[2]}"
    return page_of(iri)


def text(row: Row, key: str) -> str:
    """Return the value of a cell; "" when it is empty."""
    return row[key]["value"] if key in row else ""


def uri(row: Row, key: str) -> str:
    """Return the last part of the IRI in a cell; "" when it is empty."""
    return local(row[key]["value"]) if key in row else ""

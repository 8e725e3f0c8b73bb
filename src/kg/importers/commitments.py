"""Import promises coded article by article: 388 of 84 agreements (rules in CODING.md).

Each cited page is a source; most were read in part, and a promise that is missing is not denied.
Where both parties promise, each promises the other: one commitment a direction. Dates that the
coder took from another dataset are that dataset's to say: `commitments_terms` leaves them out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode, Triple

from kg.importers.actors import Actor, find
from kg.importers.base import Imported, Minter, Report, concept, facts, text
from kg.importers.codes import meaning
from kg.importers.commitments_known import Known
from kg.importers.commitments_pages import BOOK, Page, page_of
from kg.importers.commitments_terms import Terms, kind_of, terms_of
from kg.importers.entry import DCTERMS, Entry, pair
from kg.importers.rows import Row, iso_date, read_rows
from kg.vocab import BASE, MQ

__all__ = ["read"]

FILE = "commitments.csv"
COLUMNS = (
    *("agreement_title", "party_a_iso3", "party_b_iso3", "signed", "article", "commitment_kind"),
    *("obligor_iso3", "obligee_iso3", "condition", "domain", "bindingness", "paraphrase"),
    *("duration_and_termination", "in_force", "ended", "source_url", "source_title", "confidence"),
)
SIDES = ("party_a_iso3", "party_b_iso3")
#: No two rows code one promise twice.
KEY = (
    "agreement_title",
    *SIDES,
    "signed",
    "article",
    "commitment_kind",
    "paraphrase",
    "source_url",
)
#: Best last.
CONFIDENCE = dict.fromkeys(("low", "medium", "high"), "")
BINDINGNESS = dict.fromkeys(("binding", "political", "unknown"), "")
#: Words for an article whose number is not known, and for a term that was not seen.
UNNUMBERED = re.compile(r"(number |paragraph )?not |unnumbered|letter \(")
UNSEEN = ("Not seen.", "Term not seen.", "Text unpublished; term unknown.")
IN_PART = "Read in part: a promise that is missing here was not seen, and is not denied."
IN_TEXT = (
    "Coded from the text: a promise that is missing here may not be coded, and is not denied."
)


@dataclass(frozen=True)
class _Text:
    """The rows of one agreement as one page tells it, each with its kind of promise."""

    terms: Terms
    page: Page
    rows: list[tuple[Row, str]] = field(default_factory=list)

    @property
    def first(self) -> Row:
        return self.rows[0][0]

    @property
    def signed(self) -> str:
        return iso_date(self.first, "signed")

    @property
    def parties(self) -> list[Actor]:
        return [find("iso3", self.first, side, self.signed) for side in SIDES]

    @property
    def record(self) -> str:
        return f"{BASE}id/record/{self.page.key}/{self.terms.key}"


def read(
    path: Path,
    minter: Minter,
    known: Known = MappingProxyType({}),
    described: Collection[str] = (),
) -> Imported:
    """Return a record for each agreement and page, with its promises, and the pages as sources.

    `known` names the agreement of a pair and day, `described` the records and sources that stand
    in the project already, and neither is made again: `standing` reads both from its files.
    """
    report, triples, agreements = Report(), list[Triple](), dict[str, str]()
    pages: dict[str, Page] = {}
    for one in _texts(read_rows(path, FILE, COLUMNS, KEY), report):
        standing = "stands in data/agreements" if one.record in described else ""
        reason = standing or pair(one.parties)
        if reason:
            report.leave(f"{one.page.key}/{one.terms.key}", reason)
            continue
        if one.terms.key not in agreements:
            agreements[one.terms.key] = _agreement(one, minter, known)
        report.kept += 1
        pages.setdefault(one.page.key, one.page)
        triples += _record(one, Minter({one.record: agreements[one.terms.key]}, ()), report)
    for page in pages.values():
        triples += page.triples() if page.iri not in described and page != BOOK else ()
    return Imported(tuple(triples), report)


def _texts(rows: Iterable[Row], report: Report) -> list[_Text]:
    texts: dict[tuple[str, str], _Text] = {}
    numbers: dict[str, int] = {}
    for row in rows:
        terms, page = terms_of(row), page_of(row)
        numbers[terms.key] = numbers.get(terms.key, 0) + 1
        kind = kind_of(row, terms, numbers[terms.key])
        report.count("promises")
        report.count("… of them recoded", when=kind != row["commitment_kind"])
        one = texts.setdefault((terms.key, page.key), _Text(terms, page))
        one.rows.append((row, kind))
    report.counts |= {"agreements": len(numbers), "agreements by page": len(texts)}
    return [texts[key] for key in sorted(texts)]


def _agreement(one: _Text, minter: Minter, known: Known) -> str:
    """Return the agreement: the curated one, else the one that the minter gives."""
    parties = [party.key for party in one.parties]
    if one.terms.curated:
        return f"{BASE}id/agreement/{one.terms.key}"
    found = known.get((frozenset(parties), one.signed))
    return found or minter.agreement(one.record, parties, one.signed)


def _record(one: _Text, minter: Minter, report: Report) -> Iterator[Triple]:
    promises = [promise for row, kind in one.rows for promise in _promises(row, kind, report)]
    iris = [f"{one.record}/commitment/{number}" for number in range(1, len(promises) + 1)]
    yield from _entry(one, report).triples(one.page.key, minter)
    for iri, promise in zip(iris, promises, strict=True):
        yield Triple(NamedNode(one.record), NamedNode(MQ + "commitment"), NamedNode(iri))
        yield from facts(iri, "Commitment", promise)


def _entry(one: _Text, report: Report) -> Entry:
    rows, terms, title = [row for row, _ in one.rows], one.terms, one.first["agreement_title"]
    fields = {domain for row in rows for domain in _domains(row, report)}
    sure = [list(CONFIDENCE).index(row["confidence"]) for row in rows if _graded(row)]
    binding = {row["bindingness"] for row in rows}
    return Entry(
        key=terms.key,
        locator=_locator(rows),
        parties=one.parties,
        words="Treaty",
        domains=sorted(fields),
        confidence=_confidence(list(CONFIDENCE)[min(sure)], one.page.tier),
        title="" if "(title not shown" in title else title,
        signed=one.signed,
        force="" if "in_force" in terms.not_read else iso_date(one.first, "in_force"),
        until="" if "ended" in terms.not_read else iso_date(one.first, "ended"),
        instrument=terms.instrument,
        bindingness=binding.pop() if len(binding) == 1 else "unknown",
        evidence=one.page.evidence,
        renewal=terms.renewal,
        years=terms.years,
        description=_description(one),
    )


def _confidence(coded: str, tier: str) -> str:
    """A page that names no author is never a source of high confidence."""
    return "medium" if (coded, tier) == ("high", "unattributed") else coded


def _graded(row: Row) -> bool:
    row.code("confidence", CONFIDENCE)
    row.code("bindingness", BINDINGNESS)
    return True


def _promises(
    row: Row, kind: str, report: Report
) -> Iterator[dict[str, NamedNode | Literal | list[NamedNode] | None]]:
    """Yield a promise for each direction; where both promise, each promises the other."""
    day = iso_date(row, "signed")
    for obligor in row["obligor_iso3"].split(";"):
        obligees = [code for code in row["obligee_iso3"].split(";") if code != obligor]
        for obligee in obligees:
            yield {
                "kind": concept("commitment-kind", kind),
                "obligor": find("iso3", row, "obligor_iso3", day, obligor).iri,
                "obligee": find("iso3", row, "obligee_iso3", day, obligee).iri,
                "domain": [concept("domain", domain) for domain in _domains(row, report)],
                "condition": text(row["condition"]),
                "article": Literal(row["article"]) if _numbered(row) else None,
                "bindingness": concept("bindingness", row["bindingness"]),
                DCTERMS + "description": text(row["paraphrase"]),
            }


def _domains(row: Row, report: Report) -> tuple[str, ...]:
    return meaning("commitments-domain", row["domain"], report).domains


def _numbered(row: Row) -> bool:
    return bool(row["article"]) and not UNNUMBERED.match(row["article"])


def _locator(rows: list[Row]) -> str:
    """Return the pages of the book, and the articles."""
    views = re.findall(r"page view ([\d-]+)", " ".join(row["source_title"] for row in rows))
    articles = dict.fromkeys(row["article"] for row in rows if _numbered(row))
    said = [f"page view {', '.join(dict.fromkeys(views))}"] if views else []
    said += [f"article {', '.join(articles)}"] if articles else []
    return "; ".join(said) or "page, read in excerpt"


def _description(one: _Text) -> str:
    term, dated = one.first["duration_and_termination"], one.terms.dated_by
    said = [IN_TEXT if one.page.text else IN_PART]
    said += [f"On its term: {term}"] if term and term not in UNSEEN else []
    said += [f"The day of signature is from {dated}."] if dated else []
    return " ".join(said)

"""Describe a cited page as a source of its own, with a key that its address gives.

`tables/commitments-pages.csv` has the tier of each host, and whether the text itself was read
there rather than an excerpt. A page of issuhub copies a handbook:
it cites the book, which the project describes already.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode, Triple

from kg.importers.base import concept, facts, text
from kg.importers.entry import DCTERMS
from kg.importers.rows import Row
from kg.vocab import BASE

__all__ = ["BOOK", "Page", "key_of", "page_of"]

DCAT = "http://www.w3.org/ns/dcat#"
READ = "22 November 2026"
RIGHTS = "Facts only; no text was copied."
#: Words about a date taken from elsewhere, which are no part of the title.
ASIDE = re.compile(r" \((date|signature date)[^)]*\)")
COPIES = "issuhub.com"


@dataclass(frozen=True)
class Page:
    """A cited page; the book has no address."""

    key: str
    title: str
    url: str
    tier: str
    text: bool = False

    @property
    def iri(self) -> str:
        """The node of the source."""
        return f"{BASE}id/source/{self.key}"

    @property
    def evidence(self) -> str:
        """Official and scholarly pages attest, others report."""
        return "attested" if self.tier in ("official", "scholarly") else "reported"

    def triples(self) -> Iterator[Triple]:
        """Yield the description of the source."""
        yield from facts(
            self.iri,
            "Source",
            {
                DCAT + "landingPage": NamedNode(self.url),
                DCTERMS + "bibliographicCitation": Literal(
                    f"{self.title}. {self.url} (read on {READ})."
                ),
                DCTERMS + "rights": text(RIGHTS),
                DCTERMS + "title": text(self.title),
                "namedGraph": NamedNode(f"{BASE}graph/{self.key}"),
                "tier": concept("source-tier", self.tier),
            },
        )


#: Gibler, International Military Alliances 1648-2008, described under data/sources.
BOOK = Page("gibler-2009", "International Military Alliances, 1648-2008", "", "scholarly")


def page_of(row: Row) -> Page:
    """Return the page that a row cites; raise BadData for a host without a tier."""
    url, host = row["source_url"], _host(row["source_url"])
    if host == COPIES:
        return BOOK
    if host not in _tiers():
        what = f"no tier for the host {host!r}; add it to tables/commitments-pages.csv"
        raise row.bad("source_url", what)
    tier, text_read = _tiers()[host]
    return Page(key_of(url), ASIDE.sub("", row["source_title"]), url, tier, text_read)


def key_of(url: str) -> str:
    """Return the key of a page: its host, and six digits of the SHA-1 of its address."""
    digits = hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()[:6]
    return f"{re.sub('[^a-z0-9]+', '-', _host(url))}-{digits}"


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")


@cache
def _tiers() -> dict[str, tuple[str, bool]]:
    table = files("kg.importers").joinpath("tables", "commitments-pages.csv").read_text("utf-8")
    return {
        cells["host"]: (cells["tier"], cells["read"] == "text")
        for cells in csv.DictReader(table.splitlines())
    }

"""Name actors, concepts and sources in the reader's language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from flask import g

from kg.vocab import local
from kg.web.language import interface, told, wanted
from kg.web.site import Row, site
from kg.web.terms import page_of

__all__ = [
    "Ref",
    "Source",
    "clean",
    "english",
    "name",
    "names",
    "of_kind",
    "ref",
    "sources",
    "translated",
]

LABELS = """SELECT ?iri ?kind ?text WHERE {
  VALUES ?kind { mq:State mq:Organisation mq:OtherParty skos:Concept }
  ?iri a ?kind OPTIONAL { ?iri skos:prefLabel ?text } }"""
SOURCES = """SELECT ?iri ?title ?tier WHERE {
  ?iri a mq:Source OPTIONAL { ?iri dcterms:title ?title } OPTIONAL { ?iri mq:tier ?tier } }"""
#: Characters of a label that a page shows; the data has them all.
LONGEST = 400
#: Characters that turn the text after them round, or do not show at all.
UNSEEN = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\u202a-\\u202e\\u2066-\\u2069]")


@dataclass(frozen=True)
class Ref:
    """A thing by its name, with the language of the name where it is not the page's own."""

    text: str
    href: str | None = None
    lang: str = ""

    def __str__(self) -> str:
        """Return the name."""
        return self.text


@dataclass(frozen=True)
class Source:
    """A source by its title and tier: official, scholarly, news or unattributed."""

    iri: str
    title: str
    tier: str

    @property
    def href(self) -> str | None:
        """Return the address of its page."""
        return page_of(self.iri)


def clean(text: str) -> str:
    """Return a text of the graph as a page shows it: of bearable length, turning nothing round."""
    text = UNSEEN.sub("", text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def names() -> Mapping[str, Mapping[str, str]]:
    """Return the labels of each actor and concept by language."""
    return site().graph.once("names", _names)


def english() -> Mapping[str, str]:
    """Return the English name of each actor and concept that has one."""
    return site().graph.once("english", _english)


def of_kind(kind: str) -> tuple[str, ...]:
    """Return the things of a class that have a name on pages: State, Organisation, Concept …"""
    return site().graph.once("kinds", _kinds).get(kind, ())


def sources() -> Mapping[str, Source]:
    """Return the sources by IRI."""
    return site().graph.once("sources", _sources)


def name(iri: str) -> Ref:
    """Return the name of a thing in the reader's language, else in English, else its key."""
    seen: dict[str, Ref] = g.setdefault("named", {})
    if (found := seen.get(iri)) is None:
        found = seen[iri] = _name(iri)
    return found


def ref(iri: str) -> Ref:
    """Return the name of a thing with a link to its page."""
    seen: dict[str, Ref] = g.setdefault("linked", {})
    if (found := seen.get(iri)) is None:
        known = name(iri)
        found = seen[iri] = Ref(known.text, page_of(iri), known.lang)
    return found


def _name(iri: str) -> Ref:
    known = names().get(iri, {})
    language = wanted()
    if text := known.get(language):
        return Ref(text, None, _mark(language))
    if text := known.get("en") or known.get(""):
        return translated(text)
    if known:
        other = min(known)
        return Ref(known[other], None, _mark(other))
    return Ref(sources()[iri].title if iri in sources() else local(iri))


def translated(text: str) -> Ref:
    """Return an English label of a concept in the page's language, where the catalogue has it."""
    found = told(text)
    return Ref(found, None, _mark("en") if found == text else "")


def _mark(language: str) -> str:
    """Return the language that a name must be marked with; none when it is the page's own."""
    return "" if language == interface() else language


def _names() -> Mapping[str, Mapping[str, str]]:
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in _labels():
        if (cell := row.get("text")) is None:
            continue
        found[row["iri"]["value"]][cell.get("xml:lang", "")] = clean(cell["value"])
    return dict(found)


def _english() -> Mapping[str, str]:
    return {iri: known["en"] for iri, known in names().items() if "en" in known}


def _kinds() -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for row in _labels():
        found[local(row["kind"]["value"])][row["iri"]["value"]] = None
    return {kind: tuple(sorted(iris)) for kind, iris in found.items()}


def _labels() -> list[Row]:
    return site().graph.select(LABELS)


def _sources() -> Mapping[str, Source]:
    found = {}
    for row in site().graph.select(SOURCES):
        iri = row["iri"]["value"]
        title = clean(row["title"]["value"]) if "title" in row else local(iri)
        found[iri] = Source(iri, title, local(row["tier"]["value"]) if "tier" in row else "")
    return found

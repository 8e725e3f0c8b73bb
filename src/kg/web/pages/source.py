"""A source: what it covers, on what terms, how near it stands, and what it says."""

from __future__ import annotations

from dataclasses import dataclass

from kg.vocab import local
from kg.web.names import Ref, Source, clean, ref, sources
from kg.web.pages.coverage import coverages
from kg.web.pages.facts import nodes
from kg.web.pages.tables import bars, decade
from kg.web.pages.values import Bar, When, text, when
from kg.web.register import register
from kg.web.site import site
from kg.web.terms import page_of, path_of

__all__ = ["Covered", "Index", "Page", "index", "view"]

ABOUT = "SELECT ?p ?o WHERE { <%s> ?p ?o } ORDER BY ?p ?o"
EXAMPLES = "SELECT ?r WHERE { GRAPH <%s> { ?r mq:source <%s> } } LIMIT 20"
RECORDS = """SELECT ?r ?a ?title ?locator WHERE { VALUES ?r { %s }
  GRAPH <%s> { ?r mq:title ?title OPTIONAL { ?r mq:locator ?locator } } ?a mq:record ?r }
  ORDER BY ?r ?a"""
COUNTS = """SELECT ?g ?s (COUNT(?r) AS ?n) WHERE { GRAPH ?g { ?r mq:source ?s } }
  GROUP BY ?g ?s ORDER BY ?g ?s"""


@dataclass(frozen=True)
class Covered:
    """One stretch of what the source covers."""

    words: str
    since: When
    until: When
    all_states: bool
    actors: tuple[Ref, ...]
    fields: tuple[Ref, ...]
    kinds: tuple[Ref, ...]


@dataclass(frozen=True)
class Page:
    """What the page of a source shows."""

    iri: str
    source: Source
    citation: str
    rights: str
    licence: str
    landing: str
    covers: tuple[Covered, ...]
    records: int
    agreements: int
    bars: tuple[Bar, ...]
    examples: tuple[tuple[Ref, str | None, str], ...]
    #: The path of its records' graph below /data/.
    graph: str


@dataclass(frozen=True)
class Index:
    """The sources: those that state what they cover, and the cited pages by tier."""

    datasets: tuple[tuple[Source, int, str, When, When], ...]
    pages: tuple[tuple[str, tuple[tuple[Source, int], ...]], ...]


def view(iri: str) -> Page | None:
    """Return the page of a source; None when there is none."""
    if iri not in sources():
        return None
    told = {
        local(row["p"]["value"]): row["o"]["value"] for row in site().graph.select(ABOUT % iri)
    }
    graph = told.get("namedGraph", "")
    book = register()
    said = [book.agreements[one].earliest for one in book.of_source.get(iri, ())]
    return Page(
        iri=iri,
        source=sources()[iri],
        citation=clean(told.get("bibliographicCitation", "")),
        rights=clean(told.get("rights", "")),
        licence=_web(told.get("license", "")),
        landing=_web(told.get("landingPage", "")),
        covers=_covers(iri),
        records=_records(graph, iri),
        agreements=len(said),
        bars=bars(decade(day) for day in said),
        examples=_examples(graph, iri) if graph else (),
        graph=path_of(graph) if graph else "",
    )


def index() -> Index:
    """Return the sources, those with the most agreements first."""
    counts = {iri: len(told) for iri, told in register().of_source.items()}
    covers = {one.source: one for one in coverages()}
    datasets = [
        (
            source,
            counts.get(iri, 0),
            clean(covers[iri].words),
            when(covers[iri].since[:4]),
            when(covers[iri].until[:4]),
        )
        for iri, source in sources().items()
        if iri in covers
    ]
    tiers: dict[str, list[tuple[Source, int]]] = {}
    for iri, source in sources().items():
        if iri not in covers:
            tiers.setdefault(source.tier, []).append((source, counts.get(iri, 0)))
    order = ("official", "scholarly", "news", "unattributed", "")
    return Index(
        tuple(sorted(datasets, key=lambda entry: (-entry[1], entry[0].title))),
        tuple(
            (tier, tuple(sorted(tiers[tier], key=lambda entry: (-entry[1], entry[0].title))))
            for tier in order
            if tier in tiers
        ),
    )


def _web(address: str) -> str:
    """Return an address of the web; "" for any other scheme."""
    return address if address.startswith(("http://", "https://")) else ""


def _covers(iri: str) -> tuple[Covered, ...]:
    return tuple(
        Covered(
            clean(one.words),
            when(one.since),
            when(one.until),
            one.all_states,
            tuple(sorted((ref(actor) for actor in one.actors), key=str)),
            tuple(sorted((ref(field) for field in one.fields), key=str)),
            tuple(sorted((ref(kind) for kind in one.kinds), key=str)),
        )
        for one in coverages()
        if one.source == iri
    )


def _records(graph: str, iri: str) -> int:
    """Return how many records of a source are in its graph; all are counted at once."""
    rows = site().graph.keep(COUNTS)
    return sum(
        int(text(row, "n")) for row in rows if (text(row, "g"), text(row, "s")) == (graph, iri)
    )


def _examples(graph: str, iri: str) -> tuple[tuple[Ref, str | None, str], ...]:
    found = {}
    some = nodes(site().graph.column(EXAMPLES % (graph, iri)))
    for row in site().graph.select(RECORDS % (some, graph)):
        agreement = Ref(
            clean(row["title"]["value"]),
            page_of(row["a"]["value"]),
            row["title"].get("xml:lang", ""),
        )
        found[row["r"]["value"]] = (
            agreement,
            page_of(row["r"]["value"]),
            clean(text(row, "locator")),
        )
    return tuple(found.values())

"""Say what an unknown IRI may have meant."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from kg.errors import NotFound
from kg.vocab import BASE, local
from kg.web.names import names, of_kind
from kg.web.site import site
from kg.web.terms import iri_of, page_of

__all__ = ["known", "near", "unknown"]

AGREEMENTS = "SELECT ?iri WHERE { ?iri a mq:Agreement }"
SOURCES = "SELECT ?iri WHERE { ?iri a mq:Source }"
#: How many suggestions there are, and how like they must be: those of the kind that was asked for
#: come alone, and may be less like.
OFFERED = 5
LEAST, ALIKE = 60, 50
ACTORS = ("State", "Organisation", "OtherParty")


def known(path: str, kind: str) -> str:
    """Return the IRI of a path when it is of a kind; raise NotFound that suggests."""
    iri = iri_of(path)
    # The terms of the vocabulary keep its base where the data has another.
    for one in (iri, BASE + path):
        if one in of_kind(kind):
            return one
    raise unknown(iri)


def unknown(iri: str) -> NotFound:
    """Return the error for an IRI that the graph does not know, with what is like it."""
    likely = near(iri)
    found = [{"href": page_of(one) or one, "text": label} for one, label in likely]
    hint = f"Did you mean {', '.join(one['text'] for one in found)}?" if found else None
    hint = hint or "Look it up by words at /find, or list the saved queries at /queries/"
    details = {"nearest": [one for one, _ in likely], "suggestions": found}
    return NotFound(f"Nothing is known of {iri[:300]}", hint=hint, details=details)


def near(iri: str) -> list[tuple[str, str]]:
    """Return things of the graph whose key or name is like the key of an IRI."""
    key = local(iri)[:100]
    keys = site().graph.once("keys", _keys)
    home = iri.rsplit("/", 1)[0] + "/"
    same = {one: text for one, text in keys.items() if one.startswith(home)}
    order = _like(key, same, ALIKE) or _like(key, keys, LEAST)
    found = {one.split(" ")[0]: None for one in order}
    return [(one, _label(one)) for one in list(found)[:OFFERED]]


def _like(key: str, keys: dict[str, str], least: int) -> list[str]:
    best = process.extract(key.casefold(), keys, scorer=fuzz.ratio, limit=3 * OFFERED)
    return [hit[2] for hit in sorted(best, key=lambda hit: (-hit[1], hit[2])) if hit[1] >= least]


def _label(iri: str) -> str:
    known = names().get(iri, {})
    return known.get("en") or local(iri)


def _keys() -> dict[str, str]:
    """Return what a reader may have typed for each thing: its key, or its English name."""
    found: dict[str, str] = {}
    for kind in (*ACTORS, "Concept"):
        for iri in of_kind(kind):
            found[iri] = local(iri).casefold()
            if text := names().get(iri, {}).get("en"):
                found[f"{iri} name"] = text.casefold()
    for query in (AGREEMENTS, SOURCES):
        for iri in site().graph.column(query):
            found[iri] = local(iri).casefold()
    return found

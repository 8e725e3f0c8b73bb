"""Find the thing an address means, as it is written or nearly, or what took its place."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, unquote

from pyoxigraph import NamedNode

from kg.errors import Gone
from kg.vocab import BASE, local
from kg.web.nearest import unknown
from kg.web.site import site
from kg.web.terms import iri_of, is_iri, labels, page_of, path_of

__all__ = ["Found", "find"]

KINDS = (
    "mq:Agreement mq:State mq:Organisation mq:OtherParty mq:Source skos:Concept skos:ConceptScheme"
)
THERE = (
    "{{ {0} ?p ?o }} UNION {{ GRAPH ?g {{ {0} ?p ?o }} }} UNION {{ ?x ?y {0} }}"
    " UNION {{ GRAPH {0} {{ ?x ?y ?z }} }} UNION {{ GRAPH ?h {{ ?x ?y {0} }} }}"
)
RETIRED = """SELECT ?into ?withdrawn ?why WHERE {{
  {{ {0} dcterms:isReplacedBy ?into }} UNION {{ {0} owl:deprecated ?withdrawn }}
  UNION {{ {0} owl:deprecated true ; skos:note|skos:historyNote|rdfs:comment ?why }} }}"""
MATCH = """SELECT ?reason WHERE {{ ?match mq:claim {0} ; mq:candidate {1} ; mq:reason ?reason }}"""


@dataclass(frozen=True)
class Found:
    """A thing of the graph: its IRI, and the path by which it goes below /page/ and /data/."""

    iri: str
    path: str
    #: Whether the address was written otherwise; the client is told the right one.
    moved: bool = False


def find(path: str) -> Found:
    """Return the thing of a path below /id/, /page/ or /data/.

    A slash at the end, escapes, a fragment and another case are forgiven. Raises Gone for what
    was withdrawn, and NotFound, with the nearest things there are, for what never was.
    """
    for iri in _spellings(path):
        if _there(iri):
            right = path_of(iri)
            return _retired(Found(iri, right, moved=path not in (right, unquote(right))))
    wanted = iri_of(path.rstrip("/"))
    same = [iri for iri in _keys() if iri.casefold() == wanted.casefold()]
    if same:
        return _retired(Found(same[0], path_of(same[0]), moved=True))
    raise unknown(wanted)


def _spellings(path: str) -> list[str]:
    """Return the IRIs that a path may mean, the likeliest first."""
    plain = unicodedata.normalize("NFC", path.rstrip("/"))
    ways = [path, plain, quote(plain, safe="/:@!$&'()*+,;=~-._#"), plain.partition("#")[0]]
    found = dict.fromkeys(iri for way in ways if way for iri in _places(way))
    return [iri for iri in found if is_iri(iri)]


def _places(path: str) -> list[str]:
    """Return the IRIs of a path: ours below the base, and those of the vocabulary."""
    iri = iri_of(path)
    base = site().settings.base_iri
    return [iri, base + path, BASE + iri.removeprefix(base), BASE + path]


def _there(iri: str) -> bool:
    return bool(
        site().graph.select(f"SELECT * WHERE {{ {THERE.format(NamedNode(iri))} }} LIMIT 1")
    )


def _keys() -> list[str]:
    """Return the IRIs of what has a page of its own."""
    query = f"SELECT DISTINCT ?iri WHERE {{ VALUES ?kind {{ {KINDS} }} ?iri a ?kind }}"
    base = (site().settings.base_iri, BASE)
    rows = site().graph.keep(query)
    return [row["iri"]["value"] for row in rows if row["iri"]["value"].startswith(base)]


def _retired(found: Found) -> Found:
    """Return what took the place of a thing, or the thing itself when it stands."""
    node = NamedNode(found.iri)
    rows = site().graph.select(RETIRED.format(node))
    into = sorted({row["into"]["value"] for row in rows if "into" in row})
    withdrawn = any(row["withdrawn"]["value"] == "true" for row in rows if "withdrawn" in row)
    if len(into) == 1 and _there(into[0]):
        return Found(into[0], path_of(into[0]), moved=True)
    if not into and not withdrawn:
        return found
    why = [row["why"]["value"] for row in rows if "why" in row]
    reasons = [
        row["reason"]["value"]
        for one in into
        for row in site().graph.select(MATCH.format(node, NamedNode(one)))
    ]
    raise _gone(found.iri, into, [*why, *reasons])


def _gone(iri: str, into: list[str], why: list[str]) -> Gone:
    live = [one for one in into if _there(one)]
    text = f"{iri} is withdrawn" + (f": {'; '.join(dict.fromkeys(why))}" if why else "")
    after = f"What took its place: {', '.join(live)}" if live else "Nothing took its place"
    return Gone(text, hint=after, details={"successors": into, "suggestions": _links(live)})


def _links(iris: list[str]) -> list[dict[str, str]]:
    named = labels(iris)
    return [
        {"iri": iri, "href": page_of(iri) or iri, "text": named.get(iri, local(iri))}
        for iri in iris
    ]

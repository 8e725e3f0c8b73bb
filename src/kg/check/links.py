"""Keep IRIs that people have cited: none dangles, none gets lost between releases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pyoxigraph import NamedNode, QuerySolutions
from rdflib import OWL

from kg.check.covered import covered, kept
from kg.check.facts import ontology_of
from kg.check.known import defined, own_namespaces
from kg.check.releases import label, last, names
from kg.check.sites import origins
from kg.check.work import Work
from kg.errors import BadData
from kg.findings import Finding, Place

__all__ = ["RULES", "findings"]

#: The rules of this stage: severity and what is wrong.
RULES = {
    "links/dangling": ("violation", "An IRI of the own base that nothing describes"),
    "links/no-successor": ("violation", "A withdrawn node without one to use instead"),
    "links/lost": ("violation", "An IRI of the last release that is gone"),
    "links/release-list": ("violation", "A list of released IRIs that cannot be read"),
    "links/variant": ("warning", "Two IRIs that look like one"),
}

#: Scheme of an IRI to the one that it is mistaken for.
OTHER = {"http": "https", "https": "http"}
#: What names a version of the ontology, which nobody describes.
VERSIONS = (NamedNode(str(OWL.versionIRI)), NamedNode(str(OWL.priorVersion)))
DEPRECATED = str(OWL.deprecated)
REPLACED = "http://purl.org/dc/terms/isReplacedBy"
#: Each place in a triple to the query for the IRIs there; one store-wide pass a place.
PLACES = {
    "subject": "SELECT DISTINCT ?n { ?n ?p ?o }",
    "predicate": "SELECT DISTINCT ?n { ?s ?n ?o }",
    "object": "SELECT DISTINCT ?n { ?s ?p ?n FILTER(ISIRI(?n)) }",
}


def findings(work: Work) -> Iterator[Finding]:
    """Yield IRIs that lead nowhere, that got lost, or that are spelt in two ways."""
    base = work.settings.base_iri
    iris = {place: _iris(work, place) for place in PLACES}
    described = {iri for iri in iris["subject"] if iri.startswith(base)}
    used = {iri for iri in iris["object"] if iri.startswith(base)}
    yield from _dangling(work, used - described)
    yield from kept(work, _retired(work, described))
    yield from kept(work, _lost(work, described))
    yield from kept(work, _variants(work, described | used, set().union(*iris.values())))


def _iris(work: Work, place: str) -> set[str]:
    """Return the IRIs that stand in a place of some triple, in any graph."""
    rows = work.store.query(PLACES[place], use_default_graph_as_union=True)
    assert isinstance(rows, QuerySolutions)
    return {node.value for row in rows if isinstance(node := row["n"], NamedNode)}


def _dangling(work: Work, iris: set[str]) -> Iterator[Finding]:
    graphs = {graph.value for graph in work.store.named_graphs() if isinstance(graph, NamedNode)}
    own = tuple(own_namespaces(ontology_of(work)))
    # A term of the ontology that it does not define is told by ontology and queries.
    if "links/dangling" in covered(work):
        return
    iris -= {
        _value(q.object) for v in VERSIONS for q in work.store.quads_for_pattern(None, v, None)
    }
    lost = {iri for iri in iris - graphs if not iri.startswith(own) and iri + "#" not in own}
    for iri, origin in sorted(origins(work, lost).items()):
        message = f"{iri} is described nowhere; correct the spelling, or describe it"
        yield _at("links/dangling", "violation", message, iri, origin)


def _retired(work: Work, described: set[str]) -> Iterator[Finding]:
    """Yield nodes withdrawn without a successor, or with one that is not there."""
    store, base = work.store, work.settings.base_iri
    replaced: dict[str, set[str]] = defaultdict(set)
    for quad in store.quads_for_pattern(None, NamedNode(REPLACED), None, None):
        replaced[_value(quad.subject)].add(_value(quad.object))
    terms = {str(term) for term in ontology_of(work).graph.subjects()}
    bad: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, NamedNode(DEPRECATED), None, None):
        iri = _value(quad.subject)
        withdrawn = _value(quad.object) in ("true", "1") and not replaced[iri]
        if withdrawn and iri.startswith(base) and iri not in terms:
            bad[iri] = f"{iri} is withdrawn; say by dcterms:isReplacedBy what to use instead"
    for iri, ends in replaced.items():
        for end in sorted(ends):
            if end.startswith(base) and end not in described:
                bad[iri] = f"{iri} is replaced by {end}, which is described nowhere; correct it"
            elif iri in _after(replaced, end):
                bad[iri] = f"{iri} is replaced, by some steps, by itself; take one step out"
    for iri, origin in sorted(origins(work, set(bad)).items()):
        yield _at("links/no-successor", "violation", bad[iri], iri, origin)


def _after(replaced: dict[str, set[str]], start: str) -> set[str]:
    """Return what is reached from a node by replacements, itself included."""
    found: set[str] = set()
    open_ = [start]
    while open_:
        iri = open_.pop()
        if iri not in found:
            found.add(iri)
            open_ += sorted(replaced.get(iri, ()))
    return found


def _lost(work: Work, described: set[str]) -> Iterator[Finding]:
    """Yield IRIs of the last release that are neither described nor replaced now."""
    path = last(work.layout)
    if path is None:
        return
    name, base = work.layout.name(path), work.settings.base_iri
    try:
        kept_ = names(path)
    except BadData as error:
        message = f"{error}; restore it from the release"
        yield Finding("links/release-list", "violation", message, place=Place(name), key="list")
        return
    for iri in (base + one for one in kept_ if base + one not in described):
        message = (
            f"{iri} was released in {label(path)} and is gone; "
            "describe it again, or say by dcterms:isReplacedBy what replaces it"
        )
        yield Finding("links/lost", "violation", message, iri, place=Place(name))


def _variants(work: Work, iris: set[str], everywhere: set[str]) -> Iterator[Finding]:
    """Yield IRIs that differ by case, by a slash at the end, or by http and https alone."""
    base = work.settings.base_iri
    scheme, _, rest = base.partition(":")
    other = f"{OTHER.get(scheme, scheme)}:{rest}"
    strange = {iri for iri in everywhere if iri.startswith(other) and other != base}
    told = {iri: base + iri.removeprefix(other) for iri in strange}
    groups: dict[str, list[str]] = defaultdict(list)
    terms = {str(term) for term in defined(ontology_of(work))}  # mq:record, and mq:Record
    for iri in sorted(iris - terms):
        groups[iri.casefold().rstrip("/")].append(iri)
    for alike in groups.values():
        if len(alike) > 1:
            usual = max(alike, key=lambda iri: _uses(work, iri))
            told |= {iri: usual for iri in alike if iri != usual}
    found = origins(work, set(told))
    for iri, origin in sorted(found.items()):
        message = f"{iri} and {told[iri]} are two nodes that look like one; write the second"
        yield _at("links/variant", "warning", message, iri, origin)


def _uses(work: Work, iri: str) -> int:
    node = NamedNode(iri)
    found = (
        work.store.quads_for_pattern(node, None, None),
        work.store.quads_for_pattern(None, None, node),
    )
    return sum(1 for quads in found for _ in quads)


def _value(term: object) -> str:
    return str(getattr(term, "value", ""))


def _at(
    rule: str, severity: str, message: str, iri: str, origin: tuple[str, str, Place]
) -> Finding:
    subject, predicate, place = origin
    return Finding(rule, severity, message, subject, predicate, iri, place)

"""Judge the terms that a query names: those of ontology and schemes, and nodes of the data."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, QuerySolutions, Store
from rdflib import SKOS, URIRef

from kg.check.facts import Facts, ontology_of, short
from kg.check.known import defined, is_own, nearest, own_namespaces, scheme_of, vocabulary
from kg.check.queries.read import Text, texts
from kg.check.work import Work
from kg.findings import Finding

__all__ = ["findings"]


def findings(work: Work, text: Text, *, asked: bool) -> Iterator[Finding]:
    """Yield terms that ontology, schemes or data do not have, with those nearest in spelling."""
    ontology = ontology_of(work)
    known, own = defined(ontology), own_namespaces(ontology)
    schemes = [str(s) for s in ontology.typed(SKOS.ConceptScheme)]
    base = work.settings.base_iri
    scratch = _scratch(work)
    told: set[str] = set()
    for token, iri in text.iris():
        if iri in told or URIRef(iri) in known or iri in own or iri in scratch:
            continue
        rule, where = _rule(iri, own, schemes)
        if not rule and iri.startswith(base) and asked:
            rule = "" if _in_store(work.store, iri) else "queries/node-unknown"
            where = "the data"
        if rule:
            told.add(iri)
            near = _near(work, ontology, iri, rule)
            hint = f"did you mean {_name(text, ontology, near)}?" if near else "correct it"
            message = f"{token.text} is not in {where}, so nothing is found; {hint}"
            severity = "warning" if rule == "queries/node-unknown" else "violation"
            yield text.finding(rule, severity, message, token, value=iri)


def _rule(iri: str, own: frozenset[str], schemes: list[str]) -> tuple[str, str]:
    """Return the rule that a term breaks, and where it should have been."""
    if is_own(iri, own):
        return "queries/term-unknown", "the ontology"
    space = iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
    terms = vocabulary().get(space)
    if terms is not None and iri not in terms and iri != space:
        return "queries/term-unknown", f"the vocabulary {space}"
    scheme = scheme_of(iri, schemes)
    return ("queries/concept-unknown", f"the scheme {scheme}") if scheme else ("", "")


def _scratch(work: Work) -> set[str]:
    """Return the terms that rules write to a graph that is dropped at the end."""
    return {
        iri
        for text in texts(work)
        if text.header.get("graph") == "work" and (where := text.words("where"))
        for token, iri in text.iris()
        if token.start < where[0].start
    }


def _in_store(store: Store, iri: str) -> bool:
    """Say whether the graph has a node or a named graph of that name."""
    node = NamedNode(iri)
    patterns = ((node, None, None), (None, None, node))
    if any(next(iter(store.quads_for_pattern(*p)), None) for p in patterns):
        return True
    return store.contains_named_graph(node)


def _near(work: Work, ontology: Facts, iri: str, rule: str) -> str:
    if rule == "queries/node-unknown":
        space = iri[: iri.rfind("/") + 1]
        rows = work.store.query(
            "SELECT DISTINCT ?s WHERE { { ?s a ?c } UNION { GRAPH ?g { ?s a ?c } } "
            f'FILTER(STRSTARTS(STR(?s), "{space}")) }}'
        )
        assert isinstance(rows, QuerySolutions)
        return nearest(iri, [row["s"].value for row in rows])
    space = iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
    return nearest(iri, [*defined(ontology), *vocabulary().get(space, ())])


def _name(text: Text, ontology: Facts, iri: str) -> str:
    for prefix, space in text.prefixes.items():
        if space and iri.startswith(space):
            return f"{prefix}:{iri[len(space) :]}"
    return short(ontology, URIRef(iri))

"""Judge how terms are used: undefined ones, withdrawn ones, and those that nothing uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import NamedNode, QuerySolutions
from rdflib import OWL, RDFS, URIRef
from rdflib.term import Node

from kg.check.facts import Facts, shapes_of, short
from kg.check.known import defined, is_own, nearest, own_namespaces
from kg.check.ontology.terms import deprecated, own_classes, own_properties, successors
from kg.check.sites import prefixes_of, where
from kg.check.work import Work
from kg.findings import Finding

__all__ = ["findings"]

TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
COMMENT = re.compile(r"(?m)^\s*#.*$|(?<=\s)#\s.*$")


def findings(work: Work, ontology: Facts) -> Iterator[Finding]:
    """Yield terms that are used and not defined, used though withdrawn, or not used at all."""
    yield from _undefined(ontology)
    yield from _withdrawn(work, ontology)
    yield from _unused(work, ontology)


def _undefined(ontology: Facts) -> Iterator[Finding]:
    known, own = defined(ontology), own_namespaces(ontology)
    seen: set[Node] = set()
    for fact in sorted(ontology.homes, key=str):
        for number, term in enumerate(fact):
            if not isinstance(term, URIRef) or term in known or term in seen:
                continue
            if is_own(term, own):
                seen.add(term)
                near = nearest(term, known)
                hint = f"did you mean {short(ontology, URIRef(near))}?" if near else "define it"
                message = f"{short(ontology, term)} is not defined in the ontology; {hint}"
                last = fact[1 : number + 1]
                yield ontology.finding("ontology/undefined", "violation", message, fact[0], *last)


def _withdrawn(work: Work, ontology: Facts) -> Iterator[Finding]:
    for term in deprecated(ontology):
        after = [end for end in successors(ontology, term) if end != term]
        if not after:
            message = (
                f"{short(ontology, term)} is withdrawn; "
                "say by dcterms:isReplacedBy what to use instead"
            )
            yield ontology.finding("ontology/no-successor", "warning", message, term)
        hint = f"use {short(ontology, after[0])}" if after else "leave it out"
        message = f"{short(ontology, term)} is withdrawn; {hint}"
        for path in _users(work, ontology, term):
            place = where(work, path, *((str(w),) if (w := _written(work, path, term)) else ()))
            rule = "ontology/deprecated-used"
            yield Finding(rule, "warning", message, key=str(term), value=str(term), place=place)


def _users(work: Work, ontology: Facts, term: URIRef) -> Iterator[Path]:
    """Yield the files that use a term beyond saying what it is or was."""
    layout = work.layout
    for path in [*layout.data(), *layout.shapes()]:
        if _written(work, path, term):
            for triple in work.triples_of(path):
                subject = getattr(triple.subject, "value", "")
                ends = (triple.predicate.value, getattr(triple.object, "value", ""))
                link = triple.predicate.value
                told = (
                    link in (str(RDFS.seeAlso), str(OWL.equivalentClass))
                    or "replace" in link.lower()
                )
                if str(term) in ends and subject != str(term) and not told:
                    yield path
                    break
    for path in _texts(work):
        if _written(work, path, term):
            yield path


def _texts(work: Work) -> list[Path]:
    """Return the query files: saved queries, rules and checks."""
    saved = sorted((work.layout.root / "queries").glob("*.rq"))
    return [*saved, *work.layout.rules(), *work.layout.checks()]


def _written(work: Work, path: Path, term: URIRef) -> str:
    """Return a term as a file writes it, or "" when the file does not have it."""
    text = work.bytes_of(path).decode("utf-8")
    if path.suffix == ".rq":
        text = COMMENT.sub("", text)
    forms = [f"<{term}>"]
    forms += [f"{p}:{term[len(n) :]}" for p, n in prefixes_of(text) if n and term.startswith(n)]
    found = (form for form in forms if re.search(rf"(?<![\w:-]){re.escape(form)}(?![\w-])", text))
    return next(found, "")


def _unused(work: Work, ontology: Facts) -> Iterator[Finding]:
    graph = ontology.graph
    withdrawn = set(deprecated(ontology))
    classes = own_classes(ontology)
    used = _in_data(work) | {str(t) for fact in shapes_of(work).homes for t in fact}
    for term in sorted({*classes, *own_properties(ontology)} - withdrawn):
        link = RDFS.subClassOf if term in classes else RDFS.subPropertyOf
        below = {str(t) for t in graph.transitive_subjects(link, term)}
        ends = (RDFS.domain, RDFS.range, OWL.unionOf)
        needed = term in classes and any((None, end, term) in graph for end in ends)
        if below & used or needed or any(_written(work, path, term) for path in _texts(work)):
            continue
        message = f"No data, shape or query uses {short(ontology, term)}; use it, or withdraw it"
        yield ontology.finding("ontology/unused", "info", message, term)


def _in_data(work: Work) -> set[str]:
    """Return the predicates and classes that the data have."""
    queries = ("SELECT DISTINCT ?t { ?s ?t ?o }", "SELECT DISTINCT ?t { ?s a ?t }")
    found: set[str] = set()
    for query in queries:
        rows = work.store.query(query, use_default_graph_as_union=True)
        assert isinstance(rows, QuerySolutions)
        found |= {row["t"].value for row in rows}
    return found

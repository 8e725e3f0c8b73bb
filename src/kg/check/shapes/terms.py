"""Judge the terms that shapes use: those of SHACL, of the ontology, of other vocabularies."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from rdflib import RDF, RDFS, SH, SKOS, XSD, BNode, URIRef
from rdflib.term import Node

from kg.check.facts import Facts, rdf_list, short
from kg.check.known import defined, is_defined, is_own, nearest, own_namespaces, scheme_of
from kg.check.known import vocabulary as known_terms
from kg.check.shapes.vocabulary import SHACL, TERMS, is_unknown
from kg.findings import Finding

__all__ = ["findings"]

#: Parameters whose value is a property.
OF_PROPERTIES = (SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)
#: Well-known namespaces of which every datatype is known.
JUDGED = (str(XSD), str(RDF), str(RDFS), str(SKOS))
STEPS = (SH.inversePath, SH.alternativePath, SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath)


def findings(shapes: Facts, ontology: Facts) -> Iterator[Finding]:
    """Yield terms that nothing defines, with those nearest in spelling."""
    yield from _of_shacl(shapes)
    yield from _of_ontology(shapes, ontology)
    yield from _datatypes(shapes, ontology)
    yield from _concepts(shapes, ontology)


def _of_shacl(shapes: Facts) -> Iterator[Finding]:
    for fact in sorted(shapes.homes, key=str):
        for term in fact[1:]:
            if is_unknown(term):
                name = str(term).removeprefix(SHACL)
                near = difflib.get_close_matches(name, sorted(TERMS), n=1, cutoff=0.5)
                hint = f"did you mean sh:{near[0]}?" if near else "correct it or take it out"
                message = f"SHACL has no term sh:{name}, so engines ignore it; {hint}"
                subject, predicate, value = fact
                last = (predicate, value) if term is value else (predicate,)
                yield shapes.finding("shapes/unknown-term", "violation", message, subject, *last)


def _of_ontology(shapes: Facts, ontology: Facts) -> Iterator[Finding]:
    known, own = defined(ontology), own_namespaces(ontology)
    graph = shapes.graph
    for subject, predicate, value in sorted(_uses(shapes), key=str):
        if isinstance(value, URIRef) and not is_defined(value, known, own):
            near = nearest(value, [*known, *known_terms().get(_space(value), ())])
            hint = f"did you mean {short(graph, URIRef(near))}?" if near else "correct it"
            message = (
                f"{short(graph, value)} is defined nowhere, so nothing is checked; {hint}"
                f"{'' if near else ', or define it in the ontology'}"
            )
            of_class = predicate == SH["class"]
            rule = "shapes/class-unknown" if of_class else "shapes/path-unknown"
            yield shapes.finding(rule, "violation", message, subject, predicate, value)


def _uses(shapes: Facts) -> Iterator[tuple[Node, URIRef, Node]]:
    graph = shapes.graph
    for shape, path in graph.subject_objects(SH.path):
        for step in _steps(shapes, path, set()):
            yield shape, SH.path, step
    for predicate in (SH["class"], *OF_PROPERTIES):
        for shape, value in graph.subject_objects(predicate):
            yield shape, predicate, value


def _steps(shapes: Facts, path: Node, seen: set[Node]) -> Iterator[Node]:
    """Yield the properties that a path goes along."""
    if not isinstance(path, BNode):
        yield path
        return
    if path in seen:
        return
    seen.add(path)
    for part in rdf_list(shapes.graph, path) or []:
        yield from _steps(shapes, part, seen)
    for step in STEPS:
        for part in shapes.graph.objects(path, step):
            yield from _steps(shapes, part, seen)


def _datatypes(shapes: Facts, ontology: Facts) -> Iterator[Finding]:
    standard = {URIRef(t) for t in known_terms()[str(XSD)]} | {
        URIRef(str(RDF) + name)
        for name in ("langString", "dirLangString", "HTML", "XMLLiteral", "JSON")
    }
    own = {*ontology.typed(RDFS.Datatype), *shapes.typed(RDFS.Datatype)}
    for shape, value in sorted(shapes.graph.subject_objects(SH.datatype), key=str):
        if not isinstance(value, URIRef) or value in standard | own:
            continue
        if not is_own(value, {*own_namespaces(ontology), *JUDGED}):
            continue
        near = nearest(value, sorted(standard))
        hint = f"did you mean {short(shapes, URIRef(near))}?" if near else "correct it"
        message = f"{short(shapes, value)} is no datatype, so no value passes; {hint}"
        yield shapes.finding(
            "shapes/datatype-unknown", "violation", message, shape, SH.datatype, value
        )


def _concepts(shapes: Facts, ontology: Facts) -> Iterator[Finding]:
    """Yield values of sh:in and sh:hasValue that are not in the scheme or namespace they name."""
    schemes = [str(s) for s in ontology.typed(SKOS.ConceptScheme)]
    known, own = defined(ontology), own_namespaces(ontology)
    graph = shapes.graph
    for predicate in (SH["in"], SH.hasValue):
        for shape, value in sorted(graph.subject_objects(predicate), key=str):
            listed = predicate == SH["in"]
            for member in (rdf_list(graph, value) or []) if listed else [value]:
                if not isinstance(member, URIRef) or member in known:
                    continue
                scheme = scheme_of(member, schemes)
                if scheme or any(member.startswith(space) for space in own):
                    near = nearest(member, known)
                    home = f"the scheme {scheme}" if scheme else "the ontology"
                    hint = (
                        f"did you mean {short(graph, URIRef(near))}?" if near else "add it there"
                    )
                    message = f"{short(graph, member)} is not in {home}; {hint}"
                    yield shapes.finding(
                        "shapes/value-unknown", "violation", message, shape, predicate, member
                    )


def _space(term: str) -> str:
    cut = term.rfind("#") if "#" in term else term.rfind("/")
    return term[: cut + 1]

"""Name the rules that a check applies: shapes, checks, and what the stages have of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from pyoxigraph import Literal, NamedNode

from kg.check.work import Work
from kg.errors import KgError
from kg.findings import SEVERITIES, Place
from kg.queries import parse
from kg.report import Rule
from kg.vocab import PREFIXES, RDF_TYPE, local

__all__ = ["check_rules", "own", "shape_rules"]

SH = PREFIXES["sh"]
NAMES = (SH + "name", PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "prefLabel")
HELPS = (SH + "message", SH + "description", PREFIXES["skos"] + "definition")
#: What only shapes have.
MARKS = {SH + name for name in ("path", "property", "targetClass", "targetNode")}

Facts = dict[str, list[NamedNode | Literal]]


def own(stage: str, rules: Mapping[str, tuple[str, str]]) -> Callable[[Work], Iterator[Rule]]:
    """Return what yields the rules that a stage itself has: name to severity and what it is."""

    def yielded(_work: Work) -> Iterator[Rule]:
        for name, (severity, summary) in rules.items():
            yield Rule(name, stage, summary, severity=severity)

    return yielded


def shape_rules(work: Work) -> Iterator[Rule]:
    """Yield a rule for each shape that has an IRI; files that cannot be read have none."""
    for path in work.layout.shapes():
        shapes: dict[str, Facts] = defaultdict(lambda: defaultdict(list))
        try:
            triples = work.triples_of(path)
        except KgError:
            continue
        for triple in triples:
            if isinstance(triple.subject, NamedNode):
                facts = shapes[triple.subject.value][triple.predicate.value]
                if isinstance(triple.object, NamedNode | Literal):
                    facts.append(triple.object)
        place = Place(work.layout.name(path))
        base = work.settings.base_iri
        yield from (_shape(i, f, place, base) for i, f in shapes.items() if _is_shape(f))


def check_rules(work: Work) -> Iterator[Rule]:
    """Yield a rule for each whole-graph check whose file can be read."""
    for path in work.layout.checks():
        try:
            check = parse(path)
        except KgError:
            continue
        told = check.header.get("severity") or check.name.rsplit("-", 1)[-1]
        severity = told if told in SEVERITIES else "violation"
        help_ = check.header.get("message", "")
        place = Place(work.layout.name(path))
        yield Rule(check.name, "checks", check.summary, help_, severity, place=place)


def _is_shape(facts: Facts) -> bool:
    kinds = {kind.value for kind in facts.get(RDF_TYPE, ())}
    return bool(kinds & {SH + "NodeShape", SH + "PropertyShape"} or facts.keys() & MARKS)


def _shape(iri: str, facts: Facts, place: Place, base: str) -> Rule:
    severity = local(_first(facts, (SH + "severity",))).lower()
    return Rule(
        iri.removeprefix(base),
        "shacl",
        _first(facts, NAMES) or local(iri),
        _first(facts, HELPS),
        severity if severity in SEVERITIES else "violation",
        iri,
        place,
    )


def _first(facts: Facts, names: tuple[str, ...]) -> str:
    """Return the first text of the first of some properties, the English one where there is."""
    for name in names:
        found = sorted(facts.get(name, ()), key=lambda one: getattr(one, "language", "") != "en")
        if found:
            return found[0].value
    return ""

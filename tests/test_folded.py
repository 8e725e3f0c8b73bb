"""One fault is told once: what several rules say of one triple is one finding."""

from __future__ import annotations

from kg.check.folded import folded
from kg.findings import Finding, Place, Span
from kg.report import Rule

RULES = {
    name: Rule(name, stage)
    for name, stage in {
        "source/iri-scheme": "source",
        "links/dangling": "links",
        "shape/State-iso3": "shacl",
        "shape/State-name": "shacl",
        "shapes/in": "shapes",
        "state-key-violation": "checks",
        "top-concept-violation": "checks",
    }.items()
}


def at(line: int, column: int = 5) -> Place:
    return Place("data/a.ttl", Span(line, column, line, column + 3))


def one(rule: str, **more: object) -> Finding:
    given = {"severity": "violation", "message": f"of {rule}", "place": at(3)} | more
    return Finding(rule, **given)  # type: ignore[arg-type]


def iso3(rule: str, value: str = "DDRX", **more: object) -> Finding:
    return one(rule, focus="b:X", path="b:iso3", value=value, **more)


def names(*findings: Finding, instead: dict[str, str] | None = None) -> list[str]:
    return [f.rule for f in folded(findings, RULES, instead or {}, "b:")]


def test_one_triple_is_told_by_the_rule_that_says_why():
    both = [iso3("state-key-violation"), iso3("shape/State-iso3")]
    (found,) = folded(both, RULES, {}, "b:")
    assert found.rule == "shape/State-iso3"
    assert [other.message for other in found.related] == [
        "state-key-violation says too: of state-key-violation"
    ]
    (found,) = folded(both, RULES, {"source/x": "state-key-violation"}, "b:")
    assert found.rule == "state-key-violation"


def test_other_triples_stay():
    assert len(names(iso3("shape/State-iso3", "A"), iso3("state-key-violation", "B"))) == 2
    other = one("shape/State-name", focus="b:X", path="b:name")
    assert len(names(iso3("shape/State-iso3"), other)) == 2
    nodes = (one(rule, focus="b:X") for rule in ("links/dangling", "top-concept-violation"))
    assert len(names(*nodes)) == 2


def test_one_rule_twice_is_two():
    assert len(names(iso3("shape/State-iso3"), iso3("shape/State-iso3", key="2"))) == 2


def test_no_finding_goes_to_a_milder_one_or_to_an_accepted_one():
    worse = iso3("state-key-violation")
    assert names(iso3("shape/State-iso3", severity="warning"), worse) == ["state-key-violation"]
    assert len(names(iso3("shape/State-iso3", reason="known"), worse)) == 2


def test_what_lacks_goes_to_what_is_there():
    lacks = one("shape/State-name", focus="b:X", path="b:iso3")
    assert names(lacks, iso3("state-key-violation")) == ["state-key-violation"]


def test_an_iri_that_is_wrong_is_told_of_its_use():
    used = iso3("shape/State-iso3", "http://w")
    assert names(used, one("source/iri-scheme", focus="http://w")) == ["source/iri-scheme"]
    assert len(names(used, one("source/iri-scheme", focus="http://w", place=at(9)))) == 2


def test_a_shape_that_is_wrong_tells_nothing():
    wrong = one("shapes/in", focus="b:shape/State-iso3", place=at(40))
    assert names(iso3("shape/State-iso3"), wrong) == ["shapes/in"]

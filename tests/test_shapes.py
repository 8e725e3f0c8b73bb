"""Each shape passes its valid cases, and each invalid case breaks one rule."""

from __future__ import annotations

from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import RDF

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests/cases/shapes"
SH = Namespace("http://www.w3.org/ns/shacl#")
SHAPE = Namespace("https://w3id.org/mithaq/shape/")
MQ = "https://w3id.org/mithaq/ns#"

VALID = sorted(CASES.glob("*/valid-*.ttl"))
INVALID = sorted(CASES.glob("*/invalid-*.ttl"))
FILES = sorted((ROOT / "ontology/shapes").glob("*.ttl"))

#: The constraint that a case is named for, to the component a report names.
COMPONENTS = {
    "class": "Class",
    "datatype": "Datatype",
    "disjoint": "Disjoint",
    "in": "In",
    "maxCount": "MaxCount",
    "maxInclusive": "MaxInclusive",
    "minCount": "MinCount",
    "minInclusive": "MinInclusive",
    "minLength": "MinLength",
    "nodeKind": "NodeKind",
    "or": "Or",
    "pattern": "Pattern",
    "qualifiedMinCount": "QualifiedMinCount",
    "uniqueLang": "UniqueLang",
}


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def results(path: Path, shapes: Graph) -> list[tuple[URIRef, URIRef]]:
    """Return the shape and the constraint component of each result."""
    data = Graph().parse(path)
    report = pyshacl.validate(data, shacl_graph=shapes, ont_graph=None, inference="none")[1]
    assert isinstance(report, Graph), report
    return sorted(
        (report.value(r, SH.sourceShape), report.value(r, SH.sourceConstraintComponent))
        for r in report.subjects(RDF.type, SH.ValidationResult)
    )


def expected(path: Path) -> tuple[URIRef, URIRef]:
    """Return what `invalid-<property>-<constraint>.ttl` says it breaks."""
    name, _, constraint = path.stem.removeprefix("invalid-").rpartition("-")
    shape = path.parent.name if name == "iri" else f"{path.parent.name}-{name}"
    return SHAPE[shape], SH[COMPONENTS[constraint] + "ConstraintComponent"]


@pytest.fixture(autouse=True)
def as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep literals as the files write them; rdflib would drop the Z of a date."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


@pytest.fixture(scope="module")
def shapes() -> Graph:
    graph = Graph()
    for path in FILES:
        graph.parse(path)
    return graph


def test_there_are_shapes_and_cases() -> None:
    assert FILES
    assert VALID
    assert INVALID


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_valid_case_conforms(path: Path, shapes: Graph) -> None:
    assert results(path, shapes) == []


@pytest.mark.parametrize("path", INVALID, ids=name_of)
def test_invalid_case_breaks_one_rule(path: Path, shapes: Graph) -> None:
    assert results(path, shapes) == [expected(path)]


def test_every_shape_has_a_valid_and_an_invalid_case(shapes: Graph) -> None:
    names = {str(s).removeprefix(SHAPE) for s in shapes.subjects(RDF.type, SH.NodeShape)}
    assert names == {path.parent.name for path in VALID}
    assert names == {path.parent.name for path in INVALID}


def test_every_shape_is_named_and_says_what_to_do(shapes: Graph) -> None:
    for shape in shapes.subjects(RDF.type, SH.PropertyShape):
        assert isinstance(shape, URIRef), "a nameless property shape cannot be reported"
        assert set(shapes.objects(shape, SH.severity)) <= {SH.Violation, SH.Warning}
        for needed in (SH.name, SH.message, SH.severity, SH.path):
            assert shapes.value(shape, needed) is not None, f"{shape} lacks {needed}"


def test_every_property_shape_belongs_to_a_shape_with_a_target(shapes: Graph) -> None:
    owned = set(shapes.objects(None, SH.property))
    assert set(shapes.subjects(RDF.type, SH.PropertyShape)) == owned
    for shape in shapes.subjects(RDF.type, SH.NodeShape):
        assert shapes.value(shape, SH.targetClass) is not None, f"{shape} checks nothing"


def test_shapes_and_cases_use_declared_terms() -> None:
    ontology = Graph().parse(ROOT / "ontology/mithaq.ttl")
    declared = {str(term) for term in ontology.subjects(RDF.type)}
    used: set[str] = set()
    for path in [*FILES, *VALID, *INVALID]:
        used |= {str(term) for triple in Graph().parse(path) for term in triple}
    assert {term for term in used if term.startswith(MQ)} - declared == set()

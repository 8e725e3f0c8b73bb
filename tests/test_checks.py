"""Each check is silent on its valid case, and finds what is wrong in its invalid ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions, RdfFormat, Store

from kg.check import run_check
from kg.queries import parse

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests/cases/checks"
CHECKS = {path.stem: path for path in sorted((ROOT / "ontology/checks").glob("*.rq"))}
VALID = sorted(CASES.glob("*/valid*.trig"))
INVALID = sorted(CASES.glob("*/invalid*.trig"))


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def store_of(path: Path) -> Store:
    store = Store()
    store.load(path=str(path), format=RdfFormat.TRIG)
    assert len(store), f"{path} is empty"
    return store


def test_there_are_checks_and_cases() -> None:
    assert len(CHECKS) >= 30
    assert VALID
    assert INVALID


def test_every_check_has_a_valid_and_an_invalid_case() -> None:
    assert {path.parent.name for path in VALID} == set(CHECKS)
    assert {path.parent.name for path in INVALID} == set(CHECKS)


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_valid_case_passes(path: Path) -> None:
    assert list(run_check(store_of(path), parse(CHECKS[path.parent.name]))) == []


@pytest.mark.parametrize("path", INVALID, ids=name_of)
def test_invalid_case_is_found(path: Path) -> None:
    found = list(run_check(store_of(path), parse(CHECKS[path.parent.name])))
    assert found
    for finding in found:
        assert finding.focus
        assert finding.severity == path.parent.name.rsplit("-", 1)[-1]
        assert not re.search(r"\{\w*\}", finding.message), "a name in the message is not selected"


@pytest.mark.parametrize("path", CHECKS.values(), ids=lambda path: path.stem)
def test_check_names_its_severity_and_what_to_do(path: Path) -> None:
    check = parse(path)
    assert check.header["severity"] == path.stem.rsplit("-", 1)[-1]
    assert check.header["severity"] in {"violation", "warning"}
    assert check.header["message"]
    assert "ORDER BY" in check.text
    rows = Store().query(check.text)
    assert isinstance(rows, QuerySolutions)
    names = {variable.value for variable in rows.variables}
    assert {"focus", "path"} <= names
    assert set(re.findall(r"\{(\w+)\}", check.header["message"])) <= names
    assert list(rows) == []

"""Each rule of a lint finds what its cases have, at the line and nothing else, or is silent."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from kg import settings as config
from kg.check.work import Work
from kg.findings import SEVERITIES, Finding
from tests.edits import Case, cases, copy, edit

CASES = Path(__file__).parent / "cases/lint"
BASE = CASES / "base"
STAGES = ("shapes", "ontology", "queries", "competency", "links")
ALL = [
    pytest.param(stage, case, id=f"{stage}/{case.name}")
    for stage in STAGES
    for path in sorted((CASES / stage).glob("*.toml"))
    for case in cases(path, f"{stage}/{path.stem}")
]


def found(root: Path, stage: str) -> list[Finding]:
    """Return what a stage finds in a repository."""
    module = importlib.import_module(f"kg.check.{stage}")
    return list(module.findings(Work(config.load(root, {}))))


@pytest.mark.parametrize("stage", STAGES)
def test_nothing_is_found_where_nothing_is_wrong(stage: str):
    assert found(BASE, stage) == []


@pytest.mark.parametrize(("stage", "case"), ALL)
def test_case(stage: str, case: Case, tmp_path: Path):
    root = copy(BASE, tmp_path / "repo")
    edit(root, case.edits)
    findings = found(root, stage)
    if case.silent:
        assert [f.rule for f in findings if f.rule == case.rule] == []
        assert {f.rule for f in findings} <= set(case.also)
        return
    assert {f.rule for f in findings} == {case.rule, *case.also}, findings
    own = [f for f in findings if f.rule == case.rule]
    places = [(f.place.file, f.place.span.line if f.place.span else None) for f in own if f.place]
    assert (case.file, case.line(root)) in places
    assert all(case.says in f.message for f in own)
    assert all(f.severity in SEVERITIES and f.message[-1] != "." for f in own)
    assert {f.severity for f in own} == {case.severity} or not case.severity


@pytest.mark.parametrize("stage", STAGES)
def test_each_rule_has_a_case_that_it_finds_and_one_where_it_is_silent(stage: str):
    code = Path(importlib.import_module(f"kg.check.{stage}").__file__)
    texts = [
        p.read_text("utf-8")
        for p in (code.parent.rglob("*.py") if code.stem == "__init__" else [code])
    ]
    rules = {name for text in texts for name in re.findall(rf'"{stage}/([\w-]+)"', text)}
    for rule in sorted(rules):
        path = CASES / stage / f"{rule}.toml"
        kinds = {case.silent for case in cases(path)} if path.is_file() else set()
        assert kinds == {True, False}, f"{stage}/{rule} lacks a case in {path}"

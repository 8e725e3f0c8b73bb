"""Each rule of a lint finds what its cases have, at the line and nothing else, or is silent."""

from __future__ import annotations

import gzip
import importlib
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg import settings as config
from kg.check.releases import freeze, label, last, names
from kg.check.work import Work
from kg.cli import cli
from kg.errors import BadData, BadShapes
from kg.files import Layout
from kg.findings import Finding
from tests.conftest import ROOT
from tests.edits import Case, cases, copy, edit

CASES = Path(__file__).parent / "cases/lint"
BASE = CASES / "base"
STAGES = ("shapes", "ontology", "queries", "competency", "links")
#: Rules with tests of their own below.
ELSEWHERE = {"links/lost", "links/release-list"}
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


def rules(stage: str) -> dict[str, tuple[str, str]]:
    """Return the rules of a stage: severity and what is wrong."""
    return importlib.import_module(f"kg.check.{stage}").RULES


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
    assert all(f.severity == rules(stage)[f.rule][0] for f in findings)
    assert all(f.message[-1] != "." for f in findings)
    assert {f.severity for f in own} == {case.severity} or not case.severity


@pytest.mark.parametrize("stage", STAGES)
def test_each_rule_has_a_case_that_it_finds_and_one_where_it_is_silent(stage: str):
    for rule in rules(stage).keys() - ELSEWHERE:
        path = CASES / f"{rule}.toml"
        kinds = {case.silent for case in cases(path)} if path.is_file() else set()
        assert kinds == {True, False}, f"{rule} lacks a case in {path}"
    assert {path.stem for path in (CASES / stage).iterdir()} <= {
        rule.split("/")[1] for rule in rules(stage)
    }


def frozen(root: Path) -> Path:
    """Write the list of IRIs of a release."""
    return freeze(Work(config.load(root, {})), "1.0.0")[0]


def test_a_released_iri_that_is_gone_is_found(tmp_path: Path):
    root = copy(BASE, tmp_path / "repo")
    path = frozen(root)
    assert path == root / "releases/1.0.0.txt.gz"
    assert found(root, "links") == []
    data = root / "data/actors/bridges.ttl"
    data.write_text(data.read_text("utf-8").replace("bridge:old-bridge", "bridge:stari-most"))
    (finding,) = found(root, "links")
    assert finding.rule == "links/lost"
    assert finding.focus == "https://example.org/bridges/id/bridge/old-bridge"
    assert str(finding.place) == "releases/1.0.0.txt.gz"
    said = "bridge:old-bridge <http://purl.org/dc/terms/isReplacedBy> bridge:stari-most .\n"
    data.write_text(data.read_text("utf-8") + said, "utf-8")
    assert found(root, "links") == []


def test_a_release_is_not_listed_while_an_iri_of_the_last_is_gone(tmp_path: Path):
    root = copy(BASE, tmp_path / "repo")
    path = frozen(root)
    data = root / "data/actors/bridges.ttl"
    data.write_text(data.read_text("utf-8").replace("bridge:old-bridge", "bridge:stari-most"))
    before = path.read_bytes()
    with pytest.raises(BadData, match="has 1 IRIs that nothing describes: id/bridge/old-bridge"):
        frozen(root)
    assert path.read_bytes() == before
    freeze(Work(config.load(root, {})), "1.0.0", force=True)
    assert "id/bridge/stari-most" in names(path)
    assert found(root, "links") == []


@pytest.mark.parametrize(
    ("version", "says"), [("2.0.0", "has the version 1.0.0"), ("../x", "is no version")]
)
def test_a_release_has_the_version_of_the_ontology(version: str, says: str):
    with pytest.raises(BadShapes, match=says):
        freeze(Work(config.load(BASE, {})), version)


def test_the_command_writes_the_list(tmp_path: Path):
    root = copy(BASE, tmp_path / "repo")
    told = CliRunner().invoke(cli, ["--root", str(root), "release", "1.0.0"])
    assert (told.exit_code, told.output.split(":")[0]) == (0, "releases/1.0.0.txt.gz")
    assert names(root / "releases/1.0.0.txt.gz")


def test_our_own_list_is_of_our_version_and_sorted():
    path = last(Layout(ROOT))
    assert path is not None
    listed = names(path)
    assert f'version = "{label(path)}"' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert listed == sorted(set(listed))
    assert {"ns#Agreement", "id/state/PAK"} <= set(listed)


def test_the_list_of_a_release_is_the_same_bytes_each_time_and_what_the_setting_says(
    tmp_path: Path,
):
    root = copy(BASE, tmp_path / "repo")
    first = frozen(root).read_bytes()
    assert frozen(root).read_bytes() == first
    settings = root / "pyproject.toml"
    settings.write_text(settings.read_text("utf-8") + 'released = "id/river/.*"\n', "utf-8")
    lines = gzip.decompress(frozen(root).read_bytes()).decode().splitlines()
    assert lines == ["id/river/neretva", "id/river/severn"]


def test_the_last_release_counts_by_number(tmp_path: Path):
    root = copy(BASE, tmp_path / "repo")
    frozen(root).rename(root / "releases/9.0.0.txt.gz")
    (root / "releases/10.0.0.txt.gz").write_bytes(gzip.compress(b"id/bridge/gone\n"))
    assert [f.focus for f in found(root, "links")] == [
        "https://example.org/bridges/id/bridge/gone"
    ]


def test_a_broken_list_is_found(tmp_path: Path):
    root = copy(BASE, tmp_path / "repo")
    path = frozen(root)
    path.write_bytes(path.read_bytes()[:20])
    (finding,) = found(root, "links")
    assert (finding.rule, str(finding.place)) == ("links/release-list", "releases/1.0.0.txt.gz")


def test_a_check_may_stand_for_a_rule(tmp_path: Path):
    root = copy(BASE, tmp_path / "repo")
    path = root / "ontology/checks/lost-violation.rq"
    path.parent.mkdir()
    path.write_text(
        "#+ summary: A node described nowhere\n#+ instead-of: links/dangling, links/variant\n"
        "SELECT ?focus ?path WHERE { ?focus ?path ?value } ORDER BY ?focus ?path\n",
        "utf-8",
    )
    case = next(case for case in cases(CASES / "links/dangling.toml") if not case.silent)
    edit(root, case.edits)
    assert found(root, "links") == []


@pytest.mark.parametrize("stage", STAGES)
def test_each_rule_is_documented(stage: str):
    page = (ROOT / "docs/lints.md").read_text("utf-8")
    rows = {tuple(re.split(r"`? \| ", row)) for row in re.findall(r"^\| `(.+) \|$", page, re.M)}
    told = {(name, *what) for name, what in rules(stage).items()}
    assert {row for row in rows if row[0].startswith(f"{stage}/")} == told

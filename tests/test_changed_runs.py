"""`kg check --changed` as people run it: what it says, leaves out, and that it is right."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.packaged import git

Done = subprocess.CompletedProcess[str]
BOOKS, PEOPLE = "data/records/books.ttl", "data/records/people.ttl"


@pytest.fixture
def check(example: Path) -> Callable[..., Done]:
    """Run `kg check` on the example."""

    def run(*args: str) -> Done:
        command = [sys.executable, "-m", "kg.cli", "--root", str(example), "check", *args]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    return run


def change(example: Path, file: str, old: str, new: str) -> None:
    path = example / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def told(done: Done) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def commit(example: Path) -> None:
    git(example, "init", "--quiet")
    git(example, "add", "--all")
    git(example, "commit", "--quiet", "--message", "one")


def test_the_first_time_everything_is_checked_and_kept(example: Path, check):
    done = check("--changed")
    assert done.returncode == 0
    assert "Everything was checked: no earlier check is kept." in done.stdout
    assert (example / "build/check/base.json").is_file()
    done = check("--changed")
    assert "0 files changed since the check that is kept" in done.stdout


def test_a_change_gives_what_a_whole_check_gives(example: Path, check):
    check("--changed")
    change(example, BOOKS, '"1956"^^xsd:gYear', '"in 1956"')
    change(example, PEOPLE, 'lib:bornIn "1911"^^xsd:gYear ;\n', "")
    stages = ("--stage", "shacl", "--stage", "checks", "--format", "json")
    part, whole = check("--changed", *stages), check(*stages)
    assert "2 files changed since the check that is kept" in told(part)["notes"][0]
    assert told(whole)["notes"] == []
    assert part.returncode == whole.returncode == 1
    assert told(part)["findings"] == told(whole)["findings"] != []


def test_texts_are_judged_in_changed_files_alone(example: Path, check):
    change(example, PEOPLE, '"1911"^^xsd:gYear', '"1911"^^xsd:gYear , "1911"^^xsd:gYear')
    commit(example)
    check("--changed")
    change(example, BOOKS, '"1956"^^xsd:gYear', '"1956"^^xsd:gYear , "1956"^^xsd:gYear')
    done = check("--changed", "--format", "json")
    files = {f["place"]["file"] for f in told(done)["findings"] if f["rule"].startswith("source/")}
    assert files == {BOOKS}
    commit_ = check("--changed", "HEAD", "--format", "json")
    assert "1 of them since the revision" in told(commit_)["notes"][0]


def test_stages_that_read_the_whole_graph_are_left_out_and_told(check):
    check("--changed")
    states = {
        s["name"]: s["state"] for s in told(check("--changed", "--format", "json"))["stages"]
    }
    assert [name for name, state in states.items() if state == "run"] == [
        "syntax",
        "source",
        "shacl",
        "checks",
    ]
    assert set(states.values()) == {"run", "skipped"}


@pytest.mark.parametrize("file", ["ontology/shapes/book.ttl", "ontology/library.ttl"])
def test_shapes_and_ontology_force_a_whole_check(example: Path, check, file: str):
    check("--changed")
    path = example / file
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    assert "Everything was checked: ontology," in check("--changed").stdout


def test_errors_of_syntax_stop_the_graph(example: Path, check):
    check("--changed")
    change(example, BOOKS, " .", " ;;")
    done = check("--changed", "--format", "json")
    assert done.returncode == 1
    reasons = {s["name"]: s["reason"] for s in told(done)["stages"]}
    assert reasons["shacl"] == reasons["checks"] == "the files have errors of syntax"


def test_an_unknown_revision_is_exit_2(example: Path, check):
    commit(example)
    done = check("--changed", "no-such-branch")
    assert done.returncode == 2
    assert "no-such-branch: no git revision here" in done.stderr


def test_other_outputs_say_on_standard_error_what_was_done(check):
    assert "no earlier check is kept" in check("--changed", "--format", "github").stderr


def test_the_baseline_is_told_fixed_only_where_it_was_looked(example: Path, check):
    change(example, PEOPLE, '"1911"^^xsd:gYear', '"1911"^^xsd:gYear , "1911"^^xsd:gYear')
    change(example, BOOKS, '"1956"^^xsd:gYear', '"in 1956"')
    check("--update-baseline")
    check("--changed")
    change(example, BOOKS, '"in 1956"', '"1956"^^xsd:gYear')
    fixed = {entry["rule"] for entry in told(check("--changed", "--format", "json"))["fixed"]}
    assert "shape/Book-published" in fixed
    assert not any(rule.startswith("source/") for rule in fixed)


def test_verifying_holds_a_change_against_everything(example: Path, check):
    check("--changed")
    change(example, BOOKS, '"1956"^^xsd:gYear', '"in 1956"')
    done = check("--verify-incremental", "--format", "json")
    assert "no differences" in told(done)["notes"][-1]
    assert "check/incremental" not in {one["rule"] for one in told(done)["findings"]}


def test_verifying_finds_what_differs(example: Path, check):
    change(example, BOOKS, '"1956"^^xsd:gYear', '"in 1956"')
    check("--changed")
    base = example / "build/check/base.json"
    kept = json.loads(base.read_text("utf-8"))
    assert len(kept["findings"]) == 1
    base.write_text(json.dumps(kept | {"findings": []}), "utf-8")
    done = check("--verify-incremental", "--rule", "check/*", "--format", "json")
    (one,) = told(done)["findings"]
    assert one["message"].startswith("Only the check of everything finds shape/Book-published")
    assert done.returncode == 1

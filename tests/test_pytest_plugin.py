"""Under pytest each rule and each saved query is a test that fails as `kg check` tells."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytest_plugins = ["pytester"]


@pytest.fixture
def run(pytester: pytest.Pytester):
    """Run pytest with the plugin, whether or not it is installed."""
    pytester.makepyfile(test_own="def test_own():\n    pass\n")

    def run(*args: str) -> pytest.RunResult:
        own = ("-p", "no:kg", "-p", "kg.pytest_plugin", "-p", "no:cacheprovider")
        return pytester.runpytest_subprocess(*own, *args, timeout=120)

    return run


def wrong(example: Path) -> None:
    """Break two rules of the graph, which alone is judged."""
    path = example / "pyproject.toml"
    path.write_text(path.read_text("utf-8") + 'stages = ["shacl", "checks"]\n', "utf-8")
    path = example / "data/records/books.ttl"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace('"1377"', '"1177"').replace("lib:genre genre:novel ;", ""), "utf-8"
    )


def test_rules_and_queries_pass_on_a_clean_repository(example: Path, run):
    done = run(f"--kg-root={example}", "-v")
    done.assert_outcomes(passed=done.parseoutcomes()["passed"])
    done.stdout.fnmatch_lines(["test_own.py::test_own PASSED*"])
    for name in (
        "kg::shacl::shape/Book-title",
        "kg::checks::published-before-birth-violation",
        "kg::queries::books-of-genre",
        "kg::checks ",
    ):
        done.stdout.fnmatch_lines([f"{name}* PASSED*" if name[-1] != " " else f"{name}PASSED*"])


def test_a_rule_that_finds_something_fails_with_the_excerpt(example: Path, run):
    wrong(example)
    done = run(f"--kg-root={example}")
    assert done.parseoutcomes()["failed"] == 1
    done.stdout.fnmatch_lines(
        [
            "*kg::checks::published-before-birth-violation*",
            "data/records/books.ttl:*violation: published-before-birth-violation: Published in*",
            "*|*^*",
            "1 violation, 0 warnings*",
        ]
    )
    done.stdout.no_fnmatch_line("*Traceback*")
    done.stdout.no_fnmatch_line("*pytest_plugin.py:*")


def test_strict_fails_on_warnings_and_a_suppression_accepts(example: Path, run):
    wrong(example)
    path = example / "pyproject.toml"
    path.write_text(path.read_text("utf-8") + "strict = true\n", "utf-8")
    assert run(f"--kg-root={example}").parseoutcomes()["failed"] == 2
    (example / "suppressions.toml").write_text(
        '[[suppress]]\nrule = "*-violation"\nfile = "data/*"\nreason = "r"\nowner = "o"\n'
        "expires = 2999-01-01\n",
        "utf-8",
    )
    assert run(f"--kg-root={example}").parseoutcomes()["failed"] == 1


def test_tests_are_chosen_as_others_are(example: Path, run):
    done = run(f"--kg-root={example}", "-k", "Book-title or test_own")
    assert done.parseoutcomes()["passed"] == 2
    done = run(f"--kg-root={example}", "--kg-stage", "checks", "--collect-only", "-q")
    done.stdout.no_fnmatch_line("*kg::shacl*")
    done.stdout.no_fnmatch_line("*kg::queries*")
    done.stdout.fnmatch_lines(["kg::checks::without-genre-warning"])


def test_the_settings_of_pytest_name_the_repository(example: Path, run, pytester: pytest.Pytester):
    pytester.makeini(f"[pytest]\nkg_root = {example}\nkg_stages = checks\n")
    done = run("-q")
    assert done.parseoutcomes()["passed"] > 3


def test_without_a_repository_nothing_is_added(run):
    run().assert_outcomes(passed=1)


def test_a_stage_that_fails_is_one_failed_test_and_its_rules_are_skipped(example: Path, run):
    path = example / "ontology/shapes/book.ttl"
    path.write_text(path.read_text("utf-8").replace("sh:targetClass lib:Book ;", ""), "utf-8")
    done = run(f"--kg-root={example}", "--kg-stage", "shacl", "-rs")
    outcomes = done.parseoutcomes()
    assert outcomes["failed"] == 1
    assert outcomes["skipped"] >= 8
    done.stdout.fnmatch_lines(["*a shape without a target checks nothing*"])


def test_an_unknown_stage_is_misuse(example: Path, run):
    done = run(f"--kg-root={example}", "--kg-stage=shack")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*no stage 'shack'; there are: *shacl*"])


@pytest.mark.parametrize(("root", "message"), [("nowhere", "is no folder"), (".", "sverity")])
def test_a_wrong_repository_is_misuse(root: str, message: str, run, pytester: pytest.Pytester):
    pytester.makepyprojecttoml("[tool.kg.check]\nsverity = 1\n")
    done = run(f"--kg-root={root}")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([f"*{message}*"])


def test_the_plugin_is_an_entry_point():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"kg": "kg.pytest_plugin"}

"""`kg check` as people run it: stages, exit codes, outputs, baseline, suppressions, severities."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.check.run import STAGES
from kg.report import FORMATS

Done = subprocess.CompletedProcess[str]


@pytest.fixture
def check(example: Path) -> Callable[..., Done]:
    """Run `kg check` on the example, with any environment."""

    def run(*args: str, **environ: str) -> Done:
        env = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR"}}
        return subprocess.run(
            [sys.executable, "-m", "kg.cli", "--root", str(example), "check", *args],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=example,
            env=env | {"PYTHONUTF8": "1"} | environ,
        )

    return run


def change(example: Path, file: str, old: str, new: str) -> None:
    path = example / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def settings(example: Path, text: str, stages: str = '["shacl", "checks"]') -> None:
    base = '[tool.kg]\nbase_iri = "https://example.org/library/"\n'
    table = f"[tool.kg.check]\nstages = {stages}\n{text}"
    (example / "pyproject.toml").write_text(base + table, "utf-8")


@pytest.fixture
def faulty(example: Path) -> Path:
    """The example with two violations of different rules, and a warning, of the graph alone."""
    change(example, "data/records/books.ttl", '"1956"^^xsd:gYear', '"in 1956"')
    change(example, "data/records/books.ttl", '"1377"', '"1177"')
    change(example, "data/records/people.ttl", 'lib:bornIn "1911"^^xsd:gYear ;\n', "")
    settings(example, "")
    return example


def names(done: Done) -> list[str]:
    return sorted(finding["rule"] for finding in json.loads(done.stdout)["findings"])


def test_the_example_is_clean(check):
    done = check("--strict")
    assert (done.returncode, done.stdout) == (0, "0 violations, 0 warnings.\n")


def test_violations_are_exit_1_with_place_and_excerpt(faulty: Path, check):
    done = check()
    assert done.returncode == 1
    assert "data/records/books.ttl (2 violations)" in done.stdout
    line = next(line for line in done.stdout.splitlines() if "violation: shape/Book-pub" in line)
    assert line.startswith("data/records/books.ttl:")
    assert " | " in done.stdout
    assert done.stdout.endswith("2 violations, 1 warning.\n")
    assert done.stderr == ""


def test_warnings_fail_only_with_strict(example: Path, check):
    change(example, "data/records/books.ttl", "    lib:genre genre:novel ;\n", "")
    settings(example, "")
    assert check().returncode == 0
    assert check("--strict").returncode == 1
    settings(example, "strict = true\n")
    assert check().returncode == 1


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_runs_alone(name: str, check):
    done = check("--stage", name, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert [stage["name"] for stage in json.loads(done.stdout)["stages"]] == [name]


def test_a_rule_is_applied_alone(faulty: Path, check):
    assert names(check("--rule", "shape/Book-*", "--format", "json")) == ["shape/Book-published"]


def test_an_unknown_stage_is_exit_3_with_the_nearest(check):
    done = check("--stage", "shack")
    assert done.returncode == 3
    assert "did you mean shacl?" in done.stderr


# Outputs


def test_each_format_to_a_file_and_one_to_stdout(faulty: Path, check):
    files = [f"--format={name}=out/{name}" for name in FORMATS]
    done = check(*files, "--format", "github")
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=data/records/books.ttl,line=")
    assert done.stderr == "2 violations, 1 warning.\n"
    assert sorted(path.name for path in (faulty / "out").iterdir()) == sorted(FORMATS)
    assert json.loads((faulty / "out/sarif").read_text("utf-8"))["version"] == "2.1.0"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--format", "docx"], "none of text, json"),
        (["--format", "sarif="], "names no file"),
        (["--format", "sarif", "--format", "text"], "give one a file"),
    ],
)
def test_misuse_of_formats_is_exit_2(args: list[str], message: str, check):
    done = check(*args)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_file_that_cannot_be_written_is_exit_2(example: Path, check):
    done = check("--format", "sarif=README.md/out.sarif")
    assert done.returncode == 2
    assert "README.md/out.sarif: cannot be written" in done.stderr


def test_colour_is_for_terminals_and_those_who_ask(faulty: Path, check):
    assert "\x1b" not in check().stdout
    assert "\x1b[31;1m" in check(FORCE_COLOR="1").stdout
    assert "\x1b" not in check(FORCE_COLOR="1", NO_COLOR="1").stdout


def test_colour_on_a_terminal(faulty: Path):
    import pty

    command = [sys.executable, "-m", "kg.cli", "--root", str(faulty), "check"]
    for env, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        main, there = pty.openpty()
        told = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | env | {"PYTHONUTF8": "1"}
        subprocess.run(command, stdout=there, stderr=subprocess.DEVNULL, timeout=60, env=told)
        os.close(there)
        assert (b"\x1b[31;1m" in os.read(main, 1 << 16)) is coloured
        os.close(main)


def test_paths_in_sarif_are_from_the_workspace(faulty: Path, check):
    done = check("--format", "sarif", GITHUB_WORKSPACE=str(faulty.parent))
    assert '"uri": "example/data/records/books.ttl"' in done.stdout


# Bad input, bad shapes, internal errors


def test_a_graph_that_cannot_be_built_skips_what_needs_it(example: Path, check):
    change(example, "ontology/rules/10-wrote.rq", "CONSTRUCT", "CONSTRUKT")
    settings(example, "")
    done = check("--format", "json")
    assert done.returncode == 3
    assert "10-wrote.rq: not a SPARQL query" in done.stderr
    stages = {stage["name"]: stage for stage in json.loads(done.stdout)["stages"]}
    assert stages["load"]["state"] == "failed"
    assert stages["shacl"]["reason"] == "the graph cannot be built"


def test_a_stage_that_fails_does_not_hide_what_others_find(faulty: Path, check):
    change(faulty, "ontology/shapes/book.ttl", "sh:targetClass lib:Book ;", "")
    done = check("--format", "json")
    assert done.returncode == 3
    assert "a shape without a target checks nothing" in done.stderr
    assert names(done) == ["published-before-birth-violation"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"\xef\xbb\xbf# bom", "byte order mark"),
        (b"<a> <b> .", "data/records/bad.ttl:1:"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_place(
    text: bytes, message: str, example: Path, check
):
    (example / "data/records/bad.ttl").write_bytes(text)
    done = check()
    assert done.returncode in (1, 2)
    assert message in done.stdout + done.stderr
    assert "bad.ttl" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (b"\xff\xfe", 2, "bad-violation.rq:1: not UTF-8"),
        (b"SELECT", 3, "no `#+ summary:` line"),
        (b"#+ summary: x\nSELECT", 3, "bad-violation: not a SPARQL query"),
        (b"#+ summary: x\nASK {}", 3, "a check is a SELECT with ?focus"),
    ],
)
def test_a_check_that_is_no_query_is_told_with_its_name(
    text: bytes, code: int, message: str, example: Path, check
):
    (example / "ontology/checks/bad-violation.rq").write_bytes(text)
    done = check("--stage", "checks")
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_no_repository_is_bad_input(tmp_path: Path):
    command = [sys.executable, "-m", "kg.cli", "--root", str(tmp_path), "check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (2, 3)
    assert "Traceback" not in done.stderr


BROKEN = """
import sys
from dataclasses import replace
from kg.check import run
from kg.cli import main

def fault(work):
    raise RuntimeError("a fault of ours")

run.STAGES["checks"] = replace(run.STAGES["checks"], findings=fault, parts=None)
main()
"""


@pytest.mark.parametrize("how", [[], ["--debug"]])
def test_an_internal_error_is_one_line_naming_the_stage(how: list[str], faulty: Path):
    command = [sys.executable, "-c", BROKEN, "--root", str(faulty), "check", *how]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 4
    assert ("Traceback" in done.stderr) is bool(how)
    if not how:
        told = "kg: checks: internal error, RuntimeError: a fault of ours; --debug shows where\n"
        assert done.stderr == told
        assert "shape/Book-published" in done.stdout


def test_kg_debug_shows_the_traceback_too(faulty: Path):
    command = [sys.executable, "-c", BROKEN, "--root", str(faulty), "check"]
    env = os.environ | {"KG_DEBUG": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=env)
    assert done.returncode == 4
    assert "in fault" in done.stderr


# Baseline


def test_a_baseline_fails_only_on_what_is_new(faulty: Path, check):
    first = check("--update-baseline")
    assert first.returncode == 0
    assert "Baseline: 3 known findings." in first.stderr
    assert check("--strict").returncode == 0
    text = (faulty / "kg-baseline.txt").read_text("utf-8")
    rows = [line for line in text.splitlines() if not line.startswith("#")]
    assert rows == sorted(rows)
    assert not re.search(r":\d+:\d+", text), "a baseline with lines would not stay"
    # Lines move, and what is known stays known.
    path = faulty / "data/records/books.ttl"
    path.write_text("\n\n\n" + path.read_text("utf-8"), "utf-8")
    done = check()
    assert (done.returncode, done.stdout) == (0, "0 violations, 0 warnings, 3 known.\n")
    assert "known: in the baseline" in check("--all").stdout
    # One is mended, and another is made.
    change(faulty, "data/records/books.ttl", '"in 1956"', '"1956"^^xsd:gYear')
    change(faulty, "data/records/people.ttl", '    lib:name "Ibn Khaldun" ;\n', "")
    done = check()
    assert done.returncode == 1
    assert "fixed: shape/Book-published: https://example.org/library/id/book/pa" in done.stdout
    assert "shape/Person-name" in done.stdout
    assert check("--update-baseline").returncode == 0
    assert check().stdout == "0 violations, 0 warnings, 3 known.\n"


def test_a_part_of_the_check_leaves_the_rest_of_the_baseline(faulty: Path, check):
    check("--update-baseline")
    before = (faulty / "kg-baseline.txt").read_bytes()
    done = check("--stage", "checks", "--update-baseline")
    assert "fixed" not in done.stdout
    assert (faulty / "kg-baseline.txt").read_bytes() == before
    check("--rule", "shape/*", "--update-baseline")
    assert (faulty / "kg-baseline.txt").read_bytes() == before


def test_an_entry_that_no_rule_finds_any_more_is_stale(faulty: Path, check):
    check("--update-baseline", "--baseline", "known.txt")
    path = faulty / "known.txt"
    path.write_text(path.read_text("utf-8") + f"gone-violation\tx\t{'0' * 32}\n", "utf-8")
    done = check("--baseline", "known.txt")
    assert done.returncode == 0
    assert "stale: gone-violation: x" in done.stdout
    check("--baseline", "known.txt", "--update-baseline")
    assert "gone-violation" not in path.read_text("utf-8")


def test_no_baseline_is_written_when_a_stage_failed(faulty: Path, check):
    change(faulty, "ontology/shapes/book.ttl", "sh:targetClass lib:Book ;", "")
    done = check("--update-baseline")
    assert done.returncode == 3
    assert not (faulty / "kg-baseline.txt").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<<<<<<< ours\n", "known.txt:1: not a line of a baseline"),
        ("a\tb\tc\n", "known.txt:1: not a line of a baseline"),
        (None, "no baseline here; --update-baseline writes one"),
    ],
)
def test_a_broken_baseline_is_exit_3(text: str | None, message: str, example: Path, check):
    if text is not None:
        (example / "known.txt").write_text(text, "utf-8")
    done = check("--baseline", "known.txt")
    assert done.returncode == 3
    assert message in done.stderr


# Suppressions

ENTRY = """[[suppress]]
rule = "shape/Book-*"
file = "data/records/*"
reason = "Only the decade is known."
owner = "the cataloguers"
expires = 2999-12-31
"""


def suppress(example: Path, text: str) -> None:
    (example / "suppressions.toml").write_text(text, "utf-8")


def test_a_suppression_accepts_with_its_reason(faulty: Path, check):
    node = '[[suppress]]\nrule = "published-before-birth-violation"\nfocus = "*/book/muqaddimah"'
    node += '\nreason = "So told."\nowner = "a"\nexpires = "2999-01-01"\n'
    suppress(faulty, ENTRY + node)
    done = check()
    assert done.returncode == 0
    assert done.stdout.endswith("\n0 violations, 1 warning, 2 accepted.\n")
    assert "Only the decade is known. (the cataloguers, until 2999-12-31)" in check("--all").stdout
    sarif = json.loads(check("--format", "sarif").stdout)["runs"][0]["results"]
    assert sum(bool(result["suppressions"]) for result in sarif) == 2


def test_an_expired_suppression_gives_the_finding_back(faulty: Path, check):
    suppress(faulty, ENTRY.replace("2999-12-31", "2020-01-31"))
    done = check()
    assert done.returncode == 1
    assert "violation: shape/Book-published" in done.stdout
    assert (
        "suppressions.toml:1:1: warning: check/suppression-expired: Expired on 2020" in done.stdout
    )


def test_a_suppression_that_nothing_needs_is_found(example: Path, check):
    suppress(example, "\n" + ENTRY)
    done = check("--strict")
    assert done.returncode == 1
    assert "suppressions.toml:2:1: warning: check/suppression-unused" in done.stdout
    assert check("--strict", "--stage", "checks").returncode == 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("reason = ", "# ", "suppressions.toml:1:1: no 'reason'"),
        ("owner = ", "# ", "no 'owner'"),
        ("expires = ", "# ", "no 'expires'"),
        ("2999-12-31", '"soon"', "is not a date"),
        ('file = "data/records/*"', "", "name the node with 'focus' or the file with 'file'"),
        ("owner", "ownr", "unknown key 'ownr'"),
        ("[[suppress]]", "[[supress]]", "[[suppress]]"),
        ("[[suppress]]", "[[suppress", "suppressions.toml: "),
    ],
)
def test_a_wrong_suppression_is_exit_3(old: str, new: str, message: str, example: Path, check):
    suppress(example, ENTRY.replace(old, new))
    done = check()
    assert done.returncode == 3
    assert message in done.stderr


def test_warnings_that_the_graph_accepts_stay_accepted(tree: Path):
    accepted = """
        @prefix mq: <https://w3id.org/mithaq/ns#> .
        <https://w3id.org/mithaq/id/accepted-warning/1> a mq:AcceptedWarning ;
            mq:acceptsRule "shape/State-prefLabel-ar" ; mq:reason "Why not."@en ;
            mq:acceptsFocus <https://w3id.org/mithaq/id/state/PAK> ."""
    (tree / "ontology/accepted-warnings.ttl").write_text(accepted, "utf-8")
    command = [sys.executable, "-m", "kg.cli", "--root", str(tree), "check", "--format", "json"]
    done = subprocess.run(
        [*command, "--rule", "shape/State-prefLabel-ar"], capture_output=True, timeout=60
    )
    found = json.loads(done.stdout)["findings"]
    assert {f["focus"][-3:]: f["state"] for f in found}["PAK"] == "accepted"
    assert {f["state"] for f in found} == {"accepted", "open"}


# Settings


def test_severities_are_overridden(faulty: Path, check):
    settings(
        faulty,
        'severity."shape/*" = "off"\nseverity."shape/Person-*" = "violation"\n'
        'severity."published-before-birth-violation" = "info"\n',
    )
    found = json.loads(check("--format", "json").stdout)["findings"]
    assert {f["rule"]: f["severity"] for f in found} == {
        "shape/Person-bornIn": "violation",
        "published-before-birth-violation": "info",
    }


def test_stages_and_rules_are_chosen(faulty: Path, check):
    settings(faulty, "", stages='["shacl"]')
    assert names(check("--format", "json")) == ["shape/Book-published", "shape/Person-bornIn"]
    settings(faulty, 'rules = ["published-*"]\n')
    assert names(check("--format", "json")) == ["published-before-birth-violation"]


def test_files_are_chosen(faulty: Path, check):
    settings(faulty, 'baseline = "known.txt"\nsuppressions = "accepted.toml"\n')
    (faulty / "accepted.toml").write_text(ENTRY, "utf-8")
    assert check("--update-baseline").returncode == 0
    assert (faulty / "known.txt").is_file()
    assert check().stdout == "0 violations, 0 warnings, 1 accepted, 2 known.\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sverity = 1", "check.sverity"),
        ('severity."a/*" = "bad"', "is none of: violation, warning, info, off"),
        ("severity = 1", "check.severity is not a table"),
        ('strict = "yes"', "check.strict = 'yes' is not of type bool"),
    ],
)
def test_wrong_settings_are_exit_3_naming_the_key(text: str, message: str, example: Path, check):
    settings(example, text + "\n")
    done = check()
    assert done.returncode == 3
    assert message in done.stderr


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ('"shacl"', "check.stages = 'shacl' is not a list"),
        ('["shack"]', "There is no stage 'shack'"),
    ],
)
def test_wrong_stages_are_exit_3(stages: str, message: str, example: Path, check):
    settings(example, "", stages=stages)
    done = check()
    assert done.returncode == 3
    assert message in done.stderr


# Forms


def test_fmt_keeps_the_prefixes_of_the_file(example: Path):
    command = [sys.executable, "-m", "kg.cli", "--root", str(example), "fmt", "--check"]
    assert subprocess.run(command, capture_output=True, timeout=60).returncode == 0
    assert "lib:Book" in (example / "data/records/books.ttl").read_text("utf-8")


def test_a_build_is_stopped_by_what_is_not_suppressed_today(faulty: Path):
    def build() -> Done:
        command = [sys.executable, "-m", "kg.cli", "--root", str(faulty), "build"]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    node = ENTRY.replace("shape/Book-*", "published-before-birth-violation")
    suppress(faulty, ENTRY + node.replace("2999-12-31", "2020-01-31"))
    done = build()
    assert done.returncode == 2
    assert "1 violations; nothing was published" in done.stderr
    assert "shape/Book-published" not in done.stderr
    suppress(faulty, ENTRY + node)
    done = build()
    assert done.returncode == 0
    assert "1 open warnings; 2 suppressed violations." in done.stderr

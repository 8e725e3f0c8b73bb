"""The command line: exit codes, one clear line for bad input, nothing half-written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg import settings as config


def kg(root: Path, *args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kg.cli", "--root", str(root), *args],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def test_build_query_and_skip(tree: Path):
    first = kg(tree, "build")
    assert (first.returncode, first.stdout) == (0, "")
    assert "Built" in first.stderr
    assert "up to date" in kg(tree, "build").stderr
    answer = kg(tree, "query", "support-map", "--state", "PAK", "--date", "2026-01-01")
    assert "Mutual Defence Agreement" in answer.stdout
    assert "promised" in answer.stdout


def test_stdin_file_and_ask(built: config.Settings, tmp_path: Path):
    assert kg(built.root, "query", "-", "--format", "table", stdin="ASK {}").stdout == "yes\n"
    path = tmp_path / "q.rq"
    path.write_text("SELECT (1 AS ?x) {}", "utf-8")
    assert kg(built.root, "query", str(path), "--format", "csv").stdout == "x\n1\n"


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["query", "suport-map"], 2, "support-map"),
        (["query", "support-map", "--stat", "PAK"], 2, "no parameter 'stat'"),
        (["query", "support-map", "--date", "soon"], 2, "not a date"),
        (["query", "nowhere.rq"], 2, "cannot be read"),
        (["export", "--format", "turtle", "--graph", "nowhere"], 2, "There is no graph"),
        (["import", "nothing", "x"], 2, "There is no importer"),
        (["import", "dcad", "nowhere.csv"], 2, "nowhere.csv"),
        (["export", "--format", "docx"], 2, "docx"),
    ],
)
def test_misuse_is_one_line_and_exit_2(
    built: config.Settings, args: list[str], code: int, message: str
):
    done = kg(built.root, *args)
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"Pact of friendship"@en ;', '"Pact of friendship"@en', r"data/records/all.ttl:"),
        ("mq:Record ;", "nope:Record ;", "data/records/all.ttl:"),
    ],
)
def test_broken_turtle_names_the_place_and_keeps_the_last_build(
    tree: Path, old: str, new: str, message: str
):
    assert kg(tree, "build").returncode == 0
    path = tree / "data/records/all.ttl"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    done = kg(tree, "build")
    assert done.returncode == 2
    assert message in done.stderr
    assert kg(tree, "query", "claims-and-candidates").returncode == 0


def test_a_violation_fails_check_with_its_place_and_is_not_published(tree: Path):
    assert kg(tree, "build").returncode == 0
    path = tree / "data/records/all.ttl"
    text = path.read_text("utf-8").replace(
        'mq:signedOn "1954-04-02"^^xsd:date ;', 'mq:signedOn "2. April 1954" ;', 1
    )
    path.write_text(text, "utf-8")
    done = kg(tree, "check")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    first = next(line for line in lines if line.startswith("data/records/all.ttl:"))
    assert "signedOn" in first
    assert sum("Record-signedOn" in line for line in lines) == 1
    build = kg(tree, "build")
    assert build.returncode == 2
    assert "nothing was published" in build.stderr
    assert kg(tree, "query", "claims-and-candidates").returncode == 0


def test_a_folder_without_data_says_so(tmp_path: Path):
    done = kg(tmp_path, "build")
    assert done.returncode == 2
    assert "run in a repository" in done.stderr


def test_query_without_a_build_says_what_to_do(tree: Path):
    done = kg(tree, "query", "claims-and-candidates")
    assert done.returncode == 2
    assert "kg build" in done.stderr


@pytest.mark.parametrize("form", ["turtle", "trig", "nquads", "ntriples", "jsonld", "rdfxml"])
def test_export_is_read_back_to_as_many_quads(built: config.Settings, form: str, tmp_path: Path):
    from pyoxigraph import Store

    from kg.export import FORMATS
    from kg.store import open_built

    out = tmp_path / "out"
    assert kg(built.root, "export", "--format", form, "--out", str(out)).returncode == 0
    again = Store()
    again.bulk_load(path=str(out), format=FORMATS[form])
    store = open_built(built.build)
    whole = len(store)
    default = sum(1 for q in store if "DefaultGraph" in type(q.graph_name).__name__)
    assert len(again) == (whole if FORMATS[form].supports_datasets else default)


def test_fmt_check_finds_and_fmt_mends(tree: Path):
    assert kg(tree, "fmt").returncode == 0
    assert kg(tree, "fmt", "--check").returncode == 0
    path = tree / "data/records/all.ttl"
    path.write_text(path.read_text("utf-8") + "\n\n", "utf-8")
    done = kg(tree, "fmt", "--check")
    assert done.returncode == 1
    assert "all.ttl" in done.stdout


def test_unknown_setting_is_exit_3(tree: Path):
    (tree / "pyproject.toml").write_text("[tool.kg]\nport_number = 1\n", "utf-8")
    done = kg(tree, "query", "--list")
    assert done.returncode == 3
    assert "port_number" in done.stderr

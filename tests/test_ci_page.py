"""What docs/ci.md shows works as it stands there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
import yaml

from tests.conftest import EXAMPLE, ROOT
from tests.test_action import ACTION, Runner

PAGE = (ROOT / "docs/ci.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
YAML = [yaml.safe_load(text) for kind, text in BLOCKS if kind == "yaml"]
WORKFLOW = next(block for block in YAML if "jobs" in block)
GITLAB = next(block for block in YAML if "kg" in block)
HOOKS = next(block for block in YAML if "repos" in block)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "graph")
    return tmp_path


def run(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg.cli", *shlex.split(line)]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_newcomers_set_up_is_ten_lines():
    text = next(text for _, text in BLOCKS if "actions/checkout" in text)
    assert len(text.splitlines()) <= 10


def test_the_commands_run_in_order(tmp_path: Path):
    commands = re.findall(r"^\$ kg (.+)$", PAGE, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        done = run(tmp_path, command)
        assert done.returncode == 0, done.stderr


def test_the_workflow_runs(workspace: Path, tmp_path_factory: pytest.TempPathFactory):
    (steps,) = [job["steps"] for job in WORKFLOW["jobs"].values()]
    (ours,) = [step for step in steps if "mithaq" in step["uses"]]
    assert ours["with"].keys() <= ACTION["inputs"].keys()
    ended = Runner(tmp_path_factory.mktemp("runner"))(workspace, **ours["with"])
    assert ended.code == 0, ended.log
    upload = next(block for block in YAML if isinstance(block, list))
    assert upload[0]["with"]["sarif_file"] == ended.outputs["sarif"]


def test_every_input_and_output_is_on_the_page():
    for name, about in ACTION["inputs"].items():
        assert f"| `{name}` |" in PAGE
        assert not about["default"] or f"`{about['default']}`" in PAGE
    for name in ACTION["outputs"]:
        assert f"`{name}`" in PAGE


def test_the_job_for_gitlab_runs(workspace: Path):
    (line,) = GITLAB["kg"]["script"]
    done = run(workspace, line.removeprefix("kg "))
    assert done.returncode == 0, done.stderr
    report = workspace / GITLAB["kg"]["artifacts"]["reports"]["junit"]
    assert Xml.parse(report).getroot().tag == "testsuites"


def test_the_job_for_changes_builds_on_what_it_kept(workspace: Path):
    job = next(block for block in YAML if "check-changed" in block)["check-changed"]
    (line,), (kept,) = job["script"], job["cache"]["paths"]
    assert "Everything was checked" in run(workspace, line.removeprefix("kg ")).stdout
    assert (workspace / kept).is_dir()
    assert "0 files changed since" in run(workspace, line.removeprefix("kg ")).stdout


def test_the_hooks_are_ours():
    ours = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (repo,) = HOOKS["repos"]
    assert {hook["id"] for hook in repo["hooks"]} == {hook["id"] for hook in ours}


def test_the_settings_of_pytest_run(workspace: Path):
    text = next(text for kind, text in BLOCKS if kind == "toml")
    assert tomllib.loads(text)
    (workspace / "pyproject.toml").write_text(text, "utf-8")
    (command,) = re.findall(r"`pytest (.+?)`", PAGE)
    own = ["-p", "no:kg", "-p", "kg.pytest_plugin", "-p", "no:cacheprovider"]
    for options in ([], shlex.split(command)):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *own, *options],
            cwd=workspace,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=os.environ | {"COLUMNS": "200"},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "passed" in done.stdout

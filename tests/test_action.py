"""The GitHub Action does what its steps say, run as a runner runs them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.conftest import EXAMPLE, ROOT
from tests.packaged import bare_copy, environment

ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = ACTION["runs"]["steps"]


@dataclass
class Ended:
    """What a run of the action leaves."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


class Runner:
    """Run the `run` steps of the action in bash, with what GitHub gives them."""

    def __init__(self, home: Path) -> None:
        self.action = bare_copy(home / "action")
        self.temp = home / "temp"
        self.temp.mkdir()
        self.installed = False

    def __call__(self, workspace: Path, **inputs: str) -> Ended:
        files = {name: self.temp / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("", "utf-8")
        given = {name: about.get("default", "") for name, about in ACTION["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        env = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "KG_"))}
        env |= environment() | {name: str(file) for name, file in files.items()}
        env |= {"GITHUB_WORKSPACE": str(workspace), "RUNNER_TEMP": str(self.temp)}
        code, log = 0, ""
        for step in (step for step in STEPS if "run" in step and code == 0):
            if step["name"] == "Install kg" and self.installed:
                continue
            told = {name: self._value(str(v), given) for name, v in step.get("env", {}).items()}
            script = self.temp / "step.sh"
            script.write_text(step["run"], "utf-8")
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
                cwd=workspace,
                env=env | told,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=300,
                check=False,
            )
            code, log = done.returncode, log + done.stdout
        self.installed = True
        rows = files["GITHUB_OUTPUT"].read_text("utf-8").splitlines()
        outputs = dict(row.split("=", 1) for row in rows)
        return Ended(code, log, outputs, files["GITHUB_STEP_SUMMARY"].read_text("utf-8"))

    def _value(self, text: str, inputs: dict[str, str]) -> str:
        """Return what GitHub puts for the expressions that the action has."""
        known = {f"inputs.{name}": value for name, value in inputs.items()}
        known["github.action_path"] = str(self.action)
        return re.sub(r"\$\{\{\s*(.+?)\s*\}\}", lambda match: known[match[1]], text)


@pytest.fixture(scope="module")
def action(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    return Runner(tmp_path_factory.mktemp("runner"))


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A checkout with the example in a folder of it, and one violation."""
    shutil.copytree(EXAMPLE, tmp_path / "graph")
    path = tmp_path / "graph/data/records/books.ttl"
    path.write_text(path.read_text("utf-8").replace('"1377"', '"1177"'), "utf-8")
    return tmp_path


def test_a_finding_fails_with_annotation_summary_and_sarif(action: Runner, workspace: Path):
    ended = action(workspace, root="graph")
    assert ended.code == 1, ended.log
    assert "::error file=graph/data/records/books.ttl,line=" in ended.log
    assert "title=published-before-birth-violation::" in ended.log
    assert ended.outputs == {"exit-code": "1", "sarif": "kg-check.sarif"}
    assert ended.summary.startswith("## kg check failed")
    log = json.loads((workspace / "kg-check.sarif").read_text("utf-8"))
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "graph/data/records/books.ttl"


def test_a_clean_graph_passes(action: Runner, workspace: Path):
    shutil.copytree(EXAMPLE, workspace / "clean")
    ended = action(workspace, root="clean", strict="true", sarif="out/my file.sarif")
    assert ended.code == 0, ended.log
    assert "::error" not in ended.log
    assert ended.outputs["exit-code"] == "0"
    assert ended.summary.startswith("## kg check passed")
    assert (workspace / "out/my file.sarif").is_file()


def test_stages_and_baseline_are_inputs(action: Runner, workspace: Path):
    assert action(workspace, root="graph", stages="shacl").code == 0
    ended = action(workspace, root="graph", stages="shacl checks", baseline="nowhere.txt")
    assert ended.code == 3
    assert "nowhere.txt: no baseline here" in ended.log


def test_the_package_that_is_installed_is_whole(action: Runner, workspace: Path):
    action(workspace, root="graph", stages="checks")
    env = os.environ | environment()
    programs = action.temp / "kg/bin"
    for command in (
        ["kg", "init", "new"],
        ["kg", "--root", "new", "check", "--strict"],
        ["python", "-m", "pytest", "-p", "no:cacheprovider", "-W", "error", "--kg-root=new"],
    ):
        done = subprocess.run(
            [programs / command[0], *command[1:]],
            cwd=workspace,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert "kg ..." in done.stdout


def test_an_input_is_never_read_as_a_script(action: Runner, workspace: Path):
    evil = f'graph"; touch {workspace}/hit; echo "$(touch {workspace}/hit)`touch {workspace}/hit`'
    for name in ("root", "stages", "strict", "baseline", "sarif"):
        action(workspace, **{"root": "graph", name: evil})
    assert not (workspace / "hit").exists()


def test_no_expression_stands_in_a_script():
    for step in STEPS:
        assert "${{" not in step.get("run", "")
        assert "run" not in step or step["shell"] == "bash"


def test_inputs_and_outputs_are_described_and_used():
    text = (ROOT / "action.yml").read_text("utf-8")
    for name, about in (ACTION["inputs"] | ACTION["outputs"]).items():
        assert about["description"]
        assert re.search(rf"\$\{{\{{ (?:inputs|steps\.check\.outputs)\.{name}\b", text)

"""`kg init` writes a repository that works at once, and never over what is there."""

from __future__ import annotations

import json
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from kg import settings as config
from kg.errors import BadShapes
from tests.serving import serving
from tests.test_cli import kg


def init(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return kg(folder.parent, "init", str(folder), *args)


def test_a_new_repository_is_checked_built_asked_and_served(tmp_path: Path):
    root = tmp_path / "deep" / "new"
    root.parent.mkdir()
    done = init(root)
    assert done.returncode == 0, done.stderr
    assert [Path(line) for line in done.stdout.split()] == sorted(
        path for path in root.rglob("*") if path.is_file()
    )
    check = kg(root, "check", "--strict")
    assert (check.returncode, check.stdout) == (0, "0 violations, 0 warnings.\n")
    assert kg(root, "fmt", "--check").returncode == 0
    assert kg(root, "build").returncode == 0
    assert "Wheel" in kg(root, "query", "parts-of").stdout
    with serving(config.load(root, {})) as server:
        ask = urllib.parse.urlencode({"query": "SELECT * { ?s ?p ?o }", "format": "json"})
        with urllib.request.urlopen(f"{server.url}/sparql?{ask}", timeout=20) as reply:
            assert len(json.load(reply)["results"]["bindings"]) > 50
        for path in ("/", "/queries/parts-of.csv", "/openapi.json"):
            with urllib.request.urlopen(server.url + path, timeout=20) as reply:
                assert reply.status == 200


def test_a_new_repository_takes_its_base(tmp_path: Path):
    base = "https://data.example.net/z/"
    assert init(tmp_path / "new", "--base", base).returncode == 0
    text = "".join(p.read_text("utf-8") for p in (tmp_path / "new").rglob("*") if p.is_file())
    assert base in text
    assert "https://example.org" not in text
    assert kg(tmp_path / "new", "check", "--strict").returncode == 0
    assert kg(tmp_path / "new", "fmt", "--check").returncode == 0


def test_what_is_wrong_in_a_new_repository_is_found(tmp_path: Path):
    root = tmp_path / "new"
    init(root)
    path = root / "data/records/things.ttl"
    path.write_text(path.read_text("utf-8").replace('ns:name "Wheel" ;', ""), "utf-8")
    done = kg(root, "check")
    assert done.returncode == 1
    assert "data/records/things.ttl:" in done.stdout
    assert "shape/Thing-name" in done.stdout


def test_an_empty_folder_is_taken(tmp_path: Path):
    (tmp_path / "new").mkdir()
    assert init(tmp_path / "new").returncode == 0


@pytest.mark.parametrize("name", ["full", "file"])
def test_a_folder_that_holds_something_is_refused(name: str, tmp_path: Path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").write_text("mine", "utf-8")
    (tmp_path / "file").write_text("mine", "utf-8")
    done = init(tmp_path / name)
    assert done.returncode == 2
    assert "not an empty folder" in done.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "full", "mine.txt"]


def test_a_wrong_base_is_refused(tmp_path: Path):
    done = init(tmp_path / "new", "--base", "example.org")
    assert done.returncode == 2
    assert "no base of IRIs" in done.stderr
    assert not (tmp_path / "new").exists()


def test_a_byte_order_mark_in_the_settings_is_named(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("\ufeff[tool.kg]\n", "utf-8")
    with pytest.raises(BadShapes, match="byte order mark"):
        config.load(tmp_path, {})

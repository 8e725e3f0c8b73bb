"""The files of deploy/ are what their programs accept, where those are installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from kg.settings import load
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
PAGE = (ROOT / "docs/deploy.md").read_text("utf-8")


def test_page_names_every_file():
    for file in DEPLOY.iterdir():
        assert f"deploy/{file.name}" in PAGE or file.name == "Containerfile"


def test_settings_named_in_the_files_exist():
    texts = [file.read_text("utf-8") for file in DEPLOY.iterdir()]
    names = {name for text in texts for name in re.findall(r"\bKG_([A-Z_]+)=", text)}
    assert names
    load(ROOT, {f"KG_{name}": "1" for name in names if name not in ("HOST", "PORT")})


def test_commands_of_the_container_are_ours():
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    assert 'bin/kg", "serve"]' in text
    assert "kg" in scripts
    assert re.search(r"^RUN make build$", text, re.M)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_unit_is_one_that_systemd_reads(tmp_path: Path):
    unit = tmp_path / "mithaq.service"
    text = (DEPLOY / "mithaq.service").read_text("utf-8")
    unit.write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=60
    )
    assert "mithaq.service" not in done.stderr, done.stderr


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not here")
def test_proxy_is_one_that_nginx_reads(tmp_path: Path):
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}}\n"
        f"http {{ access_log off; include {DEPLOY}/nginx.conf; }}\n"
    )
    done = subprocess.run(
        ["nginx", "-t", "-c", str(conf), "-p", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr

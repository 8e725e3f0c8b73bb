"""The files of deploy/ are what their programs accept, where those are installed."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from kg.cli import cli
from kg.settings import Settings, load
from tests.conftest import ROOT
from tests.peers import environment, free_port, nginx_program
from tests.serving import serving, wait

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


needs_nginx = pytest.mark.skipif(
    nginx_program() is None, reason="nginx is not here; `make virtuoso` unpacks it"
)


def nginx(place: Path, *options: str, site: Path = DEPLOY / "nginx.conf") -> list[str]:
    conf = place / "whole.conf"
    temporary = " ".join(
        f"{kind}_temp_path {place}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf.write_text(
        f"pid {place}/pid; error_log {place}/log; daemon off; master_process off; events {{}}\n"
        f"http {{ access_log off; {temporary} include {site}; }}\n"
    )
    return [str(nginx_program()), "-c", str(conf), "-p", str(place), *options]


@needs_nginx
def test_proxy_is_one_that_nginx_reads(tmp_path: Path):
    done = subprocess.run(
        nginx(tmp_path, "-t"),
        capture_output=True,
        text=True,
        timeout=60,
        env=environment("nginx"),
    )
    assert done.returncode == 0, done.stderr


@needs_nginx
def test_server_behind_the_proxy(built: Settings, tmp_path: Path):
    """The client is the one that the proxy names, answers have tags, large ones come through."""
    port, log = free_port(), tmp_path / "access.jsonl"
    with serving(built, access_log=log) as server:
        text = (DEPLOY / "nginx.conf").read_text("utf-8")
        site = tmp_path / "site.conf"
        text = text.replace("127.0.0.1:8010", f"127.0.0.1:{server.port}")
        site.write_text(text.replace("listen 8080", f"listen 127.0.0.1:{port}"))
        command = nginx(tmp_path, site=site)
        with subprocess.Popen(command, env=environment("nginx")) as process:
            try:
                url = f"http://127.0.0.1:{port}"
                wait(f"{url}/readyz", process)
                fields = {"X-Forwarded-For": "203.0.113.7"}
                status, tag, _ = get(f"{url}/queries/members-of.csv", fields)
                assert (status, bool(tag)) == (200, True)
                assert get(f"{url}/queries/members-of.csv", {"If-None-Match": tag})[0] == 304
                status, _, body = get(f"{url}/store?format=nt&default", fields)
                assert (status, body[-1:]) == (200, b"\n")
                assert get(f"{url}/metrics", fields)[0] == 200
            finally:
                process.terminate()
                process.wait(10)
    clients = {json.loads(line)["client"] for line in log.read_text("utf-8").splitlines()}
    assert clients <= {"127.0.0.1", "203.0.113.7"}
    assert "203.0.113.7" in clients


def get(url: str, fields: dict[str, str]) -> tuple[int, str, bytes]:
    try:
        asked = urllib.request.Request(url, headers=fields)
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return answer.status, answer.headers.get("ETag", ""), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, "", b""


def test_commands_of_the_page_are_ours():
    for line in re.findall(r"^\$ kg (.+)$", PAGE, re.M):
        name, *words = shlex.split(line.removesuffix(" &"))
        command = cli.commands[name]
        with command.make_context(name, words, obj=load(ROOT, {})):
            pass


def test_container_names_no_registry():
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    for image in re.findall(r"^FROM (\S+)", text, re.M):
        assert "." not in image.split("/")[0].split(":")[0]

"""`kg serve` serves RDF that is not ours, and what is written to it survives the server."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from kg.settings import Settings
from tests.live import TOKEN, send
from tests.serving import Running, serving
from tests.test_cli import kg

TTL = "<http://e/a> <http://e/p> 1, _:x .\n"
TRIG = "<http://e/g> { <http://e/a> <http://e/p> 2, _:x }\n"
COUNT = {"query": "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"}
WRITER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "one.ttl").write_text(TTL, "utf-8")
    (tmp_path / "two.trig").write_text(TRIG, "utf-8")
    return ["--data", str(tmp_path / "one.ttl"), "--data", str(tmp_path / "two.trig")]


def count(server: Running) -> int:
    headers = {"Accept": "text/csv"}
    return int(send(server, "GET", "/sparql", parameters=COUNT, headers=headers).text.split()[1])


def insert(server: Running, number: int) -> int:
    text = f"INSERT DATA {{ <http://e/{number}> <http://e/p> {number} }}"
    return send(server, "POST", "/sparql", form={"update": text}, headers=WRITER).status


def test_files_are_served_read_only(built: Settings, tmp_path: Path, files: list[str]):
    with serving(built, *files, build=tmp_path / "none/current") as server:
        assert count(server) == 4
        assert insert(server, 1) == 403
        assert send(server, "GET", "/store?graph=http://e/g").status == 200
        assert send(server, "GET", "/").status == 200


def test_empty_store_is_served(built: Settings, tmp_path: Path):
    with serving(built, "--empty", build=tmp_path / "none/current") as server:
        assert count(server) == 0
        assert send(server, "GET", "/store").status == 200


def test_graph_is_named_by_the_address_as_it_was_sent(built: Settings, tmp_path: Path):
    options = {"write_folder": tmp_path / "written", "write_token": TOKEN}
    with serving(built, "--writable", "--empty", **options) as server:
        for path in ("/store/%C3%A9", "/store/a%2Fb"):
            headers = WRITER | {"Content-Type": "text/turtle"}
            sent = send(server, "PUT", path, body="<> <p> 1 .", headers=headers)
            assert sent.status == 201
            found = send(server, "GET", path, headers={"Accept": "application/n-triples"})
            assert found.text.startswith(f"<{server.url}{path}>")


def test_writes_survive_a_server_that_is_killed(built: Settings, tmp_path: Path, files: list[str]):
    options = {"build": tmp_path / "none/current", "write_folder": tmp_path / "written"}
    with serving(built, "--writable", *files, write_token=TOKEN, **options) as server:
        assert [insert(server, number) for number in range(5)] == [204] * 5
        server.process.kill()
        server.process.wait()
    with serving(built, "--writable", "--empty", write_token=TOKEN, **options) as server:
        assert count(server) == 9
        second = kg_serve(built, tmp_path)
        assert second.returncode == 2
        assert "another server writes here" in second.stderr


def kg_serve(built: Settings, home: Path) -> subprocess.CompletedProcess[str]:
    """Start a second server on the same folder, by the settings of the environment."""
    import os

    before = dict(os.environ)
    os.environ |= {
        "KG_WRITE_TOKEN": TOKEN,
        "KG_WRITE_FOLDER": str(home / "written"),
        "KG_PORT": "0",
    }
    try:
        return kg(built.root, "serve", "--writable", "--empty")
    finally:
        os.environ.clear()
        os.environ.update(before)


def test_writing_without_a_token_does_not_start(built: Settings):
    began = time.monotonic()
    done = kg(built.root, "serve", "--writable", "--port", "0")
    assert (done.returncode, "KG_WRITE_TOKEN" in done.stderr) == (3, True)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--empty", "--data", "{file}"], "One of"),
        (["--data", "nothing.ttl"], "nothing.ttl"),
        (["--data", "{file}"], "bad.ttl:2:"),
    ],
)
def test_misuse_is_exit_2(built: Settings, tmp_path: Path, options: list[str], told: str):
    bad = tmp_path / "bad.ttl"
    bad.write_text("<http://e/a> <http://e/p> 1 .\n<a", "utf-8")
    done = kg(built.root, "serve", "--port", "0", *(o.format(file=bad) for o in options))
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr

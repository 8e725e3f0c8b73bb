"""The built graph behind the real application: merged identifiers, the port, the prefixes."""

from __future__ import annotations

import csv
import socket

import pytest
from flask.testing import FlaskClient

from kg import settings as config
from kg.turtle import read
from kg.vocab import PREFIXES
from kg.web import create_app
from tests.conftest import ROOT
from tests.test_cli import kg


@pytest.fixture(scope="module")
def client(built: config.Settings):
    app = create_app(built)
    yield app.test_client()
    app.extensions["kg"].close()


def test_a_merged_agreement_redirects_to_its_successor(client: FlaskClient):
    answer = client.get("/id/agreement/PAK-SAU-2025-09-17-2", headers={"Accept": "text/html"})
    assert answer.status_code == 301
    assert answer.headers["Location"].endswith("/id/agreement/PAK-SAU-2025-09-17")


def test_the_essays_treaty_leads_to_its_candidates(client: FlaskClient):
    answer = client.get("/find?q=Treaty of Strategic Cooperation between Pakistan and Turkey")
    assert answer.status_code == 200
    assert "Joint Declaration on Strategic Cooperation" in answer.text
    assert "The closest title." in answer.text


def sorted_cells(text: str) -> list[list[list[str]]]:
    """Read a CSV; the parts of a joined cell have no order of their own in SPARQL."""
    return [[sorted(cell.split(" | ")) for cell in row] for row in csv.reader(text.splitlines())]


def test_saved_query_over_http_is_the_one_of_the_command_line(
    client: FlaskClient, built: config.Settings
):
    over_http = client.get("/queries/support-map.csv?state=PAK&date=2026-01-01")
    line = kg(built.root, "query", "support-map", "--state", "PAK", "--format", "csv")
    assert sorted_cells(over_http.text) == sorted_cells(line.stdout)


def test_a_port_in_use_is_one_line_and_exit_2(built: config.Settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = kg(built.root, "serve", "--port", port)
    assert done.returncode == 2
    assert f"Cannot listen on 127.0.0.1:{port}" in done.stderr


def test_the_prefix_file_mirrors_the_vocabulary():
    triples = read((ROOT / "ontology/prefixes.ttl").read_bytes(), "prefixes.ttl")
    facts = {(t.subject, t.predicate.value.rsplit("#")[-1]): t.object for t in triples}
    nodes = {subject for subject, name in facts if name == "prefix"}
    declared = {facts[n, "prefix"].value: facts[n, "namespace"].value for n in nodes}
    assert declared == PREFIXES

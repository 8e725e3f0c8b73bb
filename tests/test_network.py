"""The network, its picture and the map say what the graph says of the day, and refuse nonsense."""

from __future__ import annotations

import csv
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from kg.web import create_app
from tests.test_web import HTML


@pytest.fixture(scope="module")
def client(built):
    app = create_app(built)
    yield app.test_client()
    app.extensions["kg"].close()


def links(client, **wish: object) -> dict[tuple[str, str], dict]:
    found = client.get("/network.json", query_string=wish).json
    return {(one["source"], one["target"]): one for one in found["links"]}


def test_a_link_is_there_while_its_agreement_is_in_force(client):
    everything = {"domain": "", "unknown": "0"}
    assert ("PAK", "TUR") in links(client, on="1955-01-01", **everything)
    assert ("PAK", "TUR") not in links(client, on="1954-01-01", **everything)
    link = links(client, on="1955-01-01", **everything)["PAK", "TUR"]
    assert "PAK-TUR-1954-04-02" in link["agreements"]
    assert link["known"] >= 1


def test_not_known_is_counted_apart(client):
    both = client.get("/network.json?domain=&on=2020-01-01").json["links"]
    only = client.get("/network.json?domain=&on=2020-01-01&unknown=0").json["links"]
    assert sum(one["unknown"] for one in both) > 0
    assert all(one["unknown"] == 0 and one["known"] for one in only)


def test_a_promise_makes_a_link_strong(client):
    found = links(client, on="1955-01-01", domain="", strength="promised")
    assert found
    assert all(one["strength"] == "promised" and one["kinds"] for one in found.values())
    kind = next(iter(found.values()))["kinds"][0]
    assert set(links(client, on="1955-01-01", domain="", kind=kind)) <= {
        *links(client, on="1955-01-01", domain="")
    }


def test_nodes_count_their_links(client):
    found = client.get("/network.json?domain=&on=2010-01-01").json
    for node in found["nodes"]:
        ends = [one for one in found["links"] if node["id"] in (one["source"], one["target"])]
        assert node["links"] == len(ends)
    assert found["counts"]["links"] == len(found["links"])


def test_links_of_one_state(client):
    assert all("PAK" in pair for pair in links(client, of="PAK", domain="", on="2024-01-01"))


def test_page_has_picture_and_table(client):
    page = client.get("/network?domain=&on=1955-01-01", headers=HTML).text
    assert "<svg" in page
    assert 'href="/page/agreement/PAK-TUR-1954-04-02?on=1955-01-01"' in page


def test_picture_is_svg_without_styles(client):
    response = client.get("/network.svg?domain=&on=1955-01-01")
    assert response.mimetype == "image/svg+xml"
    root = ET.fromstring(response.text.strip())
    assert root.tag.endswith("svg")
    assert "style=" not in response.text


@pytest.mark.parametrize(("on", "kinds"), [("1955-01-01", {False}), ("2010-01-01", {True})])
def test_members_are_full_and_others_hollow_and_the_key_says_so(client, on, kinds):
    nodes = client.get(f"/network.json?domain=&on={on}").json["nodes"]
    root = ET.fromstring(client.get(f"/network.svg?domain=&on={on}").text.strip())
    space = "{http://www.w3.org/2000/svg}"
    full = {
        one.get("href").partition("?")[0]: one.find(f".//{space}circle").get("fill") != "#fbfaf6"
        for one in root.iter(f"{space}a")
    }
    assert kinds == set(full.values())
    assert full == {one["page"]: one["member"] for one in nodes if one["page"] in full}
    key = root.find(f"{space}g[@class='key']")
    assert "member" in key[1].text
    assert "partner" in key[3].text
    page = client.get(f"/network?on={on}", headers=HTML).text
    assert key[1].text in page
    assert key[3].text in page


def test_lines_of_the_picture_are_the_links(client):
    wish = "domain=&on=1955-01-01"
    links = client.get(f"/network.json?{wish}").json["links"]
    root = ET.fromstring(client.get(f"/network.svg?{wish}").text.strip())
    lines = list(root.iter("{http://www.w3.org/2000/svg}path"))
    assert sum(path.get("d").count("M") for path in lines) == len(links)
    unsure = [path for path in lines if "unsure" in path.get("class")]
    assert sum(path.get("d").count("M") for path in unsure) == sum(
        not one["known"] for one in links
    )


@pytest.mark.parametrize(
    "arguments", ["on=yesterday", "on=2020-13-01", "domain=nope", "kind=x", "of=XXX", "form=3"]
)
def test_nonsense_is_400(client, arguments):
    response = client.get(f"/network.json?{arguments}")
    assert response.status_code == 400


def test_map_is_on_the_start_with_its_table(client):
    page = client.get("/?on=2010-01-01", headers=HTML).text
    assert 'class="land"' in page
    assert "imply no view on the status of any territory" in page
    assert 'href="/page/state/PAK' in page


@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("agreements-of-members?", "map"),
        ("agreements-by-decade?", "chart"),
        ("edge-list?date=1955-01-01&", "network"),
    ],
)
def test_answer_is_shown_as_its_columns_fit(client, name: str, view: str):
    page = client.get(f"/queries/{name}", headers=HTML).text
    assert f"view={view}" in page
    table = client.get(f"/queries/{name}view=table", headers=HTML).text
    assert "<table" in table
    assert len(table) < len(page)


def test_answer_tells_how_to_ask_for_it(client):
    page = client.get("/queries/support-map?state=TUR&date=2020-01-01", headers=HTML).text
    assert "pandas.read_csv" in page
    assert "curl" in page
    assert "id/state/TUR&gt;" in page


def test_on_is_the_day_of_a_query_that_has_one(client):
    page = client.get("/queries/edge-list?on=1999-01-01", headers=HTML).text
    assert 'value="1999-01-01"' in page


def test_day_of_a_question_is_the_day_of_the_page(client):
    page = client.get("/queries/who-must-defend-whom", headers=HTML).text
    day = re.search(r'id="p-date"[^>]*value="([^"]*)"', page)[1]
    assert day == client.get("/network.json").json["on"]
    assert "2018-12-31" not in page.partition("The query in SPARQL")[0]


def test_prefixes_terms_and_labels_for_an_editor(client):
    told = client.get("/vocabulary.json").json
    assert told["prefixes"]["mq"].endswith("ns#")
    assert {one["kind"] for one in told["terms"]} == {"class", "property"}
    pak = "https://w3id.org/mithaq/id/state/PAK"
    named = client.post("/labels", data={"iri": [pak, "urn:x"]}).json
    assert named[pak] == {"label": "Pakistan", "page": "/page/state/PAK", "short": "state:PAK"}
    assert named["urn:x"]["label"] == ""


def test_files_have_the_links_that_are_shown(client):
    wish = "domain=&on=1955-01-01&unknown=0"
    shown = client.get(f"/network.json?{wish}").json["links"]
    page = client.get(f"/network?{wish}", headers=HTML).text
    table = list(
        csv.DictReader(client.get(f"/network.csv?{wish}").data.decode("utf-8-sig").splitlines())
    )
    assert [(row["a"], row["b"], int(row["in_force"])) for row in table] == [
        (one["source"], one["target"], one["known"]) for one in shown
    ]
    pair = next(row for row in table if (row["a"], row["b"]) == ("PAK", "TUR"))
    assert (pair["cowA"], pair["cowB"]) == ("770", "640")
    assert "PAK-TUR-1954-04-02" in pair["agreements"].split("; ")
    graph = ET.fromstring(client.get(f"/network.graphml?{wish}").data)
    edges = graph.findall(".//{http://graphml.graphdrawing.org/xmlns}edge")
    assert len(edges) == len(shown)
    for suffix in ("csv", "tsv", "xlsx", "parquet", "graphml", "gexf"):
        assert f"/network.{suffix}?" in page
        assert client.get(f"/network.{suffix}?{wish}", buffered=True).status_code == 200
    assert client.get("/network.docx").status_code == 404


@pytest.mark.parametrize("path", ["/page/state/PAK?on=1955-01-01", "/between/PAK/TUR"])
def test_files_of_a_page_are_there(client, path):
    page = client.get(path, headers=HTML).text
    found = set(re.findall(r'href="(/queries/[a-z-]+\.\w+\?[^"]+)"', page))
    assert len(found) >= 10
    for address in found:
        answer = client.get(address.replace("&amp;", "&"), buffered=True)
        assert answer.status_code == 200, (address, answer.text)
    assert not any("support-map" in one and "1955-01-01" not in one for one in found)


def test_browsers_find_an_icon(client):
    with client.get("/favicon.ico") as answer:
        assert answer.data[:4] == b"\x00\x00\x01\x00"


@pytest.fixture(scope="module")
def of_lives(lives):
    app = create_app(replace(lives, workers=1))
    yield app.test_client()
    app.extensions["kg"].close()


def test_nobody_is_bound_to_a_state_that_does_not_exist(of_lives):
    everything = {"domain": "", "form": ""}
    assert ("IRN", "SUN") in links(of_lives, on="1991-12-31", **everything)
    assert ("AZE", "IRN") not in links(of_lives, on="1991-12-25", **everything)
    later = links(of_lives, on="1992-01-01", **everything)
    assert ("AZE", "IRN") in later
    assert not [pair for pair in later if "SUN" in pair]
    assert ("CHN", "IRN") in later

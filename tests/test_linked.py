"""Each IRI answers: with a page, with data in every format, or with what took its place."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
import rdflib
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from kg import settings as config
from kg.build import build
from kg.dumps import write as write_dumps
from kg.settings import Settings
from kg.vocab import BASE
from kg.web import create_app
from kg.web.frozen.graph import Frozen
from tests.peers import environment, rapper_program

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PACT = "agreement/PAK-TUR-1954-04-02"
FORMATS = {
    "ttl": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
    "trig": RdfFormat.TRIG,
    "nq": RdfFormat.N_QUADS,
}


def served(settings: Settings):
    """Return a client of the graph of these settings, which is in this process."""
    site = Frozen(settings, {})
    app = create_app(settings, serving=site)
    return app.test_client()


@pytest.fixture(scope="module")
def client(built: Settings, tmp_path_factory: pytest.TempPathFactory):
    """The mini repository, with its dumps and panels."""
    from dataclasses import replace

    from kg.queries import load

    folder = tmp_path_factory.mktemp("dumps") / "dumps"
    write_dumps(built.build, folder, panels=True)
    settings = replace(built, dumps=folder)
    site = Frozen(settings, load(settings.root / "queries"))
    return create_app(settings, serving=site).test_client()


def triples(body: bytes, form: RdfFormat) -> set[object]:
    return {quad.triple for quad in parse(body, form)}


def test_every_iri_of_the_graph_answers(client, mini_store: Store):
    found = {
        term.value
        for quad in mini_store
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
        if isinstance(term, NamedNode) and term.value.startswith(BASE)
    }
    assert len(found) > 300
    bad = []
    for iri in sorted(found):
        path = "/" + iri.removeprefix(BASE).partition("#")[0]
        for headers in ({"Accept": "text/turtle"}, HTML):
            answer = client.get(path, headers=headers, follow_redirects=True)
            if answer.status_code != 200:
                bad.append(f"{answer.status_code} {iri}")
    assert not bad, "\n".join(bad)


def test_every_format_says_the_same(client):
    found = {
        name: triples(client.get(f"/data/{PACT}.{name}").data, form)
        for name, form in FORMATS.items()
    }
    assert len(found["nt"]) > 80
    for name, said in found.items():
        assert said == found["nt"], name


def test_data_of_an_agreement_has_its_records_and_their_parts(client):
    text = client.get(f"/data/{PACT}.nt").text
    for part in ("record/handbook/1>", "record/news/1>", "record/handbook/1/commitment/2>"):
        assert f"<{BASE}id/{part} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>" in text
    trig = client.get(f"/data/{PACT}.trig").data
    graphs = {str(quad.graph_name) for quad in parse(trig, RdfFormat.TRIG)}
    assert f"<{BASE}graph/news>" in graphs


def test_json_ld_is_nested_and_needs_nothing_from_elsewhere(client):
    made = json.loads(client.get(f"/data/{PACT}.jsonld").data)
    assert isinstance(made["@context"], dict)
    assert made["id"] == "agr:PAK-TUR-1954-04-02"
    assert made["party"] == ["state:PAK", "state:TUR"]
    assert {one["kind"] for one in made["commitment"]} == {"sch:commitment-kind/consultation"}
    assert {one["source"] for one in made["record"]} == {
        "item:source/handbook",
        "item:source/news",
    }
    whole = json.loads(client.get("/context.jsonld").data)["@context"]
    for name, meaning in made["@context"].items():
        assert whole[name] == meaning, name


def test_rdflib_reads_our_json_ld_as_our_turtle(client):
    one = rdflib.Graph().parse(data=client.get(f"/data/{PACT}.jsonld").text, format="json-ld")
    two = rdflib.Graph().parse(data=client.get(f"/data/{PACT}.ttl").text, format="turtle")
    assert set(one) == set(two)


@pytest.mark.skipif(not rapper_program(), reason="no rapper; `make virtuoso` unpacks it")
@pytest.mark.parametrize("path", [f"/data/{PACT}", "/data/state/PAK", "/ns", "/shapes"])
def test_raptor_counts_as_many_triples_as_we_do(client, path: str, tmp_path: Path):
    names = {"ttl": "turtle", "nt": "ntriples", "rdf": "rdfxml"}
    counts = {}
    for suffix, parser in names.items():
        file = tmp_path / f"x.{suffix}"
        file.write_bytes(client.get(f"{path}.{suffix}").data)
        told = subprocess.run(
            [str(rapper_program()), "-q", "-i", parser, "-o", "ntriples", str(file)],
            env=environment("rapper"),
            capture_output=True,
            text=True,
            check=True,
        )
        counts[suffix] = len(set(told.stdout.splitlines()))
    ours = triples(client.get(f"{path}.nt").data, RdfFormat.N_TRIPLES)
    assert set(counts.values()) == {len(ours)}, counts


def test_answers_say_where_their_other_forms_are(client):
    answer = client.get("/data/state/PAK", headers={"Accept": "application/ld+json"})
    assert answer.headers["Content-Location"] == "/data/state/PAK.jsonld"
    links = answer.headers.getlist("Link")
    assert '</page/state/PAK>; rel="alternate"; type="text/html"' in links
    assert any('rel="license"' in one for one in links)
    assert any("/data/state/PAK.ttl" in one and 'rel="alternate"' in one for one in links)
    page = client.get("/page/state/PAK", headers=HTML)
    assert any('rel="canonical"' in one for one in page.headers.getlist("Link"))
    assert '</data/state/PAK>; rel="describedby"' in page.headers.getlist("Link")


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/id/state/PAK/", "/id/state/PAK"),
        ("/id/state/pak", "/id/state/PAK"),
        ("/id/STATE/Pak.ttl", "/id/state/PAK.ttl"),
        ("/page/state/pak", "/page/state/PAK"),
        ("/data/state/pak.nt", "/data/state/PAK.nt"),
        ("/id/state/PAK%23this", "/id/state/PAK"),
        ("/scheme/domain/DEFENCE?format=nt", "/scheme/domain/defence?format=nt"),
        ("/id/agreement/PAK-SAU-2025-09-17-2", "/id/agreement/PAK-SAU-2025-09-17"),
        ("/page/agreement/PAK-SAU-2025-09-17-2", "/page/agreement/PAK-SAU-2025-09-17"),
        ("/data/agreement/PAK-SAU-2025-09-17-2.ttl", "/data/agreement/PAK-SAU-2025-09-17.ttl"),
    ],
)
def test_an_address_written_otherwise_is_sent_to_the_right_one(client, path: str, target: str):
    answer = client.get(path)
    assert answer.status_code == 301
    assert answer.headers["Location"] == target


def test_unknown_is_404_and_suggests(client):
    answer = client.get("/id/agreement/PAK-TUR-1954-04-03")
    assert answer.status_code == 404
    assert answer.json["nearest"][0] == f"{BASE}id/{PACT}"
    assert answer.json["suggestions"][0]["href"] == f"/page/{PACT}"
    assert "Did you mean" in answer.json["hint"]
    assert client.get("/id/state/PAK", headers={"Accept": "image/png"}).status_code == 406
    assert client.get("/id/state/PAK?format=docx").status_code == 406


def test_withdrawn_is_410_and_says_why(built: Settings, tmp_path: Path):
    client = served(built)
    site = client.application.extensions["kg"]
    old, note = (
        NamedNode(BASE + "id/party/OLD"),
        NamedNode("http://www.w3.org/2004/02/skos/core#note"),
    )
    from pyoxigraph import Literal

    gone = NamedNode("http://www.w3.org/2002/07/owl#deprecated")
    xsd = NamedNode("http://www.w3.org/2001/XMLSchema#boolean")
    site.store.add(Quad(old, gone, Literal("true", datatype=xsd)))
    site.store.add(Quad(old, note, Literal("It was never a party.")))
    answer = client.get("/id/party/OLD")
    assert answer.status_code == 410
    assert "It was never a party." in answer.json["detail"]
    split = NamedNode(BASE + "id/party/SPLIT")
    into = NamedNode("http://purl.org/dc/terms/isReplacedBy")
    for key in ("PAK", "TUR"):
        site.store.add(Quad(split, into, NamedNode(f"{BASE}id/state/{key}")))
    answer = client.get("/page/party/SPLIT", headers=HTML)
    assert answer.status_code == 410
    answer = client.get("/id/party/SPLIT")
    assert answer.json["successors"] == [f"{BASE}id/state/{key}" for key in ("PAK", "TUR")]


def test_reference_has_an_anchor_for_each_term(client):
    page = client.get("/ns", headers=HTML).text
    data = client.get("/ns.nt").text
    names = set(re.findall(rf"<{re.escape(BASE)}ns#(\w+)> <[^>]*#type> <[^>]*owl#\w+>", data))
    assert len(names) > 100
    assert names <= set(re.findall(r'<section class="term" id="(\w+)"', page))
    assert "Agreement for Friendly Co-operation between Pakistan and Turkey, 1954." in page
    assert client.get("/ns/signedOn").headers["Location"] == "/ns#signedOn"
    assert client.get("/ns/0.1.0").headers["Location"] == "/ns"
    assert client.get("/ns/9.9").status_code == 404


def test_scheme_is_a_tree(client):
    page = client.get("/page/scheme/domain", headers=HTML).text
    assert page.count('class="tree"') > 1
    assert 'id="collective-defence"' in page
    assert client.get("/schemes", headers=HTML).status_code == 200
    assert b"ConceptScheme" in client.get("/schemes").data


@pytest.mark.parametrize("path", ["/prefixes", "/shapes", "/ns", "/schemes"])
def test_vocabulary_is_page_or_data(client, path: str):
    assert client.get(path, headers=HTML).mimetype == "text/html"
    assert client.get(path, headers={"Accept": "text/turtle"}).mimetype == "text/turtle"


def test_catalogue_has_every_file_with_its_checksum(client):
    graph = rdflib.Graph().parse(data=client.get("/dcat.ttl").text, format="turtle")
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    files = list(graph.subjects(rdflib.RDF.type, dcat.Distribution))
    assert len(files) == 8
    sums = client.get("/dumps/SHA256SUMS", buffered=True).text
    for file in files:
        name = str(graph.value(file, dcat.downloadURL)).rpartition("/")[2]
        body = client.get(f"/dumps/{name}", buffered=True).data
        assert int(graph.value(file, dcat.byteSize)) == len(body)
        import hashlib

        assert f"{hashlib.sha256(body).hexdigest()}  {name}" in sums
    assert list(graph.objects(None, rdflib.DCTERMS.spatial))
    assert list(graph.objects(None, dcat.startDate))
    assert client.get("/void.ttl").text.count("void:dataDump") == 8
    assert "mithaq.trig.gz" in client.get("/downloads", headers=HTML).text


def test_dump_comes_in_the_coding_that_the_client_takes(client, mini_store: Store):
    plain = client.get("/dumps/mithaq.nq", headers={"Accept-Encoding": "identity"}, buffered=True)
    assert len(list(parse(plain.data, RdfFormat.N_QUADS))) == len(mini_store)
    zstd = client.get("/dumps/mithaq.nq", headers={"Accept-Encoding": "gzip, zstd"}, buffered=True)
    assert zstd.headers["Content-Encoding"] == "zstd"
    gzip = client.get("/dumps/mithaq.nq", headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert gzip.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in client.get("/dumps/mithaq.nq.gz", buffered=True).headers
    part = client.get("/dumps/mithaq.nq.gz", headers={"Range": "bytes=0-9"}, buffered=True)
    assert (part.status_code, len(part.data)) == (206, 10)
    assert client.get("/dumps/../manifest.json").status_code == 404


def test_sitemap_and_robots(client):
    index = ElementTree.fromstring(client.get("/sitemap.xml").data)
    assert [one.text for one in index.iter() if one.tag.endswith("loc")] == [
        "http://localhost/sitemap-1.xml"
    ]
    part = ElementTree.fromstring(client.get("/sitemap-1.xml").data)
    pages = [str(one.text) for one in part.iter() if one.tag.endswith("loc")]
    assert f"http://localhost/page/{PACT}" in pages
    assert len(pages) == len(set(pages)) <= 50_000
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text
    assert client.get("/sitemap-2.xml").status_code == 404


def test_panels_are_streamed_with_their_codebook(client):
    answer = client.get("/panels/dyad-year.csv?source=all&from=1954&to=1955")
    lines = answer.text.splitlines()
    assert lines[0].startswith("year,")
    assert {line[:4] for line in lines[1:]} == {"1954", "1955"}
    book = client.get("/panels/dyad-year.csv-metadata.json?source=all&from=1954&to=1955").json
    assert book["url"].endswith("/panels/dyad-year.csv?source=all&directed=true&from=1954&to=1955")
    assert client.get("/panels/dyad-year.parquet", buffered=True).data[:4] == b"PAR1"
    assert client.get("/panels/dyad-year.csv?source=mine").status_code == 422
    assert client.get("/panels/dyad-year.csv?years=5").status_code == 422


def test_schema_org_is_in_pages_and_breaks_out_of_nothing(client):
    page = client.get(f"/page/{PACT}", headers=HTML).text
    found = re.search(r'<script type="application/ld\+json">\n(.*?)</script>', page, re.DOTALL)
    assert found
    made = json.loads(found[1])
    assert made["@type"] == "Legislation"
    assert {one["name"] for one in made["contributor"]} == {"Pakistan", "Türkiye"}
    assert made == json.loads(client.get(f"/schema-org/{PACT}").data)
    assert json.loads(client.get("/schema-org").data)["@type"] == "Dataset"
    assert "<" not in found[1]


def test_another_base_works_end_to_end(mini: Path, tmp_path: Path):
    other = "https://example.org/treaties/"
    root = Path(shutil.copytree(mini, tmp_path / "repo", ignore=shutil.ignore_patterns("build")))
    # What speaks of things, not of the vocabulary: data, shapes, checks, questions.
    for path in (p for p in root.rglob("*") if p.suffix in (".ttl", ".rq")):
        if path.parent.name == "rules":
            continue
        text = path.read_text("utf-8")
        for way in ("id", "graph"):
            text = text.replace(f"{BASE}{way}/", f"{other}{way}/")
            text = text.replace(f"w3id\\\\.org/mithaq/{way}/", f"example\\\\.org/treaties/{way}/")
        path.write_text(text, "utf-8")
    settings = config.load(root, {"KG_BASE_IRI": other})
    build(settings)
    from kg.queries import load

    site = Frozen(settings, load(root / "queries"))
    client = create_app(settings, serving=site).test_client()
    answer = client.get("/id/state/PAK", headers=HTML)
    assert answer.headers["Location"] == "/page/state/PAK"
    page = client.get(f"/page/{PACT}", headers=HTML).text
    assert 'href="/page/state/PAK"' in page
    assert 'href="/page/graph/handbook"' in client.get(f"/statements/{PACT}", headers=HTML).text
    assert f"{other}id/{PACT}" in page
    data = client.get(f"/data/{PACT}.nt").text
    assert f"<{other}id/record/handbook/1>" in data
    assert f"{BASE}id/" not in data
    assert client.get("/scheme/domain/defence", headers=HTML).status_code == 303
    assert client.get("/page/scheme/domain/defence", headers=HTML).status_code == 200
    rows = client.get("/queries/agreements-between.json?a=PAK&b=TUR").json["results"]["bindings"]
    assert rows[0]["agreement"]["value"].startswith(f"{other}id/agreement/")
    assert f"/page/{PACT}" in client.get("/sitemap-1.xml").text

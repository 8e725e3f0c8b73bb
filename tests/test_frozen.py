"""The site as files: every link leads somewhere, every file is what the server answers."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import rdflib
import zstandard
from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat, parse

from kg import describe, dumps
from kg.errors import BadData, BadParameter, KgError
from kg.settings import Settings
from kg.store import open_built
from kg.vocab import BASE, MQ, PREFIXES, RDF_TYPE
from kg.web.dossier import PARTS
from kg.web.frozen import dead, export
from kg.web.frozen.addresses import Links, file_of
from kg.web.frozen.graph import Frozen
from kg.web.frozen.write import Writer
from kg.web.site import Site
from tests.peers import environment, rapper_program


@pytest.fixture(scope="module")
def made(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mini repository as files."""
    out = tmp_path_factory.mktemp("frozen") / "site"
    seen = []
    found = export(built, out, processes=2, step=lambda done, all_: seen.append((done, all_)))
    assert not found.missing
    assert seen[-1][0] == seen[-1][1]
    return out


def test_no_link_is_dead(made: Path):
    assert list(dead(made)) == []


def test_a_dead_link_is_found(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b.html").write_text('<p id="x"><a href="b.html">')
    (tmp_path / "style.css").write_text("p { background: url(none.png) }")
    (tmp_path / "a/c.html").write_text(
        '<a href="../b.html#x"> <a href="../b.html#y"> <a href="b.html"> <a href="/b.html">'
        ' <img src="no.png"> <form action="https://x.org/"> <a href="https://o.org/m/b.html">'
        ' <a href="https://o.org/m/d.html"> <meta http-equiv="refresh" content="0; url=e.html">'
    )
    found = [line.split(": ", 1)[1].partition(" leads")[0] for line in dead(tmp_path)]
    assert found == ["b.html", "/b.html", "no.png", "e.html", "none.png", "../b.html#y"]
    found = [line for line in dead(tmp_path, "https://o.org/m") if "o.org" in line]
    assert found == ["a/c.html: https://o.org/m/d.html leads to no file"]


def test_every_thing_has_a_page(made: Path, built: Settings):
    """Whatever has a type, a record or a merged agreement too, answers by its address."""
    store = open_built(built.build)
    found = {
        quad.subject.value.removeprefix(f"{BASE}id/")
        for quad in store.quads_for_pattern(None, NamedNode(RDF_TYPE), None, None)
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(f"{BASE}id/")
    }
    whole = {"agreement": 2, "record": 3}
    things = {one for one in found if one.count("/") < whole.get(one.split("/")[0], 9)}
    assert any(one.startswith("record/") for one in things)
    assert [one for one in sorted(things) if not (made / f"page/{one}.html").is_file()] == []


def test_the_data_is_what_the_server_finds(built: Settings):
    store = open_built(built.build)
    types = store.quads_for_pattern(None, NamedNode(RDF_TYPE), None, None)
    things = sorted({q.subject.value for q in types if isinstance(q.subject, NamedNode)})
    assert len(things) > 200
    for iri in things[::3]:
        rows = store.query(describe.query(iri), prefixes=PREFIXES)
        asked = describe.quads(rows.serialize(format=QueryResultsFormat.JSON) or b"")
        assert set(describe.among(store, iri)) == set(asked), iri


def test_what_pages_read_of_a_thing_is_what_the_server_reads(built: Settings):
    frozen, asked = Frozen(built, {}), Site(built, {})
    try:
        found = [
            quad.subject.value
            for quad in frozen.store.quads_for_pattern(None, NamedNode(MQ + "statusSpell"), None)
            if isinstance(quad.subject, NamedNode)
        ]
        assert len(set(found)) > 5
        for iri in sorted(set(found)):
            facts = frozen.graph.facts(iri, PARTS)
            assert sorted(map(str, facts)) == sorted(map(str, asked.graph.facts(iri, PARTS))), iri
            assert {"", "https"} <= {home.partition(":")[0] for home, *_ in facts}, iri
    finally:
        asked.close()


def test_two_states_with_an_agreement_have_a_page(made: Path):
    page = (made / "between/PAK/TUR.html").read_text("utf-8")
    assert "../../page/agreement/PAK-TUR-1954-04-02.html" in page
    assert "../../live.html" in page
    assert 'href="../../between/PAK/TUR.html"' in (made / "page/state/PAK.html").read_text("utf-8")


def test_pages_data_and_citations_are_files(made: Path):
    for name in (
        *("index.html", "404.html", "live.html", "ns.html", "downloads.html", "sitemap.xml"),
        *("page/state/PAK.html", "data/state/PAK.ttl", "data/state/PAK.jsonld", "dcat.ttl"),
        *("page/agreement/PAK-TUR-1954-04-02.html", "cite/agreement/PAK-TUR-1954-04-02.bib"),
        *("queries/support-map.html", "queries/support-map.csv", "queries/support-map.xlsx"),
        *("page/scheme/domain.html", "page/record/handbook/1.html", "data/state/PAK.rdf"),
        *("dumps/mithaq.trig.gz", "dumps/SHA256SUMS", "static/mithaq.css", "data/graph/news.ttl"),
    ):
        assert (made / name).is_file(), name


def test_each_format_has_the_same_triples(made: Path):
    stem = made / "data/agreement/PAK-TUR-1954-04-02"
    forms = {"ttl": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD, "nt": RdfFormat.N_TRIPLES}
    forms |= {"rdf": RdfFormat.RDF_XML}
    found = {
        name: {
            q.triple for q in parse(path=str(stem.with_name(f"{stem.name}.{name}")), format=form)
        }
        for name, form in forms.items()
    }
    assert len(found["ttl"]) > 50
    assert all(one == found["ttl"] for one in found.values())


@pytest.mark.skipif(not rapper_program(), reason="no rapper; `make virtuoso` unpacks it")
def test_another_parser_reads_the_same_number_of_triples(made: Path, tmp_path: Path):
    """Raptor counts in each file what N-Triples has lines, and in each dump what its list says."""
    for file in sorted(made.glob("data/agreement/*.nt")):
        lines = file.read_text("utf-8").count("\n")
        read = [_raptor(file.with_suffix(f".{suffix}"), form) for suffix, form in RAPTOR]
        assert [lines] * len(read) == read, file
    for file in made.glob("data/graph/*.ttl"):
        assert _raptor(file, "turtle") == len(list(parse(path=str(file)))), file
    for dump in dumps.read(made / "dumps"):
        if dump.suffix == "jsonld":  # Raptor 2 has no JSON-LD; see the test of rdflib below.
            continue
        file, body = tmp_path / dump.name, (made / "dumps" / dump.name).read_bytes()
        unpack = gzip.decompress if dump.coding == "gz" else _unzst
        file.write_bytes(unpack(body))
        parser = {"ttl": "turtle", "nq": "nquads", "trig": "trig"}[dump.suffix]
        assert _raptor(file, parser) == dump.triples, dump.name


#: Suffix to the name of Raptor's parser.
RAPTOR = (("nt", "ntriples"), ("ttl", "turtle"), ("rdf", "rdfxml"))


def _unzst(body: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(body)


def _raptor(file: Path, parser: str) -> int:
    done = subprocess.run(
        [str(rapper_program()), "-c", "-i", parser, str(file)],
        env=environment("rapper"),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = re.search(r"returned (\d+) triples?", done.stderr)
    assert found, done.stderr
    return int(found[1])


def test_rdflib_reads_as_many_triples_in_json_ld(made: Path):
    for file in sorted(made.glob("data/agreement/*.jsonld"))[::3]:
        lines = file.with_suffix(".nt").read_text("utf-8").count("\n")
        assert len(rdflib.Graph().parse(file, format="json-ld")) == lines, file
    [dump] = [one for one in dumps.read(made / "dumps") if one.name == "mithaq.jsonld.gz"]
    body = gzip.decompress((made / "dumps" / dump.name).read_bytes())
    found = rdflib.Dataset()
    found.parse(data=body, format="json-ld")
    assert sum(1 for _ in found.quads()) == dump.triples


def test_dumps_have_the_checksums_and_the_version_that_are_told(made: Path):
    told = dict(
        line.split("  ")[::-1] for line in (made / "dumps/SHA256SUMS").read_text().splitlines()
    )
    assert len(told) == 8
    catalogue = (made / "dcat.ttl").read_text("utf-8")
    listed = (made / "downloads.html").read_text("utf-8")
    version = json.loads((made / "site.json").read_text())["fingerprint"]
    assert version in catalogue
    assert version in listed
    for name, checksum in told.items():
        assert hashlib.sha256((made / "dumps" / name).read_bytes()).hexdigest() == checksum
        assert checksum in catalogue
        assert f'href="dumps/{name}"' in listed


def test_what_asks_a_server_says_so(made: Path):
    start = (made / "index.html").read_text("utf-8")
    assert '<link rel="stylesheet" href="static/mithaq.css">' in start
    assert "data-suggest" not in start
    for page in ("page/state/PAK.html", "network.html", "index.html"):
        text = (made / page).read_text("utf-8")
        assert not re.search(r'(?:href|src|action)="/', text), page
        assert "<script src" not in text, page
        assert set(re.findall(r'action="([^"]*)"', text)) <= {"live.html", "../../live.html"}
    assert 'href="downloads.html"' in (made / "live.html").read_text("utf-8")


def test_other_formats_are_written_and_linked_to_when_they_are_wanted(
    built: Settings, tmp_path: Path
):
    export(built, tmp_path / "site", processes=1, forms=("ttl", "trig"))
    assert list(dead(tmp_path / "site")) == []
    assert {one.suffix for one in (tmp_path / "site/data/state").iterdir()} == {".ttl", ".trig"}
    page = (tmp_path / "site/page/state/PAK.html").read_text("utf-8")
    assert "data/state/PAK.ttl" in page
    assert "PAK.jsonld" not in page
    assert "live.html" not in "".join(re.findall(r'<link rel="alternate"[^>]*>', page))
    with pytest.raises(BadParameter, match="csv"):
        export(built, tmp_path / "other", forms=("csv",))


def test_a_process_that_dies_leaves_nothing(
    built: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Writer, "stub", lambda *_: os._exit(9))
    with pytest.raises(KgError, match="ended before its work"):
        export(built, tmp_path / "site", processes=2)
    assert list(tmp_path.iterdir()) == []


def test_a_second_export_gives_the_same_bytes(built: Settings, made: Path, tmp_path: Path):
    again = tmp_path / "again"
    export(built, again, processes=1)
    files = sorted(p.relative_to(made) for p in made.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    differ = [str(f) for f in files if (made / f).read_bytes() != (again / f).read_bytes()]
    assert not differ, "\n".join(differ)


def test_the_export_takes_the_place_of_an_older_one_alone(built: Settings, tmp_path: Path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear")
    with pytest.raises(BadData, match="no site of ours"):
        export(built, tmp_path / "mine")
    assert (tmp_path / "mine/letter.txt").read_text() == "dear"
    assert [one.name for one in tmp_path.iterdir()] == ["mine"]


def test_links_can_begin_with_an_address():
    links = Links({"page/a.html"}, {}, base_url="https://x.org/m/", live="https://live.org")
    page = links.rewrite('<a href="/page/a#b"> <a href="/find?q=1&amp;r=2">', "index.html")
    assert 'href="https://x.org/m/page/a.html#b"' in page
    assert 'href="https://live.org/find?q=1&amp;r=2"' in page


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/", "index.html"),
        ("/queries/", "queries/index.html"),
        ("/page/record/dcad/v1.0-0926", "page/record/dcad/v1.0-0926.html"),
        ("/data/state/PAK.ttl", "data/state/PAK.ttl"),
        ("/page/a%20b", "page/a b.html"),
    ],
)
def test_each_address_has_its_file(path: str, file: str):
    assert file_of(path) == file

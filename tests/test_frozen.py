"""The site as files: every link leads somewhere, every file is what the server answers."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from pyoxigraph import RdfFormat, parse

from kg.errors import BadData
from kg.settings import Settings
from kg.web.frozen import export
from kg.web.frozen.addresses import Links, file_of

LINK = re.compile(r'\s(?:href|src|action)="([^"]*)"')
IDS = re.compile(r'\sid="([^"]*)"')


def dead(folder: Path) -> list[str]:
    """Return the links of pages that lead to no file, or to no place in it."""
    found = []
    anchors: dict[str, set[str]] = {}
    for page in sorted(folder.rglob("*.html")):
        name = str(page.relative_to(folder))
        for link in LINK.findall(page.read_text("utf-8")):
            parts = urlsplit(unescape(link))
            if parts.scheme or parts.netloc:
                continue
            target = unquote(urlsplit(urljoin(f"/{name}", parts.path)).path)[1:] or "index.html"
            target = name if not parts.path else target
            file = folder / target
            if not file.is_file():
                found.append(f"{name} → {link}")
            elif parts.fragment and file.suffix == ".html":
                if target not in anchors:
                    anchors[target] = set(map(unescape, IDS.findall(file.read_text("utf-8"))))
                if unquote(parts.fragment) not in anchors[target]:
                    found.append(f"{name} → {link}")
    return found


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
    assert dead(made) == []


def test_pages_data_and_citations_are_files(made: Path):
    for name in (
        *("index.html", "404.html", "live.html", "ns.html", "downloads.html", "sitemap.xml"),
        *("page/state/PAK.html", "data/state/PAK.ttl", "data/state/PAK.jsonld", "dcat.ttl"),
        *("page/agreement/PAK-TUR-1954-04-02.html", "cite/agreement/PAK-TUR-1954-04-02.bib"),
        *("queries/support-map.html", "queries/support-map.csv", "queries/support-map.xlsx"),
        *("page/scheme/domain.html", "page/record/handbook/1.html", "data/record/handbook/1.ttl"),
        *("dumps/mithaq.trig.gz", "dumps/SHA256SUMS", "static/mithaq.css", "data/graph/news.ttl"),
    ):
        assert (made / name).is_file(), name


def test_each_format_has_the_same_triples(made: Path):
    stem = made / "data/agreement/PAK-TUR-1954-04-02"
    forms = {"ttl": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD, "nt": RdfFormat.N_TRIPLES}
    forms |= {"rdf": RdfFormat.RDF_XML, "trig": RdfFormat.TRIG}
    found = {
        name: {
            q.triple for q in parse(path=str(stem.with_name(f"{stem.name}.{name}")), format=form)
        }
        for name, form in forms.items()
    }
    assert len(found["ttl"]) > 50
    assert all(one == found["ttl"] for one in found.values())


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

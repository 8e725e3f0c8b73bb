"""The pages: each type, in two languages, on a day, with wrong input and with hostile labels."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, Store, parse

from kg.queries import load as load_queries
from kg.settings import Settings
from kg.web import create_app
from kg.web.language import INTERFACE
from kg.web.words import WORDS
from tests.browser.pages import PAGES as TYPES
from tests.conftest import ROOT

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGES = (
    "/",
    "/page/state/PAK",
    "/between/PAK/TUR",
    "/between/IRN/SAU",
    "/page/agreement/PAK-TUR-1954-04-02",
    "/page/agreement/PAK-TUR-undated",
    "/page/agreement/PAK-SAU-2025-09-17",
    "/page/organisation/OIC",
    "/page/organisation/OIC?show=promises",
    "/page/scheme/domain/defence",
    "/page/source/news",
    "/states",
    "/domains",
    "/sources",
    "/changes",
    "/statements/state/PAK",
)
TRANSLATIONS = ROOT / "src/kg/translations"


class Reader(HTMLParser):
    """Collects what a test asks of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] and self.tags[-1][0] == "script":
            return
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def links(self) -> list[str]:
        return [attrs["href"] for tag, attrs in self.tags if tag == "a" and "href" in attrs]


@pytest.fixture(scope="module")
def client(built: Settings) -> Iterator[FlaskClient]:
    app = create_app(replace(built, workers=1))
    yield app.test_client()
    app.extensions["kg"].close()


def read(client: FlaskClient, address: str, status: int = 200, **headers: str) -> Reader:
    response = client.get(address, headers={**HTML, **headers})
    assert response.status_code == status, (address, response.status, response.text[:2000])
    assert response.mimetype == "text/html"
    return Reader(response.text)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["en", "ar", "ur"])
def test_page_is_read_in_each_language(client: FlaskClient, address: str, language: str):
    page = read(client, address + ("&" if "?" in address else "?") + f"lang={language}")
    html = next(attrs for tag, attrs in page.tags if tag == "html")
    shown = language if language in INTERFACE else "en"
    assert html["lang"] == shown
    assert html["dir"] == ("rtl" if shown == "ar" else "ltr")
    assert sum(tag == "h1" for tag, _ in page.tags) == 1
    assert any(tag == "main" for tag, _ in page.tags)


@pytest.mark.parametrize("address", PAGES)
def test_no_page_has_inline_style_or_script(client: FlaskClient, address: str):
    page = read(client, address)
    for tag, attrs in page.tags:
        assert tag != "style"
        assert "style" not in attrs
        assert not any(name.startswith("on") and name != "on" for name in attrs), (tag, attrs)
        if tag == "script" and attrs.get("type") != "application/ld+json":
            assert attrs.get("src", "").startswith("/static/")


@pytest.mark.parametrize("address", PAGES)
def test_ids_are_unique_and_each_field_has_a_label(client: FlaskClient, address: str):
    page = read(client, address)
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    labelled = {attrs.get("for") for tag, attrs in page.tags if tag == "label"}
    for tag, attrs in page.tags:
        if tag in ("select", "textarea") or (tag == "input" and attrs.get("type") != "hidden"):
            assert attrs.get("id") in labelled or attrs.get("type") == "checkbox"


@pytest.mark.parametrize("address", PAGES)
def test_links_keep_day_language_and_succession(client: FlaskClient, address: str):
    wish = "on=2025-12-01&lang=fr&succession=yes"
    page = read(client, address + ("&" if "?" in address else "?") + wish)
    begins = ("/page/", "/between/", "/states", "/domains", "/sources", "/queries", "/statements")
    here = address.partition("?")[0]
    every = [link for link in page.links() if link.partition("?")[0] != here]
    # A file has no day of the page unless its question asks for one, and no language.
    file = re.compile(r"/queries/[\w-]+\.")
    kept = [link for link in every if link.startswith(begins) and not file.match(link)]
    assert kept
    for link in kept:
        assert "on=2025-12-01" in link or "date=2025" in link, link
        assert "lang=" in link, link
        assert "succession=yes" in link, link


@pytest.mark.parametrize(
    ("argument", "allowed"),
    [
        ("on=yesterday", "YYYY-MM-DD"),
        ("on=2025-02-30", "YYYY-MM-DD"),
        ("on=20250201", "YYYY-MM-DD"),
        ("lang=xx", "en, ar, fa"),
        ("succession=maybe", "no, yes"),
    ],
)
def test_wrong_choice_is_400_and_says_what_is_allowed(
    client: FlaskClient, argument: str, allowed: str
):
    page = read(client, f"/page/state/PAK?{argument}", 400)
    assert allowed in page.text
    answer = client.get(f"/page/state/PAK?{argument}", headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert allowed in answer.json["allowed"]


def test_wrong_matrix_is_400(client: FlaskClient):
    assert "security" in read(client, "/page/organisation/OIC?show=x", 400).text


def test_day_decides_whom_a_state_can_call_on(client: FlaskClient):
    before = read(client, "/page/state/PAK?on=2025-01-01").text
    after = read(client, "/page/state/PAK?on=2025-12-01").text
    assert "Mutual Defence Agreement" not in before
    assert "Mutual Defence Agreement" in after
    assert "both: each promises" in after


def test_support_is_what_the_saved_query_answers(client: FlaskClient):
    rows = client.get("/queries/support-map.csv?state=PAK&date=2025-12-01").text.splitlines()
    assert len(rows) > 1
    page = read(client, "/page/state/PAK?on=2025-12-01").text
    for row in rows[1:]:
        title = row.split(",")[6]
        assert title.strip('"') in page


def test_two_states_have_one_address(client: FlaskClient):
    for address in ("/between/TUR/PAK", "/between/pak/tur", "/page/pair/TUR-PAK"):
        response = client.get(address + "?on=2020-01-01", headers=HTML)
        assert response.status_code == 301
        assert response.location == "/between/PAK/TUR?on=2020-01-01"
    assert client.get("/between?a=TUR&b=PAK").location == "/between/PAK/TUR"
    read(client, "/between?a=TUR", 400)


def test_not_known_not_covered_and_none_found_differ(client: FlaskClient):
    page = read(client, "/between/PAK/TUR?on=2000-01-01")
    classes = " ".join(attrs.get("class", "") for _, attrs in page.tags)
    assert "is-not-covered" in classes
    assert "is-none" in classes
    assert {"Not covered", "Covered, none found"} <= set(
        filter(None, (word.strip() for word in page.words))
    )


def test_alleged_agreement_says_so_and_has_its_candidates(client: FlaskClient):
    page = read(client, "/page/agreement/PAK-TUR-undated")
    assert "Alleged" in page.text
    assert "No source shows an agreement under this name" in page.text
    assert "The closest title." in page.text
    assert any("PAK-TUR-2013-09-17" in link for link in page.links())


def test_press_only_is_marked(client: FlaskClient):
    assert "Press only" in read(client, "/page/agreement/IRN-PAK-2001-02").text


def test_disagreeing_sources_are_side_by_side(client: FlaskClient):
    page = read(client, "/page/agreement/PAK-TUR-1954-04-02").text
    assert "sources disagree" in page
    assert "2 Apr 1954" in page
    assert "5 Apr 1954" in page


def test_date_is_as_precise_as_its_source(client: FlaskClient):
    page = read(client, "/page/agreement/PAK-SAU-2005")
    times = [attrs for tag, attrs in page.tags if tag == "time" and attrs["datetime"] == "2005"]
    assert times
    assert times[0]["title"] == "only the year is known"


def test_merged_agreement_redirects(client: FlaskClient):
    response = client.get("/page/agreement/PAK-SAU-2025-09-17-2?lang=fr", headers=HTML)
    assert response.status_code == 301
    assert response.location == "/page/agreement/PAK-SAU-2025-09-17?lang=fr"


def test_names_follow_the_reader_and_fallbacks_are_marked(client: FlaskClient):
    page = read(client, "/page/agreement/PAK-TUR-1954-04-02?lang=ar")
    marked = [attrs for tag, attrs in page.tags if attrs.get("lang") == "en"]
    assert marked
    by_header = client.get("/page/state/PAK", headers={**HTML, "Accept-Language": "tr"})
    assert 'lang="tr"' in by_header.text[:60]


def test_unknown_thing_is_404_and_suggests(client: FlaskClient):
    page = read(client, "/page/state/PKA", 404)
    assert "/page/state/PAK" in page.links()
    assert any(
        "PAK-TUR-1954-04-02" in link
        for link in read(client, "/page/agreement/PAK-TUR-1954-04-03", 404).links()
    )
    problem = client.get("/page/state/PKA", headers={"Accept": "application/json"})
    assert problem.status_code == 404
    assert problem.json["suggestions"][0]["href"] == "/page/state/PAK"


def test_page_is_kept_and_depends_on_language(client: FlaskClient):
    first = client.get("/page/state/IRN", headers=HTML)
    again = client.get("/page/state/IRN", headers=HTML)
    other = client.get("/page/state/IRN", headers={**HTML, "Accept-Language": "fr"})
    assert first.data == again.data
    assert other.data != first.data
    took = float(again.headers["Server-Timing"].partition("dur=")[2])
    assert took <= float(first.headers["Server-Timing"].partition("dur=")[2])


HOSTILE = """
@prefix mq: <https://w3id.org/mithaq/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@base <https://w3id.org/mithaq/> .
<graph/bad> {
  <id/record/bad/1> a mq:Record ; mq:describes <id/agreement/PAK-TUR-2000> ;
    mq:source <id/source/bad> ;
    mq:title "<script>alert(1)</script>"@en ; mq:locator "\\"><img src=x onerror=alert(2)>" ;
    foaf:page <javascript:alert(3)> ; dcterms:description "\\u202Ereversed" .
}
{
  <id/state/PAK> a mq:State ; skos:prefLabel "Pakistan<script>alert(4)</script>"@en ;
    skos:exactMatch <javascript:alert(5)> ; skos:scopeNote "<b onclick='alert(6)'>note</b>"@en .
  <id/state/TUR> a mq:State ; skos:prefLabel "T\\u202Eyekr\\u2066\\u0000"@en .
  <id/source/bad> a mq:Source ; dcterms:title "{{ 7*7 }} %(x)s <i>"@en ;
    dcat:landingPage <javascript:alert(7)> ; dcterms:license <data:text/html,x> ;
    mq:namedGraph <graph/bad> ; mq:tier <scheme/source-tier/news> .
  <id/agreement/PAK-TUR-2000> a mq:Agreement , mq:BilateralAgreement ;
    skos:prefLabel "LONG"@en ; mq:party <id/state/PAK> , <id/state/TUR> ;
    mq:signedOn "2000-13-77" ; mq:record <id/record/bad/1> ; mq:saidBy <id/source/bad> ;
    mq:evidence <scheme/evidence/reported> .
}
""".replace("\\u0000", "").replace("LONG", "<svg onload=alert(8)>" + "x" * 10_000)


@pytest.fixture(scope="module")
def hostile(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    build = tmp_path_factory.mktemp("hostile") / "build"
    build.mkdir()
    store = Store(str(build / "store"))
    store.extend(parse(HOSTILE, format=RdfFormat.TRIG))
    store.flush()
    triples = len(store)
    del store
    manifest = f'{{"fingerprint": "bad", "triples": {triples}, "built": "2026-11-24"}}'
    (build / "manifest.json").write_text(manifest, "utf-8")
    app = create_app(replace(built, build=build, workers=1))
    yield app.test_client()
    app.extensions["kg"].close()


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/page/state/PAK",
        "/between/PAK/TUR",
        "/page/agreement/PAK-TUR-2000",
        "/page/source/bad",
        "/states",
        "/sources",
        "/statements/state/PAK",
    ],
)
def test_hostile_labels_are_harmless(hostile: FlaskClient, address: str):
    response = hostile.get(address, headers=HTML)
    assert response.status_code == 200, response.text[-2000:]
    page = Reader(response.text)
    for tag, attrs in page.tags:
        assert tag not in ("img", "i", "b", "iframe")
        data = attrs.get("type") == "application/ld+json"
        assert tag != "script" or data or attrs.get("src", "").startswith("/static/")
        assert not any(name.startswith("on") for name in attrs)
        for name in ("href", "src", "action"):
            assert not re.match(r"(?i)\s*(javascript|data|vbscript):", attrs.get(name, "")), attrs
    embedded = re.findall(r"<script type=.application/ld.json.>(.*?)</script", response.text, re.S)
    for data in embedded:
        assert json.loads(data)["@context"]
    assert "49 " not in page.text
    if not address.startswith("/statements"):
        assert "\u202e" not in response.text
        assert len(response.data) < 100_000
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "address",
    [
        "/page/state/%3Cscript%3E",
        "/page/agreement/%22%3E%20.%20%7D",
        "/page/agreement/a%20b%3E%20%3Fp%20%3Fo%20%7D%20%23",
        "/between/%3C/%3E",
        "/page/source/x%00y",
        "/statements/%7Bx%7D",
    ],
)
def test_hostile_address_is_404(client: FlaskClient, address: str):
    response = client.get(address, headers=HTML, follow_redirects=True)
    assert response.status_code in (400, 404)
    scripts = [attrs for tag, attrs in Reader(response.text).tags if tag == "script"]
    assert all(str(attrs.get("src")).startswith("/static/") for attrs in scripts)


def catalogue(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES/messages.po"


@pytest.mark.parametrize("language", [one for one in INTERFACE if one != "en"])
def test_catalogue_is_whole_and_compiled(language: str):
    with catalogue(language).open("rb") as file:
        written = read_po(file, locale=language)
    with catalogue(language).with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    assert not [one.id for one in written if one.id and not all(_forms(one.string))]
    assert not [message.id for message in written if message.fuzzy and message.id]
    for message in written:
        if message.id:
            key = message.id[0] if isinstance(message.id, tuple) else message.id
            assert _forms(compiled[key].string) == _forms(message.string), message.id
            assert _slots(message.id) >= _slots(message.string), message.id


@pytest.mark.parametrize("language", [one for one in INTERFACE if one != "en"])
def test_each_text_of_code_and_templates_is_translated(language: str):
    with catalogue(language).open("rb") as file:
        written = read_po(file, locale=language)
    known = {m.id[0] if isinstance(m.id, tuple) else m.id for m in written}
    assert _texts() <= known, sorted(_texts() - known)


@pytest.mark.parametrize("language", [one for one in INTERFACE if one != "en"])
def test_each_question_is_translated(language: str):
    with catalogue(language).open("rb") as file:
        written = {message.id for message in read_po(file, locale=language)}
    for query in load_queries(ROOT / "queries").values():
        params = [param.description for param in query.params]
        assert {text for text in (query.summary, query.description, *params) if text} <= written


def test_words_are_the_labels_of_the_schemes():
    labels = set()
    for path in (ROOT / "ontology/schemes").glob("*.ttl"):
        store = Store()
        store.load(path=str(path), format=RdfFormat.TURTLE)
        query = (
            "SELECT ?label { ?x a <http://www.w3.org/2004/02/skos/core#Concept> ;"
            " <http://www.w3.org/2004/02/skos/core#prefLabel> ?label }"
        )
        labels |= {row["label"].value for row in store.query(query)}
    assert labels <= set(WORDS), sorted(labels - set(WORDS))


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (text,)


def _slots(text: str | tuple[str, ...]) -> set[str]:
    return {slot for one in _forms(text) for slot in re.findall(r"%\(\w+\)s", one)}


def _texts() -> set[str]:
    """Return the texts between quotes in `_()`, `ngettext()`, `told()` and `N_()`."""
    found: set[str] = set()
    call = re.compile(r"""(?<![\w.])(?:_|ngettext|told|N_)\(\s*"((?:[^"\\]|\\.)*)\"""")
    root = ROOT / "src/kg"
    for path in (*root.glob("templates/**/*.html"), *root.glob("web/**/*.py")):
        found |= set(call.findall(path.read_text("utf-8")))
    return found


@pytest.fixture(scope="module")
def of_lives(lives: Settings) -> Iterator[FlaskClient]:
    app = create_app(replace(lives, workers=1))
    yield app.test_client()
    app.extensions["kg"].close()


def test_a_partner_that_ended_makes_no_call_and_is_listed_apart(of_lives: FlaskClient):
    before = read(of_lives, "/page/state/IRN?on=1991-12-31")
    assert "Treaty of mutual defence" in before.text
    assert "ceased to exist" not in before.text
    after = read(of_lives, "/page/state/IRN?on=1992-01-01")
    calls, _, apart = after.text.partition("Partners that ceased to exist")
    assert "Treaty of mutual defence" not in calls
    assert "Dec 1991" in apart
    assert "/between/IRN/RUS?succession=yes&on=1992-01-01" in after.links()
    assert "1 partner, each promises the other: China" in calls


def test_a_successor_takes_up_what_its_predecessor_agreed_when_asked(of_lives: FlaskClient):
    alone = read(of_lives, "/between/IRN/RUS?on=2000-01-01").text
    carried = read(of_lives, "/between/IRN/RUS?on=2000-01-01&succession=yes").text
    assert "Treaty of mutual defence" not in alone
    assert "Treaty of mutual defence" in carried
    assert "A party had ceased to exist" not in carried
    gone = read(of_lives, "/between/IRN/SUN?on=2000-01-01").text
    assert "dates it until Dec 1991" in gone
    assert "A party had ceased to exist" in gone


def test_a_state_that_had_not_begun_says_so_and_leads_on(of_lives: FlaskClient):
    page = read(of_lives, "/page/state/AZE?on=1990-01-01")
    assert "Azerbaijan did not exist on 1 Jan 1990" in page.text
    assert "dates it from 26 Dec 1991" in page.text
    assert "/page/state/SUN?on=1990-01-01" in page.links()
    assert any("succession=yes" in link for link in page.links())
    assert 'id="military-backing"' not in page.text
    ended = read(of_lives, "/page/state/SUN?on=2000-01-01")
    assert "dates it until Dec 1991" in ended.text
    assert "/page/state/RUS?succession=yes&on=2000-01-01" in ended.links()


def test_undated_agreement_is_shown_apart_and_not_before_both_exist(of_lives: FlaskClient):
    before = read(of_lives, "/page/state/IRN?on=1991-12-25").text
    assert "Plan of military training" not in before
    after = read(of_lives, "/page/state/IRN?on=1991-12-26").text
    assert "No source says when these were signed" in after
    assert "Plan of military training" in after.partition("No source says when")[2]


def test_counts_say_how_many_are_known_in_force(client: FlaskClient):
    assert (
        "1 partner, of them 1 known in force" in read(client, "/page/state/PAK?on=2025-12-01").text
    )


def test_last_attestation_is_told_with_the_status(client: FlaskClient):
    page = read(client, "/between/PAK/SAU?on=2020-01-01").text
    assert "In force when last attested (2010)" in page


def test_a_member_is_one_on_every_page(client: FlaskClient):
    states = read(client, "/states").text
    inside = read(client, "/page/organisation/OIC").text
    page = read(client, "/page/state/PAK").text
    assert "Members of the OIC" in states
    assert "Pakistan" in inside
    row = page.partition("Organisation of Islamic Cooperation")[2][:200]
    assert "Yes" in row
    assert "Not known" not in row


def test_pairs_of_members_are_those_of_the_saved_query(client: FlaskClient):
    page = read(client, "/page/organisation/OIC?on=2010-06-01")
    asked = "organisation=OIC&date=2010-06-01"
    files = {f"/queries/bonds-of-members.{end}?{asked}" for end in ("xlsx", "graphml", "gexf")}
    assert files <= set(page.links())
    rows = client.get(f"/queries/bonds-of-members.csv?{asked}").text.splitlines()[1:]
    shown = re.search(r"pairs with such a bond (\d+)", page.text)
    assert shown
    assert int(shown[1]) == len(rows) > 0


@pytest.mark.parametrize("name", TYPES)
def test_each_page_type_that_browsers_see_is_there(client: FlaskClient, name: str):
    read(client, TYPES[name], 404 if name == "missing" else 200)


def test_a_field_and_a_source_have_their_files(client: FlaskClient):
    field = read(client, "/page/scheme/domain/defence?on=2010-06-01")
    table = "/queries/in-force-in-domain.csv?domain=defence&date=2010-06-01"
    assert table in field.links()
    assert client.get(table).status_code == 200
    source = read(client, "/page/source/handbook")
    assert "How to cite" in source.text
    assert "/cite/dataset.bib" in source.links()
    graph = next(link for link in source.links() if re.fullmatch(r"/data/graph/.*\.nt", link))
    assert "source/handbook>" in client.get(graph).text


def test_a_state_with_itself_is_400(client: FlaskClient):
    assert "two different states" in read(client, "/between/PAK/PAK", 400).text


def test_what_was_not_signed_is_not_yet_and_behind_the_fold(client: FlaskClient):
    page = read(client, "/between/PAK/SAU?on=2000-01-01").text
    owed = page.partition("Commitments in each direction")[2]
    assert "None that may hold on this day." in owed
    assert "Not yet signed" in owed.partition("Everything between")[0]
    assert "Not in force" not in owed.partition("Everything between")[0]


def test_a_field_of_a_pact_with_others_is_covered(of_lives: FlaskClient):
    page = read(of_lives, "/between/CHN/IRN?on=2000-01-01").text
    shared = page.partition("Covered only by agreements with others")[2]
    assert "Collective or mutual defence" in shared
    assert page.partition("Fields covered and not")[2].count("Collective or mutual defence") == 1


def test_found_agreement_has_the_status_of_the_day(client: FlaskClient):
    then = client.get("/find.json?q=I-2858&on=1954-12-01").json["results"][0]
    before = client.get("/find.json?q=I-2858&on=1950-01-01").json["results"][0]
    now = client.get("/find.json?q=I-2858").json["results"][0]
    assert [one["status"] for one in (before, then, now)] == [
        "not-yet-signed",
        "in-force",
        "ended",
    ]


def test_agreement_tells_that_a_party_had_ceased_to_exist(of_lives: FlaskClient):
    after = read(of_lives, "/page/agreement/IRN-SUN-1980-05-01?on=2000-01-01")
    assert "A party had ceased to exist" in after.text
    assert "/page/state/RUS?on=2000-01-01" in after.links()
    before = read(of_lives, "/page/agreement/IRN-SUN-1980-05-01?on=1985-01-01").text
    assert "A party had ceased to exist" not in before


@pytest.mark.parametrize(
    "path",
    [
        "/page/state/PAK",
        "/between/PAK/TUR",
        "/page/agreement/PAK-SAU-2025-09-17",
        "/page/organisation/OIC",
        "/page/scheme/domain/defence",
        "/page/source/handbook",
        "/sources",
        "/changes",
        "/network",
        "/queries/support-map?view=table",
        "/statements/state/PAK",
        "/",
    ],
)
def test_each_table_has_a_name_of_its_own(client: FlaskClient, path: str):
    page = client.get(path, headers={"Accept": "text/html"}).text
    tables = re.findall(r"<table[^>]*>(.*?)</table>", page, re.S)
    assert tables
    names = [re.match(r"\s*<caption[^>]*>(.+?)</caption>", one, re.S) for one in tables]
    assert all(names), [one[:200] for one, named in zip(tables, names, strict=True) if not named]
    told = [re.sub(r"<[^>]+>|\s+", " ", one[1]) for one in names if one]
    # The parts of one table by strength have the name of their kind.
    assert len(set(told)) == len(told) or path.startswith("/page/state"), told


def test_what_is_folded_is_there_with_its_count(client: FlaskClient):
    page = client.get("/between/PAK/TUR?on=2020-01-01", headers={"Accept": "text/html"}).text
    timeline = page.partition('id="timeline"')[2].partition('id="fields"')[0]
    decades = re.findall(r'<details class="decade"( open)?>(.*?)</details>', timeline, re.S)
    assert len(decades) > 1
    for opened, text in decades:
        count = re.search(r"</h3> (\d+) agreement", text)
        assert count
        assert int(count[1]) == text.count("<li>")
        assert opened  # a short list is open throughout


def test_memberships_of_other_days_are_folded_not_lost(client: FlaskClient):
    for day, folded in (("2020-01-01", False), ("1950-01-01", True)):
        page = client.get(f"/page/state/PAK?on={day}", headers={"Accept": "text/html"}).text
        found = page.partition('id="memberships"')[2]
        assert "Organisation of Islamic Cooperation" in found
        before = found.partition("Organisation of Islamic Cooperation")[0]
        assert ("<details" in before) is folded

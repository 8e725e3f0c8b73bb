"""Search folds scripts, forgives slips, knows identifiers, and stands any input."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.web import create_app
from kg.web.identifiers import matched
from kg.web.search import Entry, Index, fold, words
from tests.test_web import HTML

MANY = 2000 if os.environ.get("FUZZ") == "many" else 50
ENTRIES = [
    Entry(
        "i:PAK", "state", {"en": "Pakistan"}, ("Pakistan", "پاکستان", "باكستان"), codes=("PAK",)
    ),
    Entry("i:TUR", "state", {"en": "Türkiye"}, ("Türkiye", "Turkey"), codes=("TUR", "COW 640")),
    Entry(
        "i:1954",
        "agreement",
        {"en": "Agreement for Friendly Co-operation"},
        ("Agreement for Friendly Co-operation", "Türk–Pakistan anlaşması"),
        parties=(("Pakistan", "پاکستان"), ("Türkiye", "Turkey")),
        codes=("PAK-TUR-1954-04-02", "3255", "ATOP 3255", "I-2858", "UNTS 211:263"),
        signed="1954-04-02",
    ),
    Entry(
        "i:claim",
        "agreement",
        {"en": "Treaty of Strategic Cooperation"},
        ("Treaty of Strategic Cooperation",),
        parties=(("Pakistan",), ("Turkey",)),
        evidence="alleged",
        claimed=True,
    ),
]


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(ENTRIES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Türkiye", "turkiye"),
        ("IĞDIR", "ığdır"),
        ("پاکستان", "پاكستان"),
        ("مِيثَاقـ", "میثاق"),
        ("إيران", "ایران"),
        ("١٩٥٤", "1954"),
        ("۱۹۵۴", "1954"),
        ("ﷲ", "الله"),
        ("Ａｌｇéｒｉｅ", "algerie"),
        ("می‌ثاق", "میثاق"),
    ],
)
def test_variants_of_a_word_fold_alike(one: str, other: str):
    assert fold(one) == fold(other)


def test_spellings_of_a_word_are_one():
    assert words("Co-operation in defense") == words("cooperation defence")


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("PAK", "i:PAK"),
        ("turkey", "i:TUR"),
        ("turkiye", "i:TUR"),
        ("باكستان", "i:PAK"),
        ("atop 3255", "i:1954"),
        ("I-2858", "i:1954"),
        ("pak-tur-1954-04-02", "i:1954"),
        ("pakistan turkey strategic cooperation treaty", "i:claim"),
        ("freindly cooperation", "i:1954"),
        ("pakistn turky", "i:claim"),
        ("friend", "i:1954"),
    ],
)
def test_question_finds(index: Index, question: str, first: str):
    hits = index.find(question)
    assert hits.exact
    assert hits.entries[0].iri == first


@pytest.mark.parametrize(
    ("question", "identifier"),
    [
        ("211 UNTS 263", "UNTS 211:263"),
        ("211 U.N.T.S. 263", "UNTS 211:263"),
        ("UNTS 211:263", "UNTS 211:263"),
        ("unts vol. 211, p. 263", "UNTS 211:263"),
        ("UNTS I-2858", "UNTS I-2858"),
        ("i-2858", "UNTS I-2858"),
        ("UNTS no. 2858", "UNTS I-2858"),
        ("atop 3255", "ATOP 3255"),
        ("ATOP id 3255", "ATOP 3255"),
    ],
)
def test_identifier_is_read_in_each_way_it_is_written(index: Index, question, identifier):
    hits = index.find(question)
    assert hits.identifier == identifier
    assert [entry.iri for entry in hits.entries] == ["i:1954"]


@pytest.mark.parametrize(
    "question", ["17 UNTS 10", "UNTS I-10009", "UNTS 10009", "ATOP 1", "263 UNTS 211"]
)
def test_identifier_that_nothing_carries_finds_nothing(index: Index, question: str):
    hits = index.find(question)
    assert hits.identifier
    assert hits.entries == ()


@pytest.mark.parametrize(
    "question", ["1954", "2858", "pakistan 1954", "UNTS", "article 4", "17 10"]
)
def test_words_are_no_identifier(index: Index, question: str):
    assert not index.find(question).identifier


def test_identifier_that_fits_a_number_is_named():
    codes = ("3255", "ATOP 3255", "I-2858", "UNTS I-2858")
    assert matched(codes, words("2858")) == "UNTS I-2858"
    assert matched(codes, words("atop 3255")) == "ATOP 3255"
    assert matched(codes, words("2858 3255")) == ""
    assert matched(codes, words("pakistan")) == ""


def test_slip_is_told(index: Index):
    assert index.find("pakistn treaty").read_as == {"pakistn": ["pakistan"]}
    assert not index.find("pakistan treaty").read_as


def test_a_word_nothing_has_is_not_passed_over(index: Index):
    assert not index.find("strategic cooperation zanzibar").exact
    assert index.find("zanzibar").entries == ()


@pytest.mark.parametrize("question", ["p", "pa", "pakistan", "pakistan tu", "strateg"])
def test_suggestions_come_while_typing(index: Index, question: str):
    assert index.suggest(question)


@settings(
    deadline=None, max_examples=MANY, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(question=st.text(max_size=200))
def test_any_question_is_answered(index: Index, question: str):
    index.find(question)
    index.suggest(question)


@pytest.fixture(scope="module")
def client(built):
    app = create_app(built)
    yield app.test_client()
    app.extensions["kg"].close()


@settings(
    deadline=None, max_examples=MANY, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(question=st.text(max_size=200), page=st.text(max_size=8), kind=st.text(max_size=8))
def test_any_request_is_answered(client, question: str, page: str, kind: str):
    for path in ("/find", "/find.json", "/suggest"):
        arguments = {"q": question, "page": page, "kind": kind, "decade": page, "state": kind}
        assert client.get(path, query_string=arguments, headers=HTML).status_code in (200, 422)


def test_page_says_how_an_identifier_was_read(client):
    page = client.get("/find?q=unts+2858", headers=HTML).text
    assert "Read as the identifier UNTS I-2858." in page
    assert page.count("<bdi>UNTS I-2858</bdi>") == 1
    assert client.get("/find.json?q=I-2858").json["results"][0]["matched"] == "UNTS I-2858"
    none = client.get("/find?q=UNTS+10009", headers=HTML).text
    assert "No entry carries UNTS I-10009." in none
    assert "Try fewer words" not in none


def test_filters_narrow_and_count(client):
    found = client.get("/find.json?q=pakistan").json
    assert found["count"] == sum(found["filters"]["kind"].values())
    kind = client.get("/find.json?q=pakistan&kind=state").json
    assert {one["kind"] for one in kind["results"]} == {"state"}
    assert kind["count"] == found["filters"]["kind"]["state"]
    page = client.get("/find?q=pakistan&kind=state", headers=HTML).text
    assert 'aria-current="true"' in page


def test_suggestions_name_and_lead(client):
    first = client.get("/suggest?q=pakis&lang=tr").json[0]
    assert (first["kind"], first["page"]) == ("state", "/page/state/PAK")
    assert first["short"] == "state:PAK"


def test_unknown_kind_is_422(client):
    response = client.get("/suggest?q=a&kind=ship")
    assert response.status_code == 422
    assert "agreement" in response.json["detail"]

"""Saved queries bind typed terms, order their rows, and answer as they did."""

from __future__ import annotations

import os
import random
import re
import shutil
from pathlib import Path

import pytest
from pyoxigraph import QueryResultsFormat, Store

from kg import settings as config
from kg.build import resolved
from kg.check.queries.golden import values
from kg.errors import BadData, BadParameter, BadShapes, NotFound
from kg.queries import bind, load, parse, pick
from tests.conftest import LIVES, ROOT

QUERIES = load(ROOT / "queries")
GOLDEN = Path(__file__).parent / "cases" / "queries"
#: Values that give rows on the fixture data where the defaults do not.
VALUES = values(GOLDEN)
#: Queries that have nothing to find in the fixture, and why.
EMPTY = {
    "one-way-commitments": "every promise of the fixture is returned",
    "outside-partners": "the fixture has no partner outside the organisation",
    "possible-duplicates": "the duplicate of the fixture is merged",
}
#: A pact of which two sources name other parties, one of them without a date.
DISPUTED = """
@prefix mq: <https://w3id.org/mithaq/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/mithaq/id/record/handbook/90> a mq:Record ; mq:locator "entry 90" ;
  mq:describes <https://w3id.org/mithaq/id/agreement/IRN-PAK-TUR-2011-05-01> ;
  mq:source <https://w3id.org/mithaq/id/source/handbook> ;
  mq:confidence <https://w3id.org/mithaq/scheme/confidence/high> ;
  mq:evidence <https://w3id.org/mithaq/scheme/evidence/attested> ; mq:title "Pact"@en ;
  mq:party <https://w3id.org/mithaq/id/state/IRN>, <https://w3id.org/mithaq/id/state/PAK>,
    <https://w3id.org/mithaq/id/state/TUR> ; mq:signedOn "2011-05-01"^^xsd:date .
<https://w3id.org/mithaq/id/record/news/90> a mq:Record ; mq:locator "the page" ;
  mq:describes <https://w3id.org/mithaq/id/agreement/IRN-PAK-TUR-2011-05-01> ;
  mq:source <https://w3id.org/mithaq/id/source/news> ;
  mq:confidence <https://w3id.org/mithaq/scheme/confidence/medium> ;
  mq:evidence <https://w3id.org/mithaq/scheme/evidence/reported> ; mq:title "Pact"@en ;
  mq:party <https://w3id.org/mithaq/id/state/IRN>, <https://w3id.org/mithaq/id/state/PAK>,
    <https://w3id.org/mithaq/id/state/SAU> .
"""


@pytest.fixture(scope="module")
def disputed(mini: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The mini store with a pact whose parties are disputed."""
    root = Path(shutil.copytree(mini, tmp_path_factory.mktemp("disputed") / "repo"))
    (root / "data/records/pact.ttl").write_text(DISPUTED, "utf-8")
    return resolved(config.load(root, {}))


def rows(store: Store, name: str) -> list[dict[str, str]]:
    """Return the rows of a saved query with its defaults."""
    answer = store.query(QUERIES[name].text)
    names = [variable.value for variable in answer.variables]
    return [{n: row[n].value if row[n] is not None else "" for n in names} for row in answer]


def test_there_are_at_least_twenty_queries():
    assert len(QUERIES) >= 20


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_golden_result(name: str, mini_store: Store):
    text = bind(QUERIES[name], VALUES.get(name, {}))
    got = mini_store.query(text).serialize(format=QueryResultsFormat.CSV).decode()
    path = GOLDEN / f"{name}.csv"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(got.encode())
    assert got == path.read_bytes().decode()
    assert (len(got.splitlines()) > 1) != (name in EMPTY)


@pytest.fixture(scope="module")
def shuffled(mini_store: Store, tmp_path_factory: pytest.TempPathFactory) -> list[Store]:
    """The graph of the fixture, loaded in other orders, in memory and on disk."""
    stores = [Store(), Store(), Store(str(tmp_path_factory.mktemp("disk")))]
    quads = list(mini_store)
    for seed, store in enumerate(stores):
        random.Random(seed).shuffle(quads)
        store.extend(quads)
    return stores


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_the_answer_is_the_same_from_each_store(
    name: str, mini_store: Store, shuffled: list[Store]
):
    text = bind(QUERIES[name], VALUES.get(name, {}))
    wanted = mini_store.query(text).serialize(format=QueryResultsFormat.CSV)
    for store in shuffled:
        assert store.query(text).serialize(format=QueryResultsFormat.CSV) == wanted


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_query_is_ordered_described_and_parametrised(name: str):
    query = QUERIES[name]
    assert "ORDER BY" in query.text
    assert query.summary
    assert all(param.default and param.description for param in query.params)


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_binding_the_defaults_changes_nothing(name: str, mini_store: Store):
    query = QUERIES[name]
    defaults = {param.name: param.default or "" for param in query.params}
    one = mini_store.query(query.text).serialize(format=QueryResultsFormat.CSV)
    two = mini_store.query(bind(query, defaults)).serialize(format=QueryResultsFormat.CSV)
    assert one == two


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("support-map", {"stat": "PAK"}, "no parameter 'stat'; it has: state, date"),
        ("support-map", {"state": "PAK> } DROP"}, "not the key of a state"),
        ("support-map", {"date": "2026-02-30"}, "not a date"),
        ("support-map", {"date": "20260101"}, "not a date"),
        ("support-map", {"date": "2026-W01-4"}, "not a date"),
        ("coverage-of-pair", {"year": "two"}, "not a whole number"),
        ("coverage-of-pair", {"year": "٢٠٢٠"}, "not a whole number"),
        ("in-force-in-domain", {"domain": "a b"}, "not a concept of the scheme domain"),
        ("find-agreement", {"words": "x" * 501}, "longer than 500"),
    ],
)
def test_bad_parameter_is_refused(name: str, values: dict[str, str], message: str):
    with pytest.raises(BadParameter, match=message):
        bind(QUERIES[name], values)


def test_text_is_bound_as_a_term_not_as_text(mini_store: Store):
    hostile = '" } SELECT * { ?s ?p ?o } #\\'
    text = bind(QUERIES["find-agreement"], {"words": hostile})
    assert list(mini_store.query(text)) == []


def test_disputed_parties_are_those_that_one_source_names_alone(disputed: Store):
    found = [row for row in rows(disputed, "disagreements") if row["property"] == "party"]
    said = [
        (row["sourceA"], row["valueA"][-3:], row["sourceB"], row["valueB"][-3:]) for row in found
    ]
    assert said == [
        ("Handbook of treaties", "", "A newspaper", "SAU"),
        ("Handbook of treaties", "TUR", "A newspaper", ""),
    ]


def test_days_between_two_dates_are_counted(disputed: Store):
    found = [row for row in rows(disputed, "disagreements") if row["property"] == "signature"]
    assert [(row["valueA"], row["valueB"], row["days"]) for row in found] == [
        ("1954-04-02", "1954-04-05", "3")
    ]


@pytest.mark.parametrize("name", ["records-of-source", "coverage-of-sources"])
def test_years_of_a_source_stand_though_a_record_is_undated(name: str, disputed: Store):
    (news,) = [row for row in rows(disputed, name) if row["tier"] == "news"]
    assert (news["records"], news["first"], news["last"]) == ("5", "1954", "2013")


def test_a_form_that_no_source_tells_is_counted_as_not_known(mini: Path, tmp_path: Path):
    root = Path(shutil.copytree(mini, tmp_path / "repo"))
    path = root / "data/records/all.ttl"
    text = path.read_text("utf-8")
    path.write_text(text.replace(" ; mq:instrument it:treaty ; mq:bindingness bind:unknown", ""))
    found = rows(resolved(config.load(root, {})), "agreements-by-instrument")
    (unknown,) = [row for row in found if row["form"] == "Not known"]
    assert (unknown["agreements"], unknown["notKnown"]) == ("2", "1")


def test_unknown_query_offers_the_nearest():
    with pytest.raises(NotFound, match="'suport-map'") as raised:
        pick(QUERIES, "suport-map")
    assert raised.value.hint == "Did you mean support-map?"


def test_a_query_that_is_not_utf8_is_refused(tmp_path: Path):
    (tmp_path / "x.rq").write_bytes(b"#+ summary: caf\xe9\nASK {}")
    with pytest.raises(BadData, match="UTF-8"):
        load(tmp_path)


def test_a_query_without_summary_or_slot_is_refused(tmp_path: Path):
    path = tmp_path / "x.rq"
    path.write_text("SELECT * {}", "utf-8")
    with pytest.raises(BadShapes, match="no `#\\+ summary:`"):
        parse(path)
    path.write_text("#+ summary: x\n#+ param.y: date\nSELECT * {}", "utf-8")
    with pytest.raises(BadShapes, match=r"VALUES \?y"):
        parse(path)


@pytest.mark.parametrize(
    ("name", "case", "values"),
    [
        ("support-map", "support-map-1990", {"state": "IRN", "date": "1990-01-01"}),
        ("support-map", "support-map-1991-12-31", {"state": "IRN", "date": "1991-12-31"}),
        ("support-map", "support-map-2000", {"state": "IRN", "date": "2000-01-01"}),
        ("support-map", "support-map-of-none", {"state": "AZE", "date": "1990-01-01"}),
        ("who-must-defend-whom", "who-must-defend-whom-1990", {"date": "1990-01-01"}),
        ("who-must-defend-whom", "who-must-defend-whom-2000", {"date": "2000-01-01"}),
    ],
)
def test_nobody_calls_on_a_state_that_does_not_exist(
    name: str, case: str, values: dict[str, str], lives: config.Settings
):
    store = Store.read_only(str(lives.build.resolve() / "store"))
    answer = store.query(bind(QUERIES[name], values))
    got = answer.serialize(format=QueryResultsFormat.CSV).decode()
    path = LIVES / f"{case}.csv"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(got.encode())
    assert got == path.read_bytes().decode()


@pytest.mark.parametrize("path", sorted((ROOT / "queries").glob("*.rq")), ids=lambda p: p.stem)
def test_query_that_leaves_out_pacts_of_many_says_so(path: Path):
    text = path.read_text("utf-8")
    header = " ".join(line for line in text.splitlines() if line.startswith("#+"))
    if "mq:BilateralAgreement" in text and "Plurilateral" not in text:
        assert re.search(r"[Bb]ilateral|[Aa]greements? of two|two states", header), path.stem

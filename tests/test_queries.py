"""Saved queries bind typed terms, order their rows, and answer as they did."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pyoxigraph import QueryResultsFormat, Store

from kg.errors import BadParameter, BadShapes, NotFound
from kg.queries import bind, load, parse, pick
from tests.conftest import ROOT

QUERIES = load(ROOT / "queries")
GOLDEN = Path(__file__).parent / "cases" / "queries"
#: Values that give rows on the fixture data where the defaults do not.
VALUES = {
    "support-map": {"state": "PAK", "date": "2026-01-01"},
    "who-must-defend-whom": {"date": "2026-01-01"},
    "commitments-of-pair": {"obligor": "SAU", "obligee": "PAK"},
    "in-force-in-domain": {"domain": "security", "date": "2005-01-01"},
    "members-without-defence-agreement": {"organisation": "OIC"},
    "find-by-date-and-parties": {"a": "PAK", "b": "TUR", "date": "1954-05-01"},
    "identifiers": {"agreement": "PAK-TUR-1954-04-02"},
    "instrument-and-disputes": {"agreement": "PAK-SAU-2025-09-17"},
    "status-of-agreement": {"agreement": "PAK-SAU-2005", "date": "2010-12-31"},
    "edge-list": {"date": "2010-12-31"},
    "coverage-of-pair": {"a": "PAK", "b": "SAU", "year": "2005"},
    "agreements-between": {"a": "PAK", "b": "SAU"},
}
#: Queries that have nothing to find in the fixture, and why.
EMPTY = {
    "one-way-commitments": "every promise of the fixture is returned",
    "outside-partners": "the fixture has no partner outside the organisation",
    "possible-duplicates": "the duplicate of the fixture is merged",
}


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


def test_unknown_query_offers_the_nearest():
    with pytest.raises(NotFound, match="support-map"):
        pick(QUERIES, "suport-map")


def test_a_query_without_summary_or_slot_is_refused(tmp_path: Path):
    path = tmp_path / "x.rq"
    path.write_text("SELECT * {}", "utf-8")
    with pytest.raises(BadShapes, match="no `#\\+ summary:`"):
        parse(path)
    path.write_text("#+ summary: x\n#+ param.y: date\nSELECT * {}", "utf-8")
    with pytest.raises(BadShapes, match=r"VALUES \?y"):
        parse(path)

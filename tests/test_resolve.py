"""Records become one description of each agreement, by rules that keep what each source says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Store

from kg import settings as config
from kg.build import resolved
from kg.errors import BadShapes
from kg.queries import bind, load
from kg.store import WORK
from kg.vocab import BASE, MQ
from tests.conftest import ROOT

AGREEMENT = BASE + "id/agreement/"


def values(store: Store, key: str, prop: str) -> list[str]:
    node = NamedNode(AGREEMENT + key)
    from pyoxigraph import DefaultGraph

    found = store.quads_for_pattern(node, NamedNode(MQ + prop), None, DefaultGraph())
    return sorted(quad.object.value.removeprefix(BASE) for quad in found)


def spells(store: Store, key: str) -> list[tuple[str, str, str, str]]:
    rows = store.query(
        f"PREFIX mq: <{MQ}> SELECT ?f ?u ?s ?a WHERE {{ <{AGREEMENT}{key}> mq:statusSpell ?x ."
        " ?x mq:from ?f ; mq:until ?u ; mq:status ?s ; mq:answer ?a } ORDER BY ?f ?u ?s"
    )
    return [tuple(row[i].value.rsplit("/", 1)[-1] for i in range(4)) for row in rows]


def test_better_tier_gives_the_date_and_the_loser_marks_it_disputed(mini_store: Store):
    assert values(mini_store, "PAK-TUR-1954-04-02", "signedOn") == ["1954-04-02"]
    assert values(mini_store, "PAK-TUR-1954-04-02", "disputed") == ["ns#signedOn"]


def test_the_losing_value_stays_in_the_graph_of_its_source(mini_store: Store):
    rows = mini_store.query(
        f"PREFIX mq: <{MQ}> SELECT ?v WHERE {{ GRAPH <{BASE}graph/news> {{ ?r mq:describes"
        f" <{AGREEMENT}PAK-TUR-1954-04-02> ; mq:signedOn ?v }} }}"
    )
    assert [row["v"].value for row in rows] == ["1954-04-05"]


def test_a_known_value_beats_unknown(mini_store: Store):
    assert values(mini_store, "PAK-TUR-1954-04-02", "instrument") == [
        "scheme/instrument-type/agreement"
    ]


def test_domains_of_all_records_are_taken_together(mini_store: Store):
    assert values(mini_store, "PAK-TUR-1954-04-02", "domain") == [
        "scheme/domain/culture-media",
        "scheme/domain/defence",
    ]


def test_a_confirmed_match_counts_the_records_to_the_candidate(mini_store: Store):
    assert values(mini_store, "PAK-SAU-2025-09-17", "record") == [
        "id/record/gazette/1",
        "id/record/handbook/3",
    ]
    assert values(mini_store, "PAK-SAU-2025-09-17-2", "record") == []


def test_year_precision_gets_its_bounds_and_keeps_its_form(mini_store: Store):
    assert values(mini_store, "PAK-SAU-2005", "signedOn") == ["2005"]
    assert values(mini_store, "PAK-SAU-2005", "signedOnEarliest") == ["2005-01-01"]
    assert values(mini_store, "PAK-SAU-2005", "signedOnLatest") == ["2005-12-31"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (
            "PAK-TUR-1954-04-02",
            [
                ("1954-04-02", "1955-09-23", "in-force", "yes"),
                ("1955-09-23", "9999-12-31", "ended", "no"),
            ],
        ),
        (
            "PAK-SAU-2005",
            [
                ("2005-01-01", "2010-12-31", "signed-force-unknown", "unknown"),
                ("2010-12-31", "2011-01-01", "in-force", "yes"),
                ("2011-01-01", "9999-12-31", "last-attested-in-force", "unknown"),
            ],
        ),
        (
            "PAK-SAU-2025-09-17",
            [
                ("2025-09-17", "2025-10-01", "signed-not-in-force", "no"),
                ("2025-10-01", "2025-10-31", "date-imprecise", "unknown"),
                ("2025-10-31", "2035-10-31", "in-force", "yes"),
                ("2035-10-31", "9999-12-31", "last-attested-in-force", "unknown"),
            ],
        ),
        (
            "IRN-PAK-2001-02",
            [
                ("2001-02-01", "2001-05-01", "signed-not-in-force", "no"),
                ("2001-05-01", "2006-05-01", "in-force", "yes"),
                ("2006-05-01", "9999-12-31", "expired-on-its-terms", "unknown"),
            ],
        ),
        (
            "IRN-TUR-1999-03-01",
            [
                ("1999-03-01", "1999-04-01", "signed-not-in-force", "no"),
                ("1999-04-01", "1999-04-02", "in-force", "yes"),
                ("1999-04-02", "2003-01-01", "last-attested-in-force", "unknown"),
                ("2003-01-01", "9999-12-31", "suspended", "unknown"),
            ],
        ),
        ("PAK-TUR-2013-09-17", [("2013-09-17", "9999-12-31", "adopted", "not-binding")]),
        ("PAK-TUR-undated", [("0001-01-01", "9999-12-31", "unidentified", "unknown")]),
    ],
)
def test_status_spells(mini_store: Store, key: str, expected: list[tuple[str, ...]]):
    assert spells(mini_store, key) == expected


def test_spells_of_an_agreement_never_overlap(mini_store: Store):
    rows = mini_store.query(
        f"PREFIX mq: <{MQ}> SELECT ?a WHERE {{ ?a mq:statusSpell ?x, ?y ."
        " ?x mq:from ?f ; mq:until ?u . ?y mq:from ?g FILTER(?x != ?y && ?f <= ?g && ?g < ?u) }"
    )
    assert list(rows) == []


def test_the_scratch_graph_is_gone(mini_store: Store):
    assert not mini_store.contains_named_graph(WORK)


def test_status_is_as_of_the_day_of_the_settings(tree: Path):
    store = resolved(config.load(tree, {"KG_STATUS_DATE": "1955-01-01"}))
    assert values(store, "PAK-TUR-1954-04-02", "status") == ["scheme/status/in-force"]
    assert values(store, "PAK-TUR-1954-04-02", "statusAsOf") == ["1955-01-01"]


def test_a_broken_rule_is_named(tree: Path):
    (tree / "ontology/rules/15-broken.rq").write_text("#+ summary: x\nCONSTRUCT {", "utf-8")
    with pytest.raises(BadShapes, match="15-broken"):
        resolved(config.load(tree, {}))


@pytest.fixture(scope="module")
def pact(mini: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The mini repository with a pact of four, one of whom joins late and leaves."""
    root = tmp_path_factory.mktemp("pact") / "repo"
    shutil.copytree(mini, root, ignore=shutil.ignore_patterns("build"))
    shutil.copy(ROOT / "tests/cases/pact/pact.ttl", root / "data/records/pact.ttl")
    return resolved(config.load(root, {}))


@pytest.mark.parametrize(
    ("node", "first", "after"),
    [
        ("id/record/handbook/9/participation/1", "1955-02-24", "9999-12-31"),
        ("id/record/handbook/9/participation/3", "1955-11-01", "1980-01-01"),
        ("id/record/handbook/9/commitment/2", "1955-11-01", "1979-03-13"),
        ("id/record/gazette/1/commitment/1", "0001-01-01", "9999-12-31"),
        ("id/agreement/4-parties-1955-02-24/participation/CHN", "0001-01-01", "9999-12-31"),
    ],
)
def test_promises_and_memberships_hold_between_two_days(
    pact: Store, node: str, first: str, after: str
):
    found = pact.quads_for_pattern(NamedNode(BASE + node), None, None, None)
    said = {quad.predicate.value.removeprefix(MQ): quad.object.value for quad in found}
    assert (said["holdsFrom"], said["holdsUntil"]) == (first, after)


@pytest.mark.parametrize(
    ("day", "pairs"),
    [
        ("1955-10-31", {"PAK-CHN", "PAK-TUR"}),
        ("1956-01-01", {"PAK-CHN", "PAK-TUR", "PAK-IRN", "IRN-PAK", "IRN-TUR"}),
        ("1979-03-12", {"PAK-CHN", "PAK-TUR", "PAK-IRN", "IRN-PAK", "IRN-TUR"}),
        ("1979-03-13", {"PAK-CHN", "PAK-TUR", "PAK-IRN"}),
        ("1980-01-01", {"PAK-CHN", "PAK-TUR"}),
    ],
)
def test_a_pact_counts_for_the_days_on_which_both_are_members(
    pact: Store, day: str, pairs: set[str]
):
    query = load(ROOT / "queries")["who-must-defend-whom"]
    rows = pact.query(bind(query, {"date": day}))
    keys = [
        (row["obligor"].value[-3:], row["obligee"].value[-3:], row["form"].value) for row in rows
    ]
    assert {f"{a}-{b}" for a, b, form in keys if form == "plurilateral"} == pairs
    calls = load(ROOT / "queries")["support-map"]
    for state in ("IRN", "TUR", "CHN"):
        rows = pact.query(bind(calls, {"state": state, "date": day}))
        promised = {
            f"{row['partner'].value[-3:]}-{state}"
            for row in rows
            if (row["form"].value, row["strength"].value) == ("plurilateral", "promised")
        }
        assert promised == {pair for pair in pairs if pair.endswith(state)}

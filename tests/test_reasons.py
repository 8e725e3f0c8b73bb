"""Reasons and rules are told in a reader's words, and none is left out."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from kg.web import create_app
from kg.web.pages.reasons import ALIKE, UNLIKE, reason
from kg.web.rules import CODED, RULES, rule
from tests.test_web import HTML

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def app(built):
    made = create_app(replace(built, workers=1))
    yield made
    made.extensions["kg"].close()


def test_each_weight_has_its_words_on_its_side():
    text = files("kg.identity").joinpath("weights.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        key, bits = f"{row['feature']}: {row['value']}", float(row["bits"])
        if row["value"] != "unknown" and key != "parties: succession":
            assert key in (ALIKE if bits >= 0 else UNLIKE), key
    assert not ALIKE.keys() & UNLIKE.keys()


def test_reason_of_the_program_is_told_in_words(app):
    known = "gazette no. 4 and 5 and news page, read in excerpt"
    with app.test_request_context("/?lang=fr"):
        found = reason(
            f"{known}: date: same day; domain: top; title: unlike; instrument: differs;"
            " parties: same; rivals: none."
        )
    assert found.alike[0] == "signés le même jour"
    assert found.unlike == ("les titres diffèrent", "les genres de texte diffèrent")
    assert found.text == ""
    assert [(source.iri.rpartition("/")[2], words) for source, words in found.said] == [
        ("gazette", "no. 4 and 5"),
        ("news", "page, read in excerpt"),
    ]


@pytest.mark.parametrize(
    "text", ["Same parties and day: the texts agree.", "a 1 and b 2: date: same day; mood: fine."]
)
def test_reason_of_a_person_stays_as_it_is(app, text):
    with app.test_request_context("/"):
        assert reason(text).text == text


def test_each_rule_of_the_ontology_is_known():
    written = {
        text
        for path in (ROOT / "ontology/rules").glob("[67]*.rq")
        for text in re.findall(r'"(?:; )?([a-z][^"?\n]{12,})"', path.read_text("utf-8"))
        if " " in text
    }
    assert written == {*RULES, CODED}


@pytest.mark.parametrize("language", ["fr", "ar", "tr"])
def test_rules_are_in_the_language_of_the_page(app, language):
    with app.test_request_context(f"/?lang={language}"):
        for one in RULES:
            both = rule(f"{one}; {CODED}")
            assert rule(one) != one
            assert both.startswith(rule(one))
            assert CODED not in both
    page = app.test_client().get(
        f"/page/agreement/PAK-TUR-1954-04-02?lang={language}", headers=HTML
    )
    assert not [one for one in RULES if one in page.text]


@pytest.mark.parametrize("key", ["PAK-TUR-1954-04-02", "IRN-TUR-1999-03-01"])
def test_steps_of_a_life_name_their_sources(app, key):
    page = app.test_client().get(f"/page/agreement/{key}", headers=HTML).text
    life = page.partition('id="life"')[2].partition('id="commitments"')[0]
    steps = [one for one in life.split("<li")[1:] if "spell" not in one.partition(">")[0]]
    assert len(steps) > 1
    assert not [one for one in steps if 'class="chip' not in one]


@pytest.mark.parametrize(
    ("clause", "said"),
    [("4(c)", "article 4(c)"), ("VIII(2)", "article VIII(2)"), ("(c)", "article (c)")],
)
def test_numbers_of_clauses_are_articles(app, clause, said):
    marks = app.jinja_env.get_template("marks.html").module
    with app.test_request_context("/"):
        assert marks.clause(clause) == said
        assert "article" not in marks.clause("Introductory note")
        assert "article" not in marks.clause("preamble")

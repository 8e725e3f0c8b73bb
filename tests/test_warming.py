"""What is made before anybody asks is what pages say when they are asked for."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from babel.dates import format_date
from markupsafe import Markup

from kg.web import create_app
from kg.web.language import INTERFACE, told, written
from kg.web.pages.values import when
from kg.web.warming import rehearse, rehearsed
from tests.test_web import HTML


@pytest.fixture
def app(built):
    made = create_app(replace(built, workers=1))
    yield made
    made.extensions["kg"].close()


def test_each_rehearsed_page_is_there(app):
    with app.test_request_context():
        addresses = list(rehearsed())
    kinds = {"/page/state/", "/between/", "/page/agreement/", "/page/organisation/"}
    kinds |= {"/page/scheme/domain/", "/page/source/", "/network", "/find?q="}
    assert not [kind for kind in kinds if not any(one.startswith(kind) for one in addresses)]
    client = app.test_client()
    wrong = {one: client.get(one, headers=HTML).status_code for one in addresses}
    assert set(wrong.values()) == {200}, wrong


def test_after_the_rehearsal_pages_are_kept_and_templates_compiled(app):
    rehearse(app)
    for template in ("pages/state.html", "pages/pair.html", "network.html"):
        assert any(name == template for _, name in app.jinja_env.cache), template
    graph = app.extensions["kg"].graph
    asked = []
    run = graph.pool.run
    graph.pool.run = lambda *job: asked.append(job) or run(*job)
    assert app.test_client().get("/changes", headers=HTML).status_code == 200
    assert not asked


@pytest.mark.parametrize("language", INTERFACE)
@pytest.mark.parametrize("pattern", ["d MMM y", "MMM y"])
def test_dates_are_written_as_babel_writes_them(app, language, pattern):
    with app.test_request_context(f"/?lang={language}"):
        for month in range(1, 13):
            for year, on in ((1648, 1), (1954, 22), (2011, 11)):
                day = datetime.date(year, month, on)
                value = day.isoformat()[: 10 if "d" in pattern else 7]
                assert when(value).text == format_date(day, pattern, locale=language)
        assert when("2222-11-11").text == format_date(
            datetime.date(2222, 11, 11), "d MMM y", locale=language
        )


def test_texts_in_templates_are_written_as_before(app):
    with app.test_request_context("/?lang=fr"):
        hostile = "<script>"
        text = written("since %(x)s <b>", x=hostile)
        assert str(text) == "since &lt;script&gt; <b>"
        assert isinstance(written("100 %%"), Markup)
        assert str(written("100 %%")) == "100 %"
        assert str(written("In force")) == told("In force") != "In force"

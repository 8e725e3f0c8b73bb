"""The client gets the format it likes best of those there are."""

from __future__ import annotations

import pytest

from kg.errors import NotAcceptable
from kg.formats import GRAPHS, HTML, PROBLEM, ROWS, accepts, choose, named

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("header", "offers", "media"),
    [
        (None, ROWS, "application/sparql-results+json"),
        ("", ROWS, "application/sparql-results+json"),
        ("*/*", ROWS, "application/sparql-results+json"),
        ("*/*", GRAPHS, "text/turtle"),
        ("text/csv", ROWS, "text/csv"),
        ("text/csv;charset=utf-8", ROWS, "text/csv"),
        ("text/csv;q=0.3, application/sparql-results+xml;q=0.9", ROWS, None),
        ("application/json", ROWS, "application/sparql-results+json"),
        ("application/json", GRAPHS, "application/ld+json"),
        ("application/xml", ROWS, "application/sparql-results+xml"),
        ("text/xml", GRAPHS, "application/rdf+xml"),
        ("text/plain", ROWS, "text/csv"),
        ("text/plain", GRAPHS, "application/n-triples"),
        ("application/json, text/plain, */*", ROWS, "application/sparql-results+json"),
        (BROWSER, GRAPHS, "text/turtle"),
        ("text/*", ROWS, "text/csv"),
        ("application/sparql-results+json;q=0, */*;q=0.1", ROWS, "application/sparql-results+xml"),
        (BROWSER, (PROBLEM, HTML), HTML),
        ("*/*", (PROBLEM, HTML), PROBLEM),
    ],
)
def test_best_offer_is_chosen(header, offers, media):
    expected = media or "application/sparql-results+xml"
    assert choose(accepts(header), offers) == expected


def test_nothing_acceptable_lists_what_there_is():
    with pytest.raises(NotAcceptable, match="text/turtle"):
        choose(accepts("image/png"), GRAPHS)


@pytest.mark.parametrize(
    ("name", "offers", "media"),
    [
        ("json", ROWS, "application/sparql-results+json"),
        ("json", GRAPHS, "application/ld+json"),
        ("xml", GRAPHS, "application/rdf+xml"),
        ("tsv", ROWS, "text/tab-separated-values"),
        ("nq", GRAPHS, "application/n-quads"),
        ("turtle", GRAPHS, "text/turtle"),
        ("json-ld", GRAPHS, "application/ld+json"),
        ("text/csv", ROWS, "text/csv"),
        ("application/sparql-results json", ROWS, "application/sparql-results+json"),
    ],
)
def test_suffix_names_a_format(name, offers, media):
    assert named(name, offers) == media


def test_suffix_of_the_other_kind_is_not_acceptable():
    with pytest.raises(NotAcceptable, match="csv"):
        named("ttl", ROWS)

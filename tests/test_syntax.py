"""A query that is wrong is told what is wrong, where, and how to mend it."""

from __future__ import annotations

import pytest
from pyoxigraph import Store

from kg.errors import BadQuery
from kg.pool.syntax import explained
from kg.settings import Settings
from kg.web import create_app
from kg.writing.changes import Update
from kg.writing.difference import make
from tests.test_cli import kg

WRONG = [
    ("", "1:1", "the query is empty", "Begin with SELECT"),
    ("# only this", "1:1", "the query is empty", "Begin with SELECT"),
    ("SELEC", "1:1", "expected SELECT, ASK, CONSTRUCT or DESCRIBE", "Did you mean SELECT?"),
    ("PREFIX a: <x:> SELCT * {}", "1:16", "not 'SELCT'", "Did you mean SELECT?"),
    ("PREFIX a <x:> ASK {}", "1:8", "has no colon", "ex: <…>"),
    ("SELECT * WHERE { ?s ?p }", "1:24", "has no object (?s ?p …)", "subject, property, object"),
    ("SELECT *\n{ ?s ?p }", "2:9", "has no object (?s ?p …)", "subject, property, object"),
    ("SELECT * { ?s }", "1:15", "no property and no object (?s …)", "subject"),
    ("SELECT * { ?s a ?o ; ?p }", "1:25", "has no object (?p …)", "After ;"),
    ("SELECT * { ?s ?p ?o, }", "1:20", "no object after the comma", "Take"),
    ("SELECT * { ?s ?p 'a'@en ?x }", "1:28", "more than three terms", "Is a . missing?"),
    ("SELECT * { ?s ?p ?o ", "1:10", "this { is not closed", "Add"),
    ("SELECT * { ?s ?p ?o }}", "1:22", "this } closes nothing", "Take it out"),
    ("SELECT * { FILTER(REGEX(?o, 'a') }", "1:18", "this ( is not closed before }", ""),
    ("SELECT * { ?s ?p 'abc }", "1:18", "the text that begins here is not closed", "'"),
    ("SELECT * { ?s ?p ?o FILTER }", "1:21", "FILTER has nothing after it", ""),
    ("SELECT { ?s ?p ?o }", "", "SELECT names no variable", "SELECT *"),
    ("SELECT ?s, ?p { ?s ?p ?o }", "", "not commas", "Leave the commas out"),
    ("SELECT (COUNT(?s)) { ?s ?p ?o }", "", "has no name", "AS ?n"),
    ("SELECT ?x (COUNT(?s) AS ?n) { ?s ?p ?x }", "", "variable that is unbound", ""),
    ("SELECT * { ?s foo:bar ?o }", "", "prefix foo: is not declared", "Did you mean foaf:"),
    (
        "SELECT * { FILTER(geof:near(?s, 'a:b') < 1) }",
        "",
        "prefix geof: is not declared",
        "PREFIX",
    ),
    ("SELECT * { ?s ?p ?o } ORDER ?s", "", "expected BY at or before '?s'", ""),
    ("SELECT * { ?s ?p ?o } LIMIT x", "1:29", "at or before 'x'", ""),
]


@pytest.mark.parametrize(("query", "place", "text", "hint"), WRONG, ids=[w[0] for w in WRONG])
def test_error_says_what_is_wrong(query: str, place: str, text: str, hint: str):
    with pytest.raises(SyntaxError) as raised:
        Store().query(query, base_iri="x:")
    error = explained(str(raised.value), query)
    assert text in str(error)
    assert hint in (error.hint or "")
    line, column = error.details["line"], error.details["column"]
    assert place in ("", f"{line}:{column}")
    assert error.details["excerpt"] == query.split("\n")[int(str(line)) - 1]
    assert "SERVICE" not in str(error)
    assert "u{" not in str(error)


def test_command_line_says_the_same(built: Settings):
    done = kg(built.root, "query", "-", stdin="SELECT * { ?s foo:bar ?o }")
    assert done.returncode == 2
    assert "prefix foo: is not declared" in done.stderr
    assert "Did you mean foaf:" in done.stderr


FUNCTION = "SELECT (<http://x/near>(1) AS ?near) {}"


def test_a_function_that_is_not_there_is_named(built: Settings):
    answer = (
        create_app(built)
        .test_client()
        .get("/sparql", query_string={"query": FUNCTION}, headers={"Accept": "application/json"})
    )
    assert answer.status_code == 400
    assert answer.json["function"] == "http://x/near"
    with pytest.raises(BadQuery, match="no function <http://x/near>"):
        make(
            Store(),
            Update(text="INSERT { <a:a> <a:b> ?x } WHERE { BIND(<http://x/near>(1) AS ?x) }"),
            0,
        )
    done = kg(built.root, "query", "-", stdin=FUNCTION)
    assert done.returncode == 2
    assert "There is no function <http://x/near> here" in done.stderr

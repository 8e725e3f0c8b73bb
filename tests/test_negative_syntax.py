"""What the W3C says is no SPARQL is answered with 400, a place and a reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.settings import Settings
from tests.live import TOKEN, Reply, alive, send, writing
from tests.serving import Running

FILE = Path(__file__).parent / "conformance" / "negative-syntax.json"
TEXTS: dict[str, str] = json.loads(FILE.read_text("utf-8"))
UPDATES = {name: text for name, text in TEXTS.items() if name.endswith(".ru")}
QUERIES = {name: text for name, text in TEXTS.items() if name not in UPDATES}
#: Texts that the parser of the store takes all the same, and why.
GAPS = {
    "sparql10/syntax-sparql3/syn-bad-26.rq": "read as `?x < ?a && ?b > ?y`: the parser backtracks"
    " where the rule of the longest token makes an IRI of `<?a&&?b>`",
}


def items(texts: dict[str, str]) -> list[Any]:
    gap = {name: [pytest.mark.xfail(reason=why, strict=True)] for name, why in GAPS.items()}
    return [
        pytest.param(text, id=name, marks=gap.get(name, []))
        for name, text in sorted(texts.items())
    ]


@pytest.fixture(scope="module")
def writer(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with writing(built, tmp_path_factory.mktemp("writer")) as server:
        yield server


@pytest.mark.parametrize("text", items(QUERIES))
def test_what_is_no_query_is_400(text: str, live: Running):
    typed = {"Content-Type": "application/sparql-query"}
    told(send(live, "POST", "/sparql", body=text, headers=typed), text)
    told(send(live, "GET", "/sparql", parameters={"query": text}), text)


@pytest.mark.parametrize("text", items(UPDATES))
def test_what_is_no_update_is_400(text: str, writer: Running):
    typed = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {TOKEN}"}
    told(send(writer, "POST", "/sparql", body=text, headers=typed), text)


@pytest.mark.parametrize("text", items(UPDATES))
def test_any_update_is_refused_where_nothing_may_be_written(text: str, live: Running):
    typed = {"Content-Type": "application/sparql-update"}
    for reply in (
        send(live, "POST", "/sparql", body=text, headers=typed),
        send(live, "POST", "/sparql", form={"update": text}),
        send(live, "POST", "/sparql", form={"query": text}),
    ):
        assert reply.status in (400, 403)
        assert reply.media == "application/problem+json"


def test_the_server_is_none_the_worse(live: Running):
    assert alive(live)


def told(reply: Reply, text: str) -> None:
    """Have a status, and a place in the text or a reason that says something."""
    assert (reply.status, reply.media) == (400, "application/problem+json"), reply.text
    problem = reply.json()
    assert problem["status"] == 400
    assert problem["title"]
    assert "Traceback" not in reply.text
    if "line" in problem:
        lines = text.splitlines() or [""]
        assert 1 <= problem["line"] <= len(lines) + 1
        assert 1 <= problem["column"] <= max(map(len, lines)) + 1
    else:
        assert len(problem["detail"]) > len("Not a SPARQL query: ") + 10

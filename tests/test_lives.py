"""A state that did not exist on a day calls on nobody, and nobody on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg import settings as config
from kg.build import build, resolved
from kg.queries import bind, load
from kg.web import create_app
from kg.web.lives import Life
from tests.test_pages import read
from tests.test_web import HTML

STATE = "https://w3id.org/mithaq/id/state/"


def ended(mini: Path, root: Path, *keys: str) -> Path:
    """Return a copy of the small repository in which these states ended in June 2015."""
    shutil.copytree(mini, root, ignore=shutil.ignore_patterns("build"))
    path = root / "data/actors/states.ttl"
    text = path.read_text("utf-8")
    for key in keys:
        head = f"state:{key} a mq:State ;"
        assert text.count(head) == 1
        text = text.replace(head, f'{head} mq:existedUntil "2015-06-30"^^xsd:date ;')
    path.write_text(text, "utf-8")
    return root


@pytest.fixture(scope="module")
def client(mini: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    root = ended(mini, tmp_path_factory.mktemp("lives") / "repo", "IRN")
    settings = config.load(root, {"KG_WORKERS": "1"})
    build(settings)
    app = create_app(settings)
    yield app.test_client()
    app.extensions["kg"].close()


@pytest.mark.parametrize(
    ("life", "day", "there"),
    [
        (Life("1991-12-26", ""), "1991-12-25", False),
        (Life("1991-12-26", ""), "1991-12-26", True),
        (Life("", "1990"), "1990-12-31", True),
        (Life("", "1990"), "1991-01-01", False),
        (Life("1954", "1971-03"), "1971-03-31", True),
        (Life(), "0001-01-01", True),
    ],
)
def test_a_life_is_as_precise_as_its_list(life: Life, day: str, there: bool):
    assert life.on(day) is there


def test_nobody_calls_on_what_has_ended(mini: Path, tmp_path: Path):
    # Not built: what is signed after the end of a party is a violation, here and in the data.
    root = ended(mini, tmp_path / "repo", "SAU")
    store = resolved(config.load(root, {}))
    question = load(root / "queries")["support-map"]

    def partners(state: str, day: str) -> set[str]:
        rows = store.query(bind(question, {"state": STATE + state, "date": day}))
        return {row["partner"].value.removeprefix(STATE) for row in rows}

    assert "SAU" in partners("PAK", "2014-01-01")
    assert "SAU" not in partners("PAK", "2020-01-01")
    assert partners("SAU", "2014-01-01")
    assert not partners("SAU", "2020-01-01")


def test_pages_say_who_did_not_exist(client: FlaskClient):
    page = read(client, "/page/state/PAK?on=2020-01-01").text
    assert "Partners that ceased to exist" in page
    gone = read(client, "/page/state/IRN?on=2020-01-01").text
    assert "did not exist on 1 Jan 2020" in gone
    assert "can call on nobody" in gone
    assert "did not exist" not in read(client, "/page/state/IRN?on=2003-01-01").text
    assert "did not exist on 1 Jan 2020" in read(client, "/between/IRN/PAK?on=2020-01-01").text


def test_the_network_has_no_link_to_what_has_ended(client: FlaskClient):
    def ends(day: str) -> set[str]:
        found = client.get(f"/network.json?domain=&on={day}").json["links"]
        return {one[side] for one in found for side in ("source", "target")}

    assert "IRN" in ends("2003-01-01")
    assert "IRN" not in ends("2020-01-01")


def test_two_states_are_two(client: FlaskClient):
    answer = client.get("/between/PAK/PAK", headers=HTML)
    assert answer.status_code == 400
    assert "two different states" in answer.text

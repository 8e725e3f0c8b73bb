"""The API does what its OpenAPI document says, whatever a client makes of the document."""

from __future__ import annotations

import os
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from kg.queries import load
from tests.conftest import ROOT
from tests.live import PATIENCE, alive
from tests.serving import Running

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
Mode = schemathesis.GenerationMode

EXAMPLES = {"few": 5, "many": 50}[os.environ.get("FUZZ", "few")]
OPERATIONS = [
    "/sparql",
    "/data/{path}",
    "/cite/agreement/{key}.{format}",
    "/panels/dyad-year.csv",
    *(f"/queries/{name}.{{format}}" for name in sorted(load(ROOT / "queries"))),
]
#: What the document cannot say: which texts are queries, and which agreements there are.
DOUBTFUL = {"query", "agreement", "record", "path", "key"}


@pytest.fixture(scope="module")
def api(live: Running):
    """The document, as the server gives it."""
    return schemathesis.openapi.from_url(f"{live.url}/openapi.json")


def test_every_operation_is_tried(api):
    assert {found.ok().path for found in api.get_all_operations()} == set(OPERATIONS)


@pytest.mark.parametrize("mode", [Mode.POSITIVE, Mode.NEGATIVE], ids=["allowed", "not allowed"])
@pytest.mark.parametrize("path", OPERATIONS)
def test_operation_answers_as_described(path: str, mode, api):
    """No status, media type, header or body that the document does not have."""
    strategy = api[path]["GET"].as_strategy(generation_mode=mode)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def told(case) -> None:
        answer = case.call(timeout=PATIENCE)
        case.validate_response(answer, excluded_checks=excluded(answer))

    told()


def excluded(answer) -> list:
    """Return what is not asked of an answer.

    Blanks around a value are cut off, and an empty one stands for the default, as an empty field
    of a form does.
    """
    checks = schemathesis.checks
    pairs = parse_qsl(urlsplit(answer.request.url).query, keep_blank_values=True)
    found = [checks.positive_data_acceptance] if DOUBTFUL & {name for name, _ in pairs} else []
    if answer.status_code == 503 and any(name == "timeout" for name, _ in pairs):
        # It was stopped as it was asked to be.
        found += [checks.not_a_server_error, checks.positive_data_acceptance]
        found.append(checks.negative_data_rejection)
    if any(value.strip() != value or not value for _, value in pairs):
        found.append(checks.negative_data_rejection)
    return found


def test_the_server_is_none_the_worse(live: Running):
    assert alive(live)

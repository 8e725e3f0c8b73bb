"""Every command shown in the README gives what the README shows."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest

from kg import settings as config
from kg.queries import load
from kg.store import up_to_date
from tests.conftest import ROOT
from tests.test_cli import kg

BLOCK = re.compile(r"```console\n\$ kg (.+)\n((?:.*\n)*?)```")
EXAMPLES = BLOCK.findall((ROOT / "README.md").read_text("utf-8"))


def test_the_readme_shows_five_questions():
    assert len(EXAMPLES) == 5


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[e[0][:40] for e in EXAMPLES])
def test_readme_example(command: str, shown: str):
    assert up_to_date(config.load(ROOT)), "run `kg build` first; `make test` does"
    command, _, word = command.partition(" | grep ")
    done = kg(ROOT, *shlex.split(command))
    assert done.returncode == 0
    lines = [line for line in done.stdout.splitlines() if word in line]
    told = [line for line in shown.splitlines() if line != "…"]
    assert lines[: len(told)] == told
    assert ("…" in shown.splitlines()) == (len(lines) > len(told) > 0)


def test_tables_and_numbers_are_those_of_the_graph():
    script = [sys.executable, str(ROOT / "docs/tables.py"), "--check"]
    done = subprocess.run(script, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_words_for_numbers_in_the_readme_are_those_of_the_data():
    """Numbers in figures are written by docs/tables.py, but for these two."""
    text = (ROOT / "README.md").read_text("utf-8")
    page = (ROOT / "docs/data.md").read_text("utf-8")
    table = page[page.index("<!-- table: coverage-of-sources -->") :].split("<!-- end -->")[0]
    assert len(re.findall(r"^\|[^|]+\|[^|]+\| \d{4}-", table, re.M)) == 21
    assert "twenty-one datasets and registers" in text
    members = (ROOT / "src/kg/importers/oic_members.csv").read_text("utf-8").split()
    assert f"the {len(members) - 1} member states" in " ".join(text.split())


def test_every_number_in_the_readme_is_written_from_the_graph():
    text = (ROOT / "README.md").read_text("utf-8")
    text = text[text.index("## What is in it") : text.index("## Five questions")]
    plain = re.sub(r"<!-- number: .+? -->[\d,]+", "", text)
    assert re.findall(r"\b\d[\d,]*", plain) == ["2026"]


def test_rows_left_out_add_up():
    """Each dataset of the table has a total in bold, and then its parts."""
    text = (ROOT / "docs/data.md").read_text("utf-8")
    table = text[text.index("<!-- left out:") :].split("<!-- end -->")[0]
    rows = re.findall(r"^\|(.*)\| *([\d,]+) *\|(.*)\|$", table, re.M)
    totals: list[list[int]] = []
    for name, number, _ in rows:
        count = int(number.replace(",", ""))
        totals += [[count]] if name.strip() else []
        totals[-1] += [] if name.strip() else [count]
    assert len(totals) == 4
    assert all(total == sum(parts) for total, *parts in totals)


@pytest.mark.parametrize("name", sorted(load(ROOT / "queries")))
def test_every_saved_query_is_documented(name: str):
    assert f"`{name}`" in (ROOT / "docs/use.md").read_text("utf-8")


def test_every_command_and_setting_is_documented():
    from kg.cli import cli

    text = (ROOT / "docs/use.md").read_text("utf-8")
    for command in cli.commands:
        assert f"`kg {command}" in text
    for name in vars(config.load(ROOT, {})):
        assert name in {*config.GIVEN, "build"} or f"`{name}`" in text


def test_the_build_is_of_these_files():
    """A build with a violation is not published, so this graph has none."""
    assert up_to_date(config.load(ROOT))


def test_each_source_has_its_terms_and_citation():
    told = (ROOT / "LICENSE-DATA.md").read_text("utf-8")
    sources = (ROOT / "data/sources/datasets.ttl").read_text("utf-8")
    titles = re.findall(r'^    dcterms:title "(.*)"@en ;$', sources, re.MULTILINE)
    cited = re.findall(r'^    dcterms:bibliographicCitation "(.*)" ;$', sources, re.MULTILINE)
    titles = [title for title in titles if title != "Datasets"]  # the file itself
    assert len(titles) == len(cited) > 20
    for text in (*titles, *cited):
        assert text.replace('\\"', '"').replace("|", "\\|") in told, text

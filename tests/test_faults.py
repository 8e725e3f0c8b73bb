"""Each fault put into a small copy of our repository is found: rule, file and line, no more."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import Store

from kg import settings as config
from kg.check.run import STAGES, Options, run
from kg.check.work import Work
from kg.findings import Finding
from tests.conftest import ROOT
from tests.cutting import cut
from tests.edits import Case, case, copy, edit

FAULTS = [case(path) for path in sorted((ROOT / "tests/cases/faults").glob("*/*.toml"))]
#: Folders with nothing of the graph.
APART = ("queries/", "docs/", "tests/", "ontology/shapes/", "ontology/checks/")


def findings(root: Path, store: Store | None = None) -> list[Finding]:
    """Return what a check finds, accepted or not."""
    work = Work(config.load(root, {}))
    if store is not None:
        work.store = store
    return list(run(work, Options(everything=True)).findings)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small repository without a fault."""
    return cut(ROOT, tmp_path_factory.mktemp("faults") / "small")


@pytest.fixture(scope="module")
def graph(small: Path) -> Store:
    """Its graph, for the faults that leave it as it is."""
    return Work(config.load(small, {})).store


@pytest.fixture(scope="module")
def before(small: Path, graph: Store) -> Counter[str]:
    """What is found in it: agreements that were left out, queries without an answer."""
    return Counter(finding.fingerprint for finding in findings(small, graph))


def test_there_are_fifty_faults_of_all_stages():
    assert len(FAULTS) >= 50
    assert {fault.name.split("/")[0] for fault in FAULTS} == set(STAGES)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_is_found(
    fault: Case, small: Path, graph: Store, before: Counter[str], tmp_path: Path
):
    root = copy(small, tmp_path / "repo")
    edit(root, fault.edits)
    apart = all(one["file"].startswith(APART) for one in fault.edits)
    after = findings(root, graph if apart else None)
    gone = before - Counter(finding.fingerprint for finding in after)
    left = before - gone
    new = []
    for finding in after:
        if left[finding.fingerprint]:
            left[finding.fingerprint] -= 1
        else:
            new.append(finding)
    told = "\n".join(f"{f.place} {f.rule} {f.message}" for f in new)
    assert {f.rule for f in new} == {fault.rule, *fault.also}, told
    places = [
        (f.place.file, f.place.span and f.place.span.line) for f in new if f.rule == fault.rule
    ]
    assert (fault.file, fault.line(root)) in places, told

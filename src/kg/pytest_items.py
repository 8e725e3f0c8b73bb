"""The tests of a repository: one for each rule, each saved query, and what else a stage finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from _pytest._code.code import TerminalRepr

from kg import settings
from kg.check import Work
from kg.check.run import STAGES, Options, run
from kg.errors import KgError
from kg.findings import Finding
from kg.report import Report, Rule, StageRun, text

__all__ = ["tests"]

#: Stage of the tests of saved queries.
QUERIES = "queries"
#: Stages that judge saved queries.
ASKING = {QUERIES, "competency"}


def tests(session: pytest.Session, root: Path, stages: tuple[str, ...]) -> Iterator[pytest.Item]:
    """Yield the tests; raise UsageError when the settings or a stage are wrong."""
    for name in stages:
        if name not in STAGES:
            raise pytest.UsageError(f"kg: no stage {name!r}; there are: {', '.join(STAGES)}")
    try:
        checked = Checked(Work(settings.load(root)), stages)
    except KgError as error:
        raise pytest.UsageError(f"kg: {error}") from error
    yield from Whole.from_parent(session, name="kg", nodeid="kg").tests(checked)


@dataclass
class Checked:
    """A repository that is checked once, when first asked."""

    work: Work
    #: Stages that were asked for; those of the settings when there are none.
    asked: tuple[str, ...]

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """Return the stages that run, in their order."""
        names = self.asked or self.work.settings.check.stages
        return tuple(name for name in STAGES if not names or name in names)

    @cached_property
    def report(self) -> Report:
        """Return what the check finds."""
        return run(self.work, Options(stages=self.asked))

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """Return the rules that the files of the repository say, by name."""
        stages = [STAGES[name] for name in self.stages]
        return {rule.name: rule for stage in stages for rule in stage.rules(self.work)}

    @cached_property
    def queries(self) -> dict[str, str]:
        """Return the saved queries that are judged: path from the root, to name."""
        if self.asked and not ASKING & set(self.asked):
            return {}
        paths = sorted((self.work.layout.root / "queries").glob("*.rq"))
        return {self.work.layout.name(path): path.stem for path in paths}

    def home(self, finding: Finding) -> tuple[str, str]:
        """Return the stage and name of the one test that a finding belongs to."""
        file = finding.place.file if finding.place else ""
        if file in self.queries:
            return QUERIES, self.queries[file]
        if finding.rule in self.rules:
            return self.rules[finding.rule].stage, finding.rule
        return finding.rule.partition("/")[0], ""


class Whole(pytest.Collector):
    """All tests of a repository."""

    def collect(self) -> list[pytest.Item | pytest.Collector]:
        """Return nothing: the tests are added to those that were collected."""
        return []

    def tests(self, checked: Checked) -> Iterator[pytest.Item]:
        """Yield a test for each rule, each saved query, and what else a stage finds."""
        for name in (*checked.stages, *(() if checked.asked else ("check",))):
            for rule in (rule for rule in checked.rules.values() if rule.stage == name):
                yield self._test(checked, name, rule.name)
            yield self._test(checked, name, "")
        for name in checked.queries.values():
            yield self._test(checked, QUERIES, name)

    def _test(self, checked: Checked, stage: str, name: str) -> pytest.Item:
        title = f"{stage}::{name}" if name else stage
        return RuleTest.from_parent(self, name=title, checked=checked, home=(stage, name))


class RuleTest(pytest.Item):
    """One rule, one saved query, or what else a stage finds."""

    checked: Checked
    home: tuple[str, str]

    def __init__(self, *, checked: Checked, home: tuple[str, str], **more: object) -> None:
        """Keep what is checked, and which of its findings are of this test."""
        super().__init__(**more)  # type: ignore[arg-type]
        self.checked = checked
        self.home = home

    def runtest(self) -> None:
        """Fail by the findings that make the check fail; show the others."""
        report = self.checked.report
        self._stage(report)
        mine = [finding for finding in report.shown if self.checked.home(finding) == self.home]
        if bad := tuple(filter(report.fails, mine)):
            raise Found(text(replace(report, findings=bad, stages=(), fixed=(), stale=())))
        if mine:
            told = text(replace(report, findings=tuple(mine), stages=(), fixed=(), stale=()))
            self.add_report_section("call", "kg", told)

    def _stage(self, report: Report) -> None:
        """Skip what was skipped; of a stage that failed, fail the one test of the stage."""
        stage, name = self.home
        runs = {one.name: one for one in report.stages}
        one = runs.get(stage, StageRun(stage))
        if (load := runs.get("load")) and one.state == "skipped":
            one = replace(load, name=stage)
        if one.state == "failed" and not name:
            raise Found(f"{one.name}: {one.reason}")
        if one.state != "run":
            pytest.skip(f"{one.name}: {one.reason}")

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str | TerminalRepr:
        """Return the findings as `kg check` shows them, and no traceback."""
        if isinstance(excinfo.value, Found | KgError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the file that says the rule."""
        rule = self.checked.rules.get(self.home[1])
        place = rule.place.file if rule and rule.place else ""
        return self.checked.work.layout.root / place, None, self.nodeid


class Found(Exception):
    """A test found something; the text says what."""

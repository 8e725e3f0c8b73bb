"""Make one report of what the stages find, with what is accepted, known, and fixed."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from kg.check import baseline, changed, suppressions
from kg.check.built import reasoned, settled
from kg.check.catalogue import STAGES, rules
from kg.check.covered import covered
from kg.check.folded import folded
from kg.check.stages import Stage, judge
from kg.check.work import Work
from kg.errors import BadShapes
from kg.findings import Finding
from kg.report import Known, Report, Rule

__all__ = ["STAGES", "Options", "run"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """What one run is asked for, beside the settings."""

    stages: Sequence[str] = ()
    rules: Sequence[str] = ()
    strict: bool = False
    everything: bool = False
    #: A baseline that must be there; None for that of the settings, where it is.
    baseline: Path | None = None
    update: bool = False
    #: Let an unexpected error through, for its traceback.
    debug: bool = False
    #: Path from the root of the version-controlled tree to the repository: "" or ending in "/".
    prefix: str = ""
    #: Day on which suppressions are looked at; None for today.
    today: datetime.date | None = None
    #: Judge what changed since the check that is kept; a git revision, or "", names the files.
    changed: str | None = None
    #: Judge everything too, and tell where that differs.
    verify: bool = False


def run(work: Work, options: Options) -> Report:
    """Return what the stages find.

    A stage that fails does not stop the others; the report has its exit code. Raises
    BadShapes when a setting, the suppressions or the baseline cannot be used.
    """
    settings = work.settings.check
    stages = _chosen(options.stages or settings.stages)
    accepted = suppressions.read(work.layout.root / settings.suppressions, settings.suppressions)
    path, before = _baseline(work, options)
    policy = _Policy(options.rules or settings.rules, settings.severity)
    told = _judged(work, stages, options)
    runs = tuple(one for one, _ in told.judged)
    found = policy.of(finding for _, some in told.judged for finding in some)
    found = settled(work, found) if told.near is None else reasoned(found, told.near.after)
    part = options.stages or options.rules
    whole = not part and all(one.state == "run" for one in runs)
    found = policy.of(_suppressed(accepted, found, options.today, whole=whole))
    known = rules(work)
    found = folded(found, known, covered(work), work.settings.base_iri)
    ran = {one.name for one in runs if one.state == "run"} | ({"check"} if whole else set())
    looked = ran - ({"syntax", "source"} if told.files else set())
    report = Report(
        root=work.layout.root,
        findings=tuple(sorted(found, key=lambda finding: finding.order)),
        rules={n: r for n, r in known.items() if r.stage in ran and policy.applies(n)},
        stages=runs,
        known=frozenset(one.fingerprint for one in before) if path.is_file() else None,
        strict=options.strict or settings.strict,
        everything=options.everything,
        prefix=options.prefix,
        notes=told.notes,
    )
    gone = _gone(report, before, known)
    report = replace(
        report,
        fixed=tuple(e for e, s in gone.items() if s in looked and policy.applies(e.rule)),
        stale=tuple(entry for entry, stage in gone.items() if not stage),
    )
    return _updated(report, gone, path) if options.update else report


@dataclass(frozen=True)
class _Policy:
    """Which rules are applied, and how hard."""

    rules: Sequence[str]
    levels: Mapping[str, str]
    _kept: dict[str, str | None] = field(default_factory=dict)

    def of(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings that stay, each once, with the severity that they are to have."""
        found: dict[Finding, None] = {}
        for finding in findings:
            if finding.rule not in self._kept:
                self._kept[finding.rule] = self.level(finding.rule)
            level = self._kept[finding.rule]
            if level == "off" or not self.applies(finding.rule):
                continue
            found[replace(finding, severity=level) if level else finding] = None
        return list(found)

    def applies(self, rule: str) -> bool:
        return not self.rules or any(rule == g or fnmatchcase(rule, g) for g in self.rules)

    def level(self, rule: str) -> str | None:
        fits = [level for glob, level in self.levels.items() if fnmatchcase(rule, glob)]
        return self.levels.get(rule) or (fits[-1] if fits else None)


def _chosen(names: Sequence[str]) -> list[Stage]:
    for name in names:
        if name not in STAGES:
            near = get_close_matches(name, STAGES, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise BadShapes(f"There is no stage {name!r}; {hint}there are: {', '.join(STAGES)}")
    return [stage for stage in STAGES.values() if not names or stage.name in names]


def _judged(work: Work, stages: Sequence[Stage], options: Options) -> changed.Told:
    if options.changed is None and not options.verify:
        return changed.Told(judge(work, stages, debug=options.debug), ())
    revision = options.changed or ""
    return changed.stages_changed(
        work, stages, revision, verify=options.verify, debug=options.debug
    )


def _baseline(work: Work, options: Options) -> tuple[Path, list[Known]]:
    asked = options.baseline is not None
    path = options.baseline or work.layout.root / work.settings.check.baseline
    if path.is_file() or (asked and not options.update):
        return path, baseline.read(path)
    return path, []


def _suppressed(
    accepted: list[suppressions.Suppression],
    found: list[Finding],
    today: datetime.date | None,
    *,
    whole: bool,
) -> list[Finding]:
    """Apply the suppressions; of a whole run, tell those that nothing needs."""
    today = today or datetime.datetime.now(datetime.UTC).date()
    more = list(suppressions.unused(accepted, found, today=today)) if whole else []
    return suppressions.apply(accepted, found, today=today) + more


def _gone(report: Report, before: list[Known], rules: Mapping[str, Rule]) -> dict[Known, str]:
    """Return the entries of the baseline that are not found, each with its rule's stage."""
    here = {finding.fingerprint for finding in report.findings if not finding.reason}
    gone = [entry for entry in before if entry.fingerprint not in here]
    return {entry: _stage(entry.rule, rules) for entry in gone}


def _updated(report: Report, gone: Mapping[Known, str], path: Path) -> Report:
    """Write what is found as the baseline, with what this run could not look for.

    Nothing is written when a stage failed: its findings would be lost.
    """
    if any(one.state == "failed" for one in report.stages):
        return report
    now = [baseline.entry(finding) for finding in report.findings if not finding.reason]
    left = {*report.fixed, *report.stale}
    baseline.write(path, [*now, *(entry for entry in gone if entry not in left)])
    return replace(report, known=frozenset(entry.fingerprint for entry in now))


def _stage(rule: str, rules: Mapping[str, Rule]) -> str:
    """Return the stage of a rule, "" when there is no such rule any more."""
    if rule in rules:
        return rules[rule].stage
    head = rule.partition("/")[0]
    return head if head in STAGES else ""

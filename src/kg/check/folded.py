"""Tell one fault once, where several rules tell of the same triple."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kg.findings import SEVERITIES, Finding, Related
from kg.report import Rule

__all__ = ["folded"]

#: Stages in the order in which they say why: how it is written, what it points to, what it means.
ORDER = ("syntax", "source", "links", "ontology", "shapes", "shacl", "checks", "queries")


def folded(
    findings: Iterable[Finding], rules: Mapping[str, Rule], instead: Mapping[str, str], base: str
) -> list[Finding]:
    """Return findings with those that tell of the same triple as one, the others beside it.

    The worst stays; of equals the one of the stage that says why. A check that does a rule instead
    (`instead`: rule to check) counts to the stage of the rule. A property that lacks a value goes
    to the finding about a value that it has at the same node. Findings that are accepted stay
    apart from those that are not, and no finding goes to a milder one. What a shape finds that is
    itself wrong is not told.
    """
    stages = {name: rule.stage for name, rule in rules.items()}
    stages |= {check: rule.partition("/")[0] for rule, check in instead.items()}

    def rank(finding: Finding) -> tuple[int, int, str]:
        stage = stages.get(finding.rule, "")
        at = ORDER.index(stage) if stage in ORDER else len(ORDER)
        return SEVERITIES.index(finding.severity), at, finding.rule

    told = sorted(findings, key=rank)
    wrong = {f.focus for f in told if f.severity == "violation" and stages.get(f.rule) == "shapes"}
    told = [f for f in told if stages.get(f.rule) != "shacl" or base + f.rule not in wrong]
    heads: dict[tuple[object, ...], Finding] = {}
    beside: dict[int, list[Finding]] = defaultdict(list)
    kept = []
    for finding in sorted(told, key=_lacks):
        keys = list(_keys(finding))
        head = next((heads[key] for key in keys if key in heads), None)
        if head is not None and head.rule != finding.rule and rank(head)[0] <= rank(finding)[0]:
            beside[id(head)].append(finding)
            continue
        kept.append(finding)
        for key in (*keys, *_used(finding)):
            heads.setdefault(key, finding)
        if finding.value and finding.focus and finding.path:
            heads.setdefault((finding.focus, finding.path, bool(finding.reason)), finding)
    return [_with(finding, beside[id(finding)]) for finding in kept]


def _keys(finding: Finding) -> Iterator[tuple[object, ...]]:
    """Yield what findings of one triple have in common."""
    accepted = bool(finding.reason)
    if not finding.value:
        if finding.focus and finding.path:
            yield finding.focus, finding.path, accepted
        return
    if finding.focus and finding.path:
        yield finding.focus, finding.path, finding.value, accepted
    if finding.place and finding.place.span:
        span = finding.place.span
        yield finding.place.file, span.line, span.column, finding.value, accepted


def _lacks(finding: Finding) -> bool:
    """Say whether a finding is about a value that is not there: those come last."""
    return bool(finding.path) and not finding.value


def _used(finding: Finding) -> Iterator[tuple[object, ...]]:
    """Yield what a finding about an IRI itself has in common with those about a use of it."""
    span = finding.place.span if finding.place else None
    if finding.focus and not (finding.path or finding.value) and finding.place and span:
        yield finding.place.file, span.line, span.column, finding.focus, bool(finding.reason)


def _with(finding: Finding, others: Iterable[Finding]) -> Finding:
    """Return a finding with what other rules say of its triple."""
    more = tuple(
        Related(one.place, f"{one.rule} says too: {one.message}") for one in others if one.place
    )
    return replace(finding, related=(*finding.related, *more)) if more else finding

"""Hold what a check found, and what its outputs need to tell it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from kg.findings import SEVERITIES, Finding, Place

__all__ = ["Known", "Report", "Rule", "StageRun", "count"]


@dataclass(frozen=True)
class Rule:
    """A rule that was applied: a shape, a check, or one of a stage's own."""

    name: str
    stage: str
    #: What it is about, in a few words.
    summary: str = ""
    #: What to do when it finds something.
    help: str = ""
    severity: str = "violation"
    #: IRI of the shape; "" for other rules.
    iri: str = ""
    #: The file that says so; None for rules of kg itself.
    place: Place | None = None


@dataclass(frozen=True)
class StageRun:
    """What became of a stage: it ran, was skipped, or failed."""

    name: str
    #: "run", "skipped" or "failed".
    state: str = "run"
    #: Why it was skipped or failed.
    reason: str = ""
    #: Exit code that its failure asks for; 0 for others.
    exit_code: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, order=True)
class Known:
    """A finding of the baseline."""

    rule: str
    #: IRI of the node, or the file of a finding that has none.
    about: str
    fingerprint: str


@dataclass(frozen=True)
class Report:
    """What a check found."""

    root: Path
    findings: tuple[Finding, ...] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict)
    stages: tuple[StageRun, ...] = ()
    #: Fingerprints of the baseline; None when there is none.
    known: frozenset[str] | None = None
    #: Entries of the baseline that are found no more, and that no rule can find any more.
    fixed: tuple[Known, ...] = ()
    stale: tuple[Known, ...] = ()
    #: Whether open warnings fail.
    strict: bool = False
    #: Whether people are also shown findings that are accepted or known.
    everything: bool = False
    #: Path from the root of the version-controlled tree to `root`: "" or ending in "/".
    prefix: str = ""
    #: What was done, where that was not simply everything.
    notes: tuple[str, ...] = ()
    _lines: dict[Path, list[str]] = field(default_factory=dict, repr=False, compare=False)

    def state(self, finding: Finding) -> str:
        """Return "accepted", "known" (it is in the baseline) or "open"."""
        if finding.reason:
            return "accepted"
        return "known" if finding.fingerprint in (self.known or ()) else "open"

    def of(self, state: str) -> list[Finding]:
        """Return the findings in a state."""
        return [finding for finding in self.findings if self.state(finding) == state]

    @property
    def shown(self) -> list[Finding]:
        """Return the findings that people are shown."""
        return list(self.findings) if self.everything else self.of("open")

    def fails(self, finding: Finding) -> bool:
        """Say whether a finding makes the check fail."""
        bad = ("violation", "warning") if self.strict else ("violation",)
        return finding.severity in bad and self.state(finding) == "open"

    @property
    def exit_code(self) -> int:
        """Return 0 ok, 1 findings, 2 bad input, 3 bad shapes or settings, 4 internal."""
        worst = max((stage.exit_code for stage in self.stages), default=0)
        return worst or int(any(map(self.fails, self.findings)))

    def rule(self, name: str) -> Rule:
        """Return a rule by name, a bare one when nothing is known of it."""
        return self.rules.get(name) or Rule(name, name.partition("/")[0] if "/" in name else "")

    def file(self, place: Place) -> str:
        """Return the path of a file from the root of the version-controlled tree."""
        return str(PurePosixPath(self.prefix) / place.file)

    def line(self, place: Place) -> str | None:
        """Return the line of a file that a place starts on; None when it cannot be read."""
        path = self.root / place.file
        if place.span and path not in self._lines:
            self._lines[path] = _read(path)
        lines = self._lines[path] if place.span else []
        number = place.span.line if place.span else 0
        return lines[number - 1] if 0 < number <= len(lines) else None

    def summary(self) -> str:
        """Return the numbers in one line."""
        found = [*count(self.of("open")).items()]
        parts = [f"{number} {name}{'s' * (number != 1)}" for name, number in found]
        for state in ("accepted", "known"):
            number = len(self.of(state))
            parts += [f"{number} {state}"] if number else []
        parts += [f"{len(self.fixed)} fixed"] if self.fixed else []
        idle = sum(stage.state != "run" for stage in self.stages)
        parts += [f"{idle} stage{'s' * (idle != 1)} not run to the end"] if idle else []
        return ", ".join(parts)


def count(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many findings have each severity; info is left out when there is none."""
    found = Counter(finding.severity for finding in findings)
    return {name: found[name] for name in SEVERITIES if found[name] or name != "info"}


def _read(path: Path) -> list[str]:
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return []
    return [line.removesuffix("\r") for line in text.split("\n")]

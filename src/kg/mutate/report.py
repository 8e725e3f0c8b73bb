"""Say what became of the mutants: as findings, and as text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kg.findings import Finding, Place
from kg.mutate.operators import OPERATORS, Mutant
from kg.mutate.reasons import Reason, stale, words
from kg.mutate.trial import Outcome
from kg.vocab import local

__all__ = ["Report"]


@dataclass(frozen=True)
class Report:
    """The outcomes of a run, with the reasons why some mutants may survive."""

    outcomes: list[Outcome]
    reasons: list[Reason]
    #: File of the reasons, from the root of the repository.
    file: str
    #: Least part of the meaningful mutants that must be noticed.
    least: float
    triples: int
    rounds: int
    seconds: float
    #: A part of the mutants was made: reasons without a mutant say nothing.
    partial: bool = False

    @property
    def killed(self) -> list[Outcome]:
        """Return the mutants that a rule noticed."""
        return [outcome for outcome in self.outcomes if outcome.killed]

    @property
    def survivors(self) -> list[tuple[Mutant, Reason | None]]:
        """Return the mutants that nothing noticed, each with its reason if it has one."""
        alive = [outcome.mutant for outcome in self.outcomes if not outcome.killed]
        return [(m, next((r for r in self.reasons if r.covers(m)), None)) for m in alive]

    @property
    def equivalent(self) -> int:
        """Return how many survivors are as good as the original: they are not counted."""
        return sum(r is not None and r.kind == "equivalent" for _, r in self.survivors)

    @property
    def rate(self) -> float:
        """Return which part of the meaningful mutants rules noticed."""
        return len(self.killed) / max(1, len(self.outcomes) - self.equivalent)

    @property
    def raw(self) -> float:
        """Return which part of all mutants rules noticed."""
        return len(self.killed) / max(1, len(self.outcomes))

    def findings(self) -> Iterator[Finding]:
        """Yield survivors without a reason, reasons without a survivor, and too low a rate."""
        place = Place(self.file)
        told: dict[tuple[str, str, str], Mutant] = {}
        for mutant, reason in self.survivors:
            if reason is None:
                told.setdefault(mutant.rule, mutant)
        for (operator, kind, prop), mutant in sorted(told.items()):
            yield Finding(
                "mutate/survivor",
                "warning",
                f"No rule notices when {OPERATORS[operator].meaning} ({operator}) at"
                f" {words(prop)} of {local(kind)}; strengthen a shape or check, or list it in"
                f" {self.file} with a reason.",
                mutant.node.value,
                prop.split()[0],
                operator,
                place,
                key=f"{operator} {kind} {prop}",
            )
        for reason, prop in [] if self.partial else stale(self.reasons, self._alive()):
            about = f"{'|'.join(reason.operators)} {'|'.join(reason.classes)} {prop}"
            text = f"No mutant needs the reason for {about}; remove it."
            yield Finding("mutate/stale", "violation", text, place=place, key=about)
        if self.rate < self.least:
            text = (
                f"Rules notice {self.rate:.1%} of meaningful mutants, fewer than {self.least:.0%}."
            )
            yield Finding("mutate/rate", "violation", text, place=place, key="rate")

    def _alive(self) -> list[Mutant]:
        return [mutant for mutant, _ in self.survivors]

    def table(self) -> list[dict[str, object]]:
        """Return a row an operator: its meaning, its mutants, how many were noticed."""
        made: Counter[str] = Counter(o.mutant.operator for o in self.outcomes)
        killed: Counter[str] = Counter(o.mutant.operator for o in self.killed)
        equal: Counter[str] = Counter(
            m.operator for m, r in self.survivors if r is not None and r.kind == "equivalent"
        )
        return [
            {
                "operator": name,
                "meaning": operator.meaning,
                "mutants": made[name],
                "equivalent": equal[name],
                "noticed": killed[name],
            }
            for name, operator in OPERATORS.items()
            if made[name]
        ]

    def rules(self) -> list[tuple[str, int]]:
        """Return the rules that noticed mutants, each with how many, most first."""
        count: Counter[str] = Counter(rule for o in self.killed for rule in o.rules)
        return sorted(count.items(), key=lambda item: (-item[1], item[0]))

    def text(self) -> str:
        """Return all as text for a terminal."""
        lines = [f"{'operator':16} {'mutants':>7} {'equal':>6} {'noticed':>8}  meaning"]
        for row in self.table():
            lines.append(
                f"{row['operator']:16} {row['mutants']:7} {row['equivalent']:6}"
                f" {row['noticed']:8}  {row['meaning']}"
            )
        lines += ["", *self._survivors(), ""]
        lines.append(
            f"{len(self.killed)} of {len(self.outcomes) - self.equivalent} meaningful mutants"
            f" noticed: {self.rate:.1%} ({self.raw:.1%} of all {len(self.outcomes)};"
            f" {self.equivalent} as good as the original). {self.triples:,} triples,"
            f" {self.rounds} rounds, {self.seconds:.0f} s."
        )
        return "\n".join(lines) + "\n"

    def _survivors(self) -> Iterator[str]:
        groups: dict[str, set[str]] = defaultdict(set)
        for mutant, reason in self.survivors:
            head = f"{reason.kind}: {reason.text}" if reason else "without a reason:"
            groups[head].add(f"{mutant.operator} {local(mutant.kind)} {words(mutant.prop)}")
        for head, names in sorted(groups.items(), key=lambda item: item[0]):
            yield f"Survivors, {head}"
            yield from (f"  {name}" for name in sorted(names))

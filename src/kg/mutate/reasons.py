"""Read why some mutants may survive, and find reasons that no mutant needs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import BadShapes
from kg.mutate.operators import OPERATORS, Mutant
from kg.vocab import local

__all__ = ["KINDS", "Reason", "read", "stale"]

#: What a reason says: the mutant is as good as the original, or a real gap that is known.
KINDS = ("equivalent", "gap")
ANY = "*"


@dataclass(frozen=True)
class Reason:
    """Mutants that may survive, by operator, class and property, and why."""

    operators: tuple[str, ...]
    classes: tuple[str, ...]
    properties: tuple[str, ...]
    kind: str
    text: str
    used: set[str] = field(default_factory=set, compare=False)

    def covers(self, mutant: Mutant) -> bool:
        """Say whether the reason is about a mutant."""
        fits = mutant.operator in self.operators and (
            ANY in self.classes or local(mutant.kind) in self.classes
        )
        prop = words(mutant.prop)
        return fits and (ANY in self.properties or prop in self.properties)


def words(prop: str) -> str:
    """Return a property, or two, as people write them: `from until`."""
    return " ".join(local(one) for one in prop.split())


def read(path: Path) -> list[Reason]:
    """Return the reasons of a file; none when there is no file.

    Raises BadShapes (exit 3) for an unknown operator or kind, or a reason without words.
    """
    if not path.is_file():
        return []
    try:
        found = tomllib.loads(path.read_text("utf-8")).get("survivor", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadShapes(f"{path}: {error}") from error
    return [_reason(path, number, entry) for number, entry in enumerate(found, start=1)]


def _reason(path: Path, number: int, entry: dict[str, object]) -> Reason:
    def texts(name: str) -> tuple[str, ...]:
        value = entry.get(name, ANY)
        return tuple(value) if isinstance(value, list) else (str(value),)

    operators = texts("operator")
    kind, text = str(entry.get("kind", "")), str(entry.get("reason", ""))
    if unknown := set(operators) - OPERATORS.keys():
        names = ", ".join(sorted(unknown))
        raise BadShapes(f"{path}: survivor {number}: no operator {names}; see kg check --mutate")
    if kind not in KINDS or not text.strip():
        raise BadShapes(
            f"{path}: survivor {number}: give a reason, and kind = {' or '.join(KINDS)}"
        )
    return Reason(operators, texts("class"), texts("property"), kind, " ".join(text.split()))


def stale(reasons: Iterable[Reason], survivors: Iterable[Mutant]) -> list[tuple[Reason, str]]:
    """Return each reason, and the property in it, that no surviving mutant needs."""
    needed: dict[int, set[str]] = {}
    listed = list(reasons)
    for mutant in survivors:
        for number, reason in enumerate(listed):
            if reason.covers(mutant):
                needed.setdefault(number, set()).update({words(mutant.prop), ANY})
    return [
        (reason, prop)
        for number, reason in enumerate(listed)
        for prop in reason.properties
        if prop not in needed.get(number, set())
    ]

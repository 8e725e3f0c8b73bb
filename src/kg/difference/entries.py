"""Hold what is told of a change: entries of things, lines of their values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Quad

from kg.difference.words import Term, value_of

__all__ = ["STATES", "Entry", "Line", "values"]

#: What can have become of a thing, in the order in which they are told.
STATES = ("added", "removed", "merged", "renamed", "changed")


@dataclass(frozen=True)
class Line:
    """One change of a thing in words, with the values for machines."""

    text: str
    prop: str = ""
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    said_by: tuple[str, ...] = ()
    iri: str = ""

    @classmethod
    def of(
        cls,
        name: str,
        old: list[str],
        new: list[str],
        *,
        prop: str,
        said_by: Iterable[str] = (),
        subject: str = "",
        state: str = "changed",
    ) -> Line:
        """Return the change of a property: added, removed, or from one value to another.

        Of a thing that is new or gone as a whole, its values are told.
        """
        who = list(said_by)
        by = f" by {', '.join(who)}" if who else ""
        if state in ("added", "removed"):
            said = f" ({', '.join(who)})" if who else ""
            text = f"{name}: {', '.join(old or new)}{said}"
        elif old and new:
            said = f", said by {', '.join(who)}" if who else ""
            text = f"{name}: {', '.join(old)} → {', '.join(new)}{said}"
        elif new:
            text = f"{name} {', '.join(new)} added{by}"
        else:
            text = f"{name} {', '.join(old)} removed"
        return cls(text, prop, tuple(old), tuple(new), tuple(who), subject)


@dataclass(frozen=True)
class Entry:
    """A thing that changed: what it is, what became of it, and each change."""

    section: str
    iri: str
    label: str
    #: One of STATES.
    state: str
    lines: tuple[Line, ...]
    kind: str = ""

    @property
    def order(self) -> int:
        """Return where among the entries of its section it is told."""
        return STATES.index(self.state)


def values(
    removed: Iterable[Quad], added: Iterable[Quad]
) -> Iterator[tuple[str, str, list[Term], list[Term]]]:
    """Yield subject, property, old and new values of what changed, in order."""
    found: dict[tuple[str, str], tuple[set[Term], set[Term]]] = defaultdict(lambda: (set(), set()))
    for number, quads in enumerate((removed, added)):
        for quad in quads:
            key = (value_of(quad.subject), quad.predicate.value)
            found[key][number].add(quad.object)
    for (subject, prop), (old, new) in sorted(found.items()):
        if old != new:
            yield subject, prop, sorted(old - new, key=str), sorted(new - old, key=str)

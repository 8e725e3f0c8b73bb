"""What every importer makes: records as triples, agreement IRIs, a report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Triple

from kg.files import Layout, read_bytes
from kg.turtle import read
from kg.vocab import BASE, MQ, RDF_TYPE, XSD

__all__ = [
    "RETRIEVED",
    "Imported",
    "Minter",
    "Report",
    "concept",
    "existing",
    "facts",
    "parts",
    "slug",
    "state",
    "text",
    "typed",
]

#: The day on which the copies were taken that our own records come from.
RETRIEVED = "2026-11-22"
#: The key of an agreement names so many parties.
NAMED = 4
#: More triples than this are split over several files, each below some 10 MB.
LARGE = 100_000
#: Length of a partial date to its datatype.
DATE_TYPES = {10: "date", 7: "gYearMonth", 4: "gYear"}


@dataclass
class Report:
    """What an import kept, what it counted, and each row left out or odd, with the reason."""

    kept: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    unmapped: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, *, when: bool = True) -> None:
        """Add one to a count if `when` holds; a count that stays 0 is reported as 0."""
        self.counts[what] = self.counts.get(what, 0) + when

    def leave(self, key: str, reason: str) -> None:
        """Note a row that is left out."""
        self.left_out.append((key, reason))

    def note(self, key: str, reason: str) -> None:
        """Note something odd in a row that is kept."""
        self.notes.append((key, reason))

    def miss(self, code: str) -> None:
        """Note a code that no table maps; its rows are kept without what it would have said."""
        self.unmapped[code] = self.unmapped.get(code, 0) + 1

    def lines(self) -> Iterator[str]:
        """Yield a line for each count and unmapped code, then for each row left out or noted."""
        yield from (f"count {number}: {what}" for what, number in self.counts.items())
        yield from (f"unmapped {code}: {number} rows" for code, number in self.unmapped.items())
        yield from (f"left out {key}: {reason}" for key, reason in self.left_out)
        yield from (f"note {key}: {reason}" for key, reason in self.notes)

    def summary(self) -> str:
        """Return the totals in one line."""
        said = f"{self.kept} records, {len(self.left_out)} rows left out, {len(self.notes)} notes"
        return f"{said}, {len(self.unmapped)} codes unmapped" if self.unmapped else said


@dataclass(frozen=True)
class Imported:
    """The records of a dataset as triples, and the report."""

    triples: tuple[Triple, ...]
    report: Report


class Minter:
    """Gives records their agreement: the one they have, else a new IRI that nothing uses."""

    def __init__(self, assigned: Mapping[str, str], taken: Collection[str]) -> None:
        """Take record IRI to agreement IRI, and every agreement IRI in use."""
        self._assigned = dict(assigned)
        self._taken = {*taken, *assigned.values()}

    def agreement(self, record: str, parties: Iterable[str], signed: str) -> str:
        """Return the agreement IRI of a record, the same however often it is asked for."""
        if record not in self._assigned:
            self._assigned[record] = self._free(BASE + "id/agreement/" + slug(parties, signed))
        return self._assigned[record]

    def _free(self, stem: str) -> str:
        iri, count = stem, 1
        while iri in self._taken:
            count += 1
            iri = f"{stem}-{count}"
        self._taken.add(iri)
        return iri


def existing(layout: Layout) -> Minter:
    """Return a minter that knows every record of the graph's files and its agreement."""
    describes = NamedNode(MQ + "describes")
    assigned = {
        triple.subject.value: triple.object.value  # type: ignore[union-attr]
        for path in layout.records()
        for triple in read(read_bytes(path), layout.name(path))
        if triple.predicate == describes
    }
    return Minter(assigned, ())


def parts(name: str, triples: Iterable[Triple]) -> dict[str, list[Triple]]:
    """Return the triples by name of file: one file, or one a decade of signature when large."""
    triples = list(triples)
    if len(triples) <= LARGE:
        return {f"{name}.ttl": triples}
    signed = NamedNode(MQ + "signedOn")
    decade = {
        _root(triple): triple.object.value[:3] + "0s"  # type: ignore[union-attr]
        for triple in triples
        if triple.predicate == signed
    }
    found: dict[str, list[Triple]] = {}
    for triple in triples:
        key = decade.get(_root(triple), "undated")
        found.setdefault(f"{name}-{key}.ttl", []).append(triple)
    return dict(sorted(found.items()))


def _root(triple: Triple) -> str:
    """Return the record that a node belongs to: `…/id/record/{source}/{key}`."""
    iri = triple.subject.value  # type: ignore[union-attr]
    return "/".join(iri.removeprefix(BASE).split("/")[:4])


def slug(parties: Iterable[str], signed: str) -> str:
    """Return the readable key of an agreement: `PAK-TUR-1954-04-02`.

    More than four parties are counted, not named: `22-parties-1950-06-17`.
    """
    keys = sorted(parties)
    named = keys if len(keys) <= NAMED else [f"{len(keys)}-parties"]
    return "-".join([*named, signed or "undated"])


def typed(date: str) -> Literal | None:
    """Return a partial date as a literal of its own datatype; None for an unknown one."""
    return Literal(date, datatype=NamedNode(XSD + DATE_TYPES[len(date)])) if date else None


def text(value: str) -> Literal | None:
    """Return an English literal; None for an empty text."""
    return Literal(value, language="en") if value else None


def concept(scheme: str, key: str) -> NamedNode:
    """Return a concept of one of our schemes."""
    return NamedNode(f"{BASE}scheme/{scheme}/{key}")


def state(key: str) -> NamedNode:
    """Return the node of a state."""
    return NamedNode(f"{BASE}id/state/{key}")


def facts(
    subject: str,
    kind: str,
    values: Mapping[str, NamedNode | Literal | Iterable[NamedNode | Literal] | None],
) -> Iterator[Triple]:
    """Yield the triples of one node; a value of None is left out."""
    node = NamedNode(subject)
    yield Triple(node, NamedNode(RDF_TYPE), NamedNode(MQ + kind))
    for name, value in values.items():
        many = [value] if isinstance(value, NamedNode | Literal) else value or ()
        predicate = NamedNode(name if name.startswith("http") else MQ + name)
        yield from (Triple(node, predicate, one) for one in many)

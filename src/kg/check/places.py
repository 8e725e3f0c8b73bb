"""Find the triple that a finding is about, and the triples of other files that it concerns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode, Store

from kg.check.subjects import Subjects
from kg.findings import Finding, Place, Related
from kg.vocab import MQ, local

__all__ = ["LINKS", "locate"]

#: Properties by which a node of the files describes one that no file describes as such.
LINKS = (MQ + "describes",)
#: Nodes that are looked at for one that is in no file, and other places that a finding names.
MOST_NODES, MOST_RELATED = 50, 5
#: How well a triple fits a finding: its value, its property, its node.
VALUE, PROPERTY, NODE = 3, 2, 1
IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\]+")


@dataclass(frozen=True)
class Match:
    """A triple that fits a finding."""

    fit: int
    node: str
    place: Place
    #: The value as its file writes it.
    written: str = ""


def locate(
    findings: Iterable[Finding],
    subjects: Subjects,
    store: Store | None,
    *,
    links: Sequence[str] = LINKS,
) -> list[Finding]:
    """Give each finding without a place that of its triple, and the other places it concerns.

    The value is best, then the property, then the node. A node that is in no file is looked for
    in the nodes that describe it by a link, then in those that lead to it.
    """
    findings = list(findings)
    todo = [one for one in findings if one.place is None and IRI.fullmatch(one.focus)]
    tellers = {one.focus: [one.focus, *_pointing(store, one.focus, links)] for one in todo}
    subjects.search({node for nodes in tellers.values() for node in nodes})
    made = [focus for focus, nodes in tellers.items() if not any(map(subjects.files, nodes))]
    for focus in made:
        near = _pointing(store, focus, None)
        tellers[focus] += [node for one in near for node in (one, *_pointing(store, one, links))]
    subjects.search({node for focus in made for node in tellers[focus]}, everywhere=True)
    best = {one: _best(one, tellers[one.focus], subjects) for one in todo}
    subjects.search({one.value for one, found in best.items() if _names_another(one, found)})
    return [_placed(one, best.get(one, []), subjects) for one in findings]


def _pointing(store: Store | None, node: str, links: Sequence[str] | None) -> list[str]:
    """Return the nodes with a triple of one of these properties, or of any, to a node."""
    if store is None or not IRI.fullmatch(node):
        return []
    properties = [None] if links is None else [NamedNode(link) for link in links]
    found = {
        quad.subject.value
        for link in properties
        for quad in store.quads_for_pattern(None, link, NamedNode(node), None)
        if isinstance(quad.subject, NamedNode)
    }
    return sorted(found)[:MOST_NODES]


def _best(finding: Finding, nodes: Sequence[str], subjects: Subjects) -> list[Match]:
    """Return the triples that fit, one of each node and file, the best first."""
    matches = [match for node in nodes for match in _matches(finding, node, subjects)]
    return sorted(matches, key=lambda match: -match.fit)


def _names_another(finding: Finding, matches: Sequence[Match]) -> bool:
    """Say whether the value is no value of the node, but another node that is meant."""
    return bool(matches) and matches[0].fit < VALUE and bool(IRI.fullmatch(finding.value))


def _placed(finding: Finding, matches: Sequence[Match], subjects: Subjects) -> Finding:
    if not matches:
        return finding
    related = [
        Related(match.place, f"{local(finding.path)} is {match.written} here")
        for match in matches[1:]
        if match.written
    ]
    if _names_another(finding, matches):
        other = Finding(finding.rule, finding.severity, "", finding.value)
        related += [
            Related(match.place, f"{local(finding.value)} is described here")
            for match in _matches(other, finding.value, subjects)
        ]
    related = [*finding.related, *related[:MOST_RELATED]]
    return replace(finding, place=matches[0].place, related=tuple(related))


def _matches(finding: Finding, node: str, subjects: Subjects) -> Iterator[Match]:
    """Yield the triples of a node that fit a finding, the best of each file."""
    for path in subjects.files(node):
        name, found = subjects.name(path), subjects.index(path)
        if found is None:
            yield Match(NODE, node, Place(name))
            continue
        rows = found.find(node, finding.path)
        exact = [n for n in rows if finding.value and found.rows[n][2].value == finding.value]
        if exact or (rows and finding.path):
            stands = found.standing((exact or rows)[0])
            span = stands.object if exact else stands.predicate
            written = found.written(stands.object) if finding.path else ""
            yield Match(VALUE if exact else PROPERTY, node, Place(name, span), written)
        elif rows := found.find(node):
            yield Match(NODE, node, Place(name, found.standing(rows[0]).subject))

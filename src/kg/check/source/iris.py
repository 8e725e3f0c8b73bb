"""Judge IRIs: characters that mislead, the base of the repository, the names under it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from kg.check.source.source import Source, Term, finding
from kg.errors import BadData
from kg.files import Layout, read_bytes
from kg.findings import Finding, Span
from kg.turtle import read
from kg.vocab import PREFIXES

__all__ = ["RULES", "bases", "findings", "names"]

RULES = {
    "source/iri-character": ("warning", "An IRI with a character that misleads"),
    "source/iri-scheme": ("violation", "An IRI under the base with the other of http and https"),
    "source/iri-foreign-subject": ("warning", "Data about a node outside the repository's base"),
    "source/iri-name": ("warning", "A name written otherwise than the others beside it"),
}
#: In no IRI: spaces and signs that nobody sees; in none of ours: what needs escapes elsewhere.
UNSEEN = re.compile(
    "[\x80-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufffd]"
)
OURS = re.compile(r"%20|%[0-9A-Fa-f]{2}|//|[.,;:!'()*\\]+$|\s|[^\x21-\x7e]")
#: How the names of a folder are written, by most of them, and how the odd ones then are.
KINDS = {
    "lower case, with hyphens": (re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*"), re.compile(r".*")),
    "upper case": (re.compile(r"[A-Z0-9]+(?:[.-][A-Z0-9]+)*"), re.compile(r"[^A-Z]*[a-z][^A-Z]*")),
}
ONTOLOGY = NamedNode(PREFIXES["owl"] + "Ontology")
#: Share of the data's nodes that shows what its base is.
SHARE = 0.95
#: Names that may be of another kind than the rest, and how many others each must have.
ODD, OTHERS = 3, 20


def findings(source: Source, own: Sequence[str], *, data: bool) -> Iterator[Finding]:
    """Yield what is wrong with single IRIs of a file; `data`: one with records, not terms."""
    faults: dict[Term, Finding] = {}
    for term in source.nodes | source.values | {t.predicate for t in source.triples}:
        if isinstance(term, NamedNode) and (fault := _wrong(term.value, own)):
            faults[term] = fault
    if faults and source.index:
        for prefix in source.index.prefixes:
            # One line is wrong, not each of the names that it makes.
            if prefix.used and (fault := _wrong(prefix.namespace, own)):
                made = {t for t in faults if str(t.value).startswith(prefix.namespace)}
                faults = {term: fault for term, fault in faults.items() if term not in made}
                source.misled.add(prefix.name)
                span = source.index.span(prefix.start, prefix.end)
                yield replace(fault, key=f"{prefix.name}:", place=source.place(span))
    yield from _placed(source, faults)
    if data and own:
        foreign: dict[Term, Finding] = {
            node: finding(
                "iri-foreign-subject",
                "warning",
                f"Not under {own[0]}: say it of a node of this repository, or link to it",
            )
            for node in source.nodes
            if isinstance(node, NamedNode) and not node.value.startswith(tuple(own))
            if node not in faults
        }
        yield from _placed(source, foreign)


def names(sources: Iterable[Source], own: Sequence[str]) -> Iterator[Finding]:
    """Yield names of nodes that are written otherwise than nearly all others in their folder."""
    folders: dict[str, dict[str, Source]] = defaultdict(dict)
    for source in sources:
        for node in source.nodes:
            if isinstance(node, NamedNode) and node.value.startswith(tuple(own)):
                folder, _, name = node.value.rpartition("/")
                if name and "#" not in name:
                    folders[folder].setdefault(name, source)
    for folder, found in folders.items():
        for kind, (usual, unusual) in KINDS.items():
            odd = [name for name in found if not usual.fullmatch(name)]
            if odd and len(odd) <= ODD and len(found) - len(odd) >= OTHERS * len(odd):
                for name in filter(unusual.fullmatch, odd):
                    message = f"The other names in {folder}/ are in {kind}; rename {name}"
                    fault = finding("iri-name", "warning", message)
                    yield from _placed(found[name], {NamedNode(f"{folder}/{name}"): fault})


def _wrong(iri: str, own: Sequence[str]) -> Finding | None:
    if not iri.isascii() and (found := UNSEEN.search(iri)):
        sign = f"U+{ord(found[0]):04X} {unicodedata.name(found[0], 'control character').lower()}"
        return finding(
            "iri-character", "warning", f"{sign} in an IRI is seen by nobody; remove it"
        )
    for base in own:
        if iri.startswith(base):
            found = OURS.search(iri, len(base))
            message = (
                f"{found[0]} in a name needs escapes or misleads; choose another name"
                if found
                else ""
            )
            return finding("iri-character", "warning", message) if found else None
        other = (
            base.replace("https:", "http:", 1)
            if base.startswith("https:")
            else base.replace("http:", "https:", 1)
        )
        if iri.startswith(other):
            scheme = base.partition(":")[0]
            message = f"Write {scheme}:, as the ontology does: this is another node"
            return finding("iri-scheme", "violation", message)
    return None


def _placed(source: Source, faults: dict[Term, Finding]) -> Iterator[Finding]:
    """Give each fault of an IRI the place where it is first used."""
    for term, fault in faults.items():
        span: Span | None = source.index.mention(term.value) if source.index else None
        yield replace(fault, focus=term.value, place=source.place(span))


def bases(told: str, layout: Layout, sources: Iterable[Source]) -> list[str]:
    """Return the base of the repository's IRIs, for the rules that compare with it.

    The one told, where the ontology uses it; else the folders of the ontologies, where nearly
    all nodes of the data are under one of them; else none, and those rules are silent.
    """
    ontology = {path: data for path in layout.ontology() if (data := _bytes(path))}
    if any(told.encode() in data for data in ontology.values()):
        return [told]
    found: set[str] = set()
    for path, data in ontology.items():
        for triple in _triples(data, layout.name(path)):
            if isinstance(triple.subject, NamedNode) and triple.object == ONTOLOGY:
                found.add(triple.subject.value.rstrip("#/").rpartition("/")[0] + "/")
    nodes = [
        node.value
        for source in sources
        if source.name.startswith("data/")
        for node in source.nodes
        if isinstance(node, NamedNode)
    ]
    inside = sum(node.startswith(tuple(found)) for node in nodes)
    return sorted(found) if nodes and inside >= SHARE * len(nodes) else []


def _bytes(path: Path) -> bytes:
    try:
        return read_bytes(path)
    except BadData:
        return b""


def _triples(data: bytes, name: str) -> list[Triple]:
    try:
        return read(data, name)
    except BadData:
        return []

"""Learn from the lines of a graph what is so of each of its triples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

from kg.check.changed.locality import Profile

__all__ = ["pointed", "profile"]


def profile(kept: Path, hubs: frozenset[str]) -> tuple[Profile, str]:
    """Return what is so of every triple, and why the graph is not fit, if it is not."""
    local: set[bytes] = set()
    unfit = ""
    names = {f"<{hub}>".encode() for hub in hubs}
    for subject, _, rest, by_rule in _lines(kept):
        if subject.startswith(b"_:"):
            unfit = "there are blank nodes in records" if by_rule or _in_graph(rest) else unfit
        elif subject not in names:
            local.add(subject)
        elif by_rule or _in_graph(rest):
            unfit = f"{subject.decode()} is described by rules, or in a named graph"
    seen: dict[str, set[bytes]] = {n: set() for n in ("hub", "local", "node", "other", "out")}
    for subject, predicate, rest, _ in _lines(kept):
        value = rest.split(b" ", 1)[0]
        inside = value in local
        if subject in names or subject.startswith(b"_:"):
            seen["hub"].add(predicate)
            if inside:
                seen["out"].add(predicate)
        else:
            seen["local"].add(predicate)
            seen["node" if inside else "other"].add(predicate)
        if predicate in local:
            unfit = f"{predicate.decode()} is a predicate and a node of a component"
    plain = {name: frozenset(p[1:-1].decode() for p in found) for name, found in seen.items()}
    told = Profile(
        of_hubs=plain["hub"],
        of_local=plain["local"],
        to_else=plain["other"],
        to_others=(plain["hub"] | plain["local"]) - plain["node"] - plain["out"],
        to_local=plain["out"],
        hubs=hubs,
    )
    return told, unfit


def pointed(kept: Path, nodes: Collection[str]) -> Counter[str]:
    """Return how many triples of the files point to each of some nodes."""
    wanted = {f"<{node}>".encode(): node for node in nodes}
    found: Counter[str] = Counter()
    for _, _, rest, by_rule in _lines(kept):
        node = wanted.get(rest.split(b" ", 1)[0])
        if node is not None and not by_rule:
            found[node] += 1
    return found


def _in_graph(rest: bytes) -> bool:
    """Say whether object and graph of a line of N-Quads have a graph."""
    words = rest.rsplit(b" ", 2)
    return len(words) == 3 and words[1][:1] + words[1][-1:] == b"<>" and b'"' not in words[1]


def _lines(kept: Path) -> Iterator[tuple[bytes, bytes, bytes, bool]]:
    """Yield subject, predicate, the rest, and whether a rule made it, of each line kept."""
    for name in ("input.nq", "made.nt"):
        with (kept / name).open("rb") as file:
            for line in file:
                subject, predicate, rest = line.split(b" ", 2)
                yield subject, predicate, rest, name == "made.nt"

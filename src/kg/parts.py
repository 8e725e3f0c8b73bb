"""Cut a graph into parts that shapes can judge one by one, with the same findings as the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

__all__ = ["HUB", "cut"]

#: A node that more subjects than this point to is repeated in every part, not a link of one.
HUB = 50

Line = tuple[bytes, bytes, bytes]


def cut(data: bytes, count: int) -> list[bytes]:
    """Return at most `count` parts of N-Triples, each closed under following links both ways.

    Nodes that link to each other stay together. What very many point to (states, concepts), and
    whatever that points to, is in every part; so a path that follows links forwards from any
    node finds in its part what it finds in the whole, and one backwards too, except from those.
    A triple that the data repeats is given once.
    """
    lines = dict.fromkeys(data.splitlines(keepends=True))
    told = [(line, *_ends(line)) for line in lines]
    about = {subject for _, subject, _ in told}
    links = {(subject, object_) for _, subject, object_ in told if object_ in about}
    shared = _shared(links)
    homes = _homes(about - shared, links)
    size = Counter(homes.get(subject, b"") for _, subject, _ in told)
    place = _places(size, count)
    common, parts = [], [[] for _ in range(count)]  # type: list[bytes], list[list[bytes]]
    for line, subject, _ in told:
        (parts[place[homes[subject]]] if subject in homes else common).append(line)
    shared_lines = b"".join(common)
    made = [shared_lines + b"".join(part) for part in parts if part]
    return made or [shared_lines]


def _ends(line: bytes) -> tuple[bytes, bytes]:
    """Return subject and object of a line of N-Triples as written."""
    subject, _, rest = line.split(b" ", 2)
    return subject, rest.rstrip()[:-1].rstrip()


def _shared(links: Iterable[tuple[bytes, bytes]]) -> set[bytes]:
    """Return the nodes that many point to, and all that those lead to."""
    after: dict[bytes, list[bytes]] = {}
    degree: Counter[bytes] = Counter()
    for subject, object_ in links:
        after.setdefault(subject, []).append(object_)
        degree[object_] += 1
    shared: set[bytes] = set()
    left = [node for node, pointed in degree.items() if pointed > HUB]
    while left:
        node = left.pop()
        if node not in shared:
            shared.add(node)
            left += after.get(node, [])
    return shared


def _homes(nodes: set[bytes], links: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return for each node the one that stands for all that it is linked with."""
    above = {node: node for node in nodes}

    def top(node: bytes) -> bytes:
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for one, two in links:
        if one in above and two in above:
            above[top(one)] = top(two)
    return {node: top(node) for node in nodes}


def _places(size: Counter[bytes], count: int) -> dict[bytes, int]:
    """Put the linked groups, largest first, where the least is."""
    filled = [0] * count
    place = {}
    for home, lines in sorted(size.items(), key=lambda one: (-one[1], one[0])):
        place[home] = filled.index(min(filled))
        filled[place[home]] += lines
    return place

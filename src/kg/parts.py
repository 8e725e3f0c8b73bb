"""Cut a graph into parts that shapes can judge one by one, with the same findings as the whole."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from io import BytesIO

__all__ = ["HUB", "ahead", "cut"]

#: A node that more subjects than this point to is repeated in every part, not a link of one.
HUB = 50
#: Stands for the home of what is in every part.
COMMON = -1


def cut(data: bytes, count: int) -> Iterator[bytes]:
    """Yield at most `count` parts of N-Triples, each closed under following links both ways.

    Nodes that link to each other stay together. What very many point to (states, concepts), and
    whatever that points to, is in every part; so a path that follows links forwards from any
    node finds in its part what it finds in the whole, and one backwards too, except from those.
    """
    homes = _homes(data)
    size = Counter(homes)
    del size[COMMON]
    place = array("l", [0]) * (1 + max(size, default=0))
    filled = [0] * count
    for home, number in sorted(size.items(), key=lambda one: (-one[1], one[0])):
        place[home] = filled.index(min(filled))
        filled[place[home]] += number
    parts = {n: bytearray() for n in range(count) if filled[n]} or {0: bytearray()}
    for line, home in zip(BytesIO(data), homes, strict=True):
        for part in parts if home == COMMON else (place[home],):
            parts[part] += line
    del data, homes
    while parts:
        yield bytes(parts.pop(min(parts)))


def ahead(data: bytes, nodes: Collection[bytes]) -> bytes:
    """Return the part of N-Triples that nodes are judged by: all that links from them lead to."""
    lines: dict[bytes, list[bytes]] = {}
    for line in data.splitlines(keepends=True):
        lines.setdefault(line[: line.index(b" ")], []).append(line)
    left, found = sorted(nodes), bytearray()
    while left:
        for line in lines.pop(left.pop(), ()):
            found += line
            if line.endswith((b"> .\n", b"> .")) or b" _:" in line:
                left.append(line.rsplit(b" ", 2)[1])
    return bytes(found)


def _homes(data: bytes) -> array[int]:
    """Return for each line the number of the node that its subject hangs together with."""
    numbers: dict[bytes, int] = {}
    subjects = array("l")
    for line in BytesIO(data):
        subjects.append(numbers.setdefault(line[: line.index(b" ")], len(numbers)))
    links = set(_links(BytesIO(data), subjects, numbers))
    above = _joined(len(numbers), links, _shared(links))
    return array("l", (above[node] for node in subjects))


def _links(
    lines: Iterable[bytes], subjects: array[int], numbers: dict[bytes, int]
) -> Iterator[tuple[int, int]]:
    for line, subject in zip(lines, subjects, strict=True):
        if line.endswith((b"> .\n", b"> .")) or b" _:" in line:
            object_ = numbers.get(line.rsplit(b" ", 2)[1])
            if object_ is not None:
                yield subject, object_


def _shared(links: Collection[tuple[int, int]]) -> set[int]:
    """Return the nodes that many point to, and all that those lead to."""
    degree = Counter(object_ for _, object_ in links)
    left = [node for node, pointed in degree.items() if pointed > HUB]
    shared: set[int] = set()
    if left:
        after: dict[int, list[int]] = {}
        for subject, object_ in links:
            after.setdefault(subject, []).append(object_)
        while left:
            node = left.pop()
            if node not in shared:
                shared.add(node)
                left += after.get(node, [])
    return shared


def _joined(count: int, links: Collection[tuple[int, int]], shared: Collection[int]) -> array[int]:
    """Return for each node the one that stands for all that it hangs together with."""
    above = array("l", range(count))

    def top(node: int) -> int:
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for one, two in links:
        if one not in shared and two not in shared:
            above[top(one)] = top(two)
    return array("l", [COMMON if node in shared else top(node) for node in range(count)])

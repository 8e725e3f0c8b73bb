"""Transactions as RDF Patch: the lines that change one state of a store into the next.

A transaction is `TX .`, then lines, then `TC .`. `D` and `A` delete and add a quad. RDF Patch has
no word for a graph that is there and empty, so two more are ours: `GD` removes a graph that has
become empty, `GA` makes one. Terms are written as pyoxigraph writes them, in N-Quads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, parse

from kg.errors import BadData

__all__ = ["BEGIN", "COMMIT", "Difference", "apply", "read", "transactions", "write"]

BEGIN, COMMIT = b"TX .\n", b"TC .\n"
#: Stands for subject and predicate where a line holds the name of a graph alone.
_PLACE = b"<urn:x> <urn:x> <urn:x> "

GraphName = NamedNode | BlankNode


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What to take from a store and to put into it; graphs are named ones, empty or not."""

    removed: Collection[Quad] = ()
    added: Collection[Quad] = ()
    dropped: Collection[GraphName] = ()
    made: Collection[GraphName] = ()

    def __bool__(self) -> bool:
        """Say whether there is anything to do."""
        return bool(self.removed or self.added or self.dropped or self.made)

    def reverse(self) -> Difference:
        """Return what undoes it."""
        return Difference(
            removed=self.added, added=self.removed, dropped=self.made, made=self.dropped
        )


def write(difference: Difference) -> bytes:
    """Return the lines of a transaction, without its beginning and end."""
    lines = [
        *(f"D {quad} .\n" for quad in difference.removed),
        *(f"GD {name} .\n" for name in difference.dropped),
        *(f"GA {name} .\n" for name in difference.made),
        *(f"A {quad} .\n" for quad in difference.added),
    ]
    return "".join(lines).encode()


def read(lines: bytes, name: str, first: int = 1) -> Difference:
    """Read the lines of one transaction; raise BadData with `name:line`, counted from `first`."""
    found: dict[bytes, list[bytes]] = {b"D": [], b"GD": [], b"GA": [], b"A": []}
    for number, line in enumerate(lines.split(b"\n")[:-1], first):
        word, _, rest = line.partition(b" ")
        if word not in found:
            raise BadData(f"{name}:{number}: not a line of a transaction: {_shown(line)}")
        found[word].append(rest if word in (b"A", b"D") else _PLACE + rest)
    try:
        parsed = {word: _quads(rows) for word, rows in found.items()}
    except SyntaxError as error:
        raise _broken(lines, name, first) from error
    return Difference(
        removed=parsed[b"D"],
        added=parsed[b"A"],
        dropped=_names(parsed[b"GD"]),
        made=_names(parsed[b"GA"]),
    )


def transactions(data: bytes, at: int, name: str) -> Iterator[tuple[Difference, int]]:
    """Yield the committed transactions of a journal from a byte on, each with where it ends.

    What follows the last is the tail of a write that was never told. Raises BadData with line.
    """
    line = data.count(b"\n", 0, at) + 1
    last = max(at, data.rfind(b"\n" + COMMIT) + 1 + len(COMMIT))
    while at < last:
        stop = data.find(b"\n" + COMMIT, at) + 1
        inside = data[at + len(BEGIN) : stop]
        if b"\0" in inside and stop + len(COMMIT) == last:
            return  # A part that never reached the disk: the commit was not told either.
        if not data.startswith(BEGIN, at):
            raise BadData(f"{name}:{line}: a transaction begins with TX")
        at = stop + len(COMMIT)
        yield read(inside, name, line + 1), at
        line += inside.count(b"\n") + 2


def apply(store: Store, difference: Difference) -> None:
    """Make the difference in a store."""
    for quad in difference.removed:
        store.remove(quad)
    for name in difference.dropped:
        store.remove_graph(name)
    for name in difference.made:
        store.add_graph(name)
    store.extend(difference.added)


def _quads(rows: Iterable[bytes]) -> list[Quad]:
    return list(parse(b"\n".join(rows), format=RdfFormat.N_QUADS))


def _names(quads: Iterable[Quad]) -> list[GraphName]:
    return [quad.graph_name for quad in quads if isinstance(quad.graph_name, GraphName)]


def _broken(lines: bytes, name: str, first: int) -> BadData:
    """Return the error for the first line that cannot be read."""
    for number, line in enumerate(lines.split(b"\n"), first):
        word, _, rest = line.partition(b" ")
        try:
            _quads([rest if word in (b"A", b"D") else _PLACE + rest])
        except SyntaxError as error:
            return BadData(f"{name}:{number}: {error.msg}: {_shown(line)}")
    return BadData(f"{name}:{first}: not a transaction")


def _shown(line: bytes) -> str:
    return line[:80].decode("utf-8", "replace")

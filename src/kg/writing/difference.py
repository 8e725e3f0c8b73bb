"""Make a change in a store and say exactly which quads it added and removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import IO, cast

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from kg.errors import BadQuery, Conflict, NotFound, Refused
from kg.pool.syntax import explained, no_function
from kg.vocab import BASE, PREFIXES
from kg.writing import bodies, operations
from kg.writing.changes import ALL, DEFAULT, Change, Drop, Load, Update
from kg.writing.operations import Operation, Pattern
from kg.writing.patch import Difference, GraphName

__all__ = ["make"]

#: Quads that an operation may touch before comparing the whole store is cheaper.
MANY = 200_000


def make(store: Store, change: Change, count: int) -> Difference:
    """Make a change in a store of so many quads and return the difference.

    Raises what is wrong with the change, and may leave the store half changed then: it has to be
    one that is thrown away.
    """
    before = _names(store)
    if isinstance(change, Update):
        net = _update(store, change, count)
    elif isinstance(change, Load):
        net = _load(store, change)
    else:
        net = _drop(store, change, before)
    after = _names(store)
    return Difference(
        added=net.added, removed=net.removed, made=after - before, dropped=before - after
    )


class _Net:
    """The sum of what was added and removed step by step."""

    def __init__(self) -> None:
        self.added: set[Quad] = set()
        self.removed: set[Quad] = set()

    def note(self, added: Iterable[Quad], removed: Iterable[Quad]) -> None:
        """Take in a step: quads that were not there before it, and quads that were."""
        for quad in removed:
            (self.added.discard if quad in self.added else self.removed.add)(quad)
        for quad in added:
            (self.removed.discard if quad in self.removed else self.added.add)(quad)


def _names(store: Store) -> set[GraphName]:
    return set(store.named_graphs())


# Updates


def _update(store: Store, change: Update, count: int) -> _Net:
    operations.refuse(change.text)
    _parse(change.text)
    text = operations.with_dataset(change.text, change.using, change.using_named)
    found = operations.split(text)
    net, sure = _Net(), True
    if found is None:
        _whole(store, text, net)
        return net
    for one in found:
        sure = _step(store, one, text, net) and sure
    if not sure and len(store) != count + len(net.added) - len(net.removed):
        raise BadQuery(
            "What this update changes cannot be told for certain, so it was not made",
            hint="Send its operations one by one, with full IRIs",
        )
    return net


def _parse(text: str) -> None:
    """Raise the error for a text that is no update."""
    try:
        _run(Store(), text)
    except SyntaxError as error:
        raise explained(str(error), text, update=True) from error
    except Conflict:
        return  # It is about graphs that an empty store does not have.


def _run(store: Store, text: str) -> None:
    try:
        store.update(text, base_iri=BASE, prefixes=PREFIXES)
    except RuntimeError as error:
        if missing := no_function(error):
            raise missing from error
        raise Conflict(f"{error}", hint="SILENT lets it pass") from error
    except OSError as error:
        raise Refused(f"The update asked for what this endpoint never does: {error}") from error


def _step(store: Store, one: Operation, text: str, net: _Net) -> bool:
    """Do one operation; return whether the parser itself said which quads it is about."""
    if one.kind in ("INSERTDATA", "DELETEDATA"):
        _, start, end = one.blocks[0]
        quads = operations.data(one, text[start:end])
        if one.kind == "INSERTDATA":
            _add(store, quads, net)
        else:
            _remove(store, [quad for quad in quads if quad in store], net)
        return True
    if one.kind == "CLEARGRAPH" and not store.contains_named_graph(operations.named(one)):
        return True  # A failure by the letter (3.1.3), and what everybody writes before INSERT.
    body = one.prologue + text[one.start : one.end]
    try:
        patterns = operations.touched(one, text)
    except SyntaxError:
        patterns = {operations.ANY}
    if operations.ANY in patterns:
        _whole(store, body, net)
        return True
    matching = _matching(store, patterns)
    before = set(islice(matching, MANY))
    if next(matching, None) is not None:
        _whole(store, body, net)
        return True
    _run(store, body)
    after = set(_matching(store, patterns))
    net.note(after - before, before - after)
    return not patterns


def _matching(store: Store, patterns: set[Pattern]) -> Iterator[Quad]:
    return (quad for pattern in patterns for quad in store.quads_for_pattern(*pattern))


def _add(store: Store, quads: Iterable[Quad], net: _Net) -> None:
    new = {quad for quad in quads if quad not in store}
    store.extend(new)
    net.note(new, ())


def _remove(store: Store, quads: Iterable[Quad], net: _Net) -> None:
    for quad in quads:
        store.remove(quad)
    net.note((), quads)


def _whole(store: Store, text: str, net: _Net) -> None:
    """Run an update and compare the whole store, line by line."""
    before: set[bytes] = set()
    _each(store, before.add)
    _run(store, text)
    added: list[bytes] = []

    def compare(line: bytes) -> None:
        if line in before:
            before.discard(line)
        else:
            added.append(line)

    _each(store, compare)
    net.note(_read(added), _read(before))


def _read(lines: Iterable[bytes]) -> list[Quad]:
    return list(parse(b"\n".join(lines), format=RdfFormat.N_QUADS))


def _each(store: Store, take: Callable[[bytes], object]) -> None:
    """Give each quad of the store as a line."""
    lines = _Lines(take)
    store.dump(cast(IO[bytes], lines), format=RdfFormat.N_QUADS)


class _Lines:
    """A file that gives away each line that is written to it."""

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take = take
        self._rest = b""

    def write(self, chunk: bytes) -> int:
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._take(line)
        return len(chunk)

    def flush(self) -> None:
        """Have nothing to flush."""


# Graphs


def _load(store: Store, change: Load) -> _Net:
    net, name = _Net(), _graph(change.graph)
    found = (quad for body in change.bodies for quad in bodies.quads(body, change.graph))
    scratch = Store()
    scratch.extend(_placed(quad, name) for quad in found)
    new = set(scratch)  # As the store writes them: 1 where the body has 01.
    if change.replace:
        held = store.quads_for_pattern(None, None, None, name)
        _remove(store, [quad for quad in held if quad not in new], net)
        if name is None:
            kept = {quad.graph_name for quad in new}
            for one in _names(store) - kept:
                store.remove_graph(one)
    if isinstance(name, NamedNode):
        store.add_graph(name)
    _add(store, new, net)
    return net


def _placed(quad: Quad, name: NamedNode | DefaultGraph | None) -> Quad:
    return quad if name is None else Quad(quad.subject, quad.predicate, quad.object, name)


def _drop(store: Store, change: Drop, before: set[GraphName]) -> _Net:
    net, name = _Net(), _graph(change.graph)
    if isinstance(name, NamedNode) and name not in before:
        raise NotFound(f"There is no graph {name.value}")
    _remove(store, list(store.quads_for_pattern(None, None, None, name)), net)
    for one in before if name is None else {name}:
        if not isinstance(one, DefaultGraph):
            store.remove_graph(one)
    return net


def _graph(name: str) -> NamedNode | DefaultGraph | None:
    """Return the graph of that name; None for all of them."""
    if name in (DEFAULT, ALL):
        return DefaultGraph() if name == DEFAULT else None
    try:
        return NamedNode(name)
    except ValueError as error:
        raise BadQuery(f"graph={name!r} is not an absolute IRI: {error}") from error

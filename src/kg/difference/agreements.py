"""Say what changed in an agreement: its dates, parties, status, disputes, promises, records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Quad

from kg.difference.entries import Line, values
from kg.difference.words import Graph, both, short, value_of
from kg.store import DESCRIBES
from kg.vocab import MQ, RDF_TYPE

__all__ = ["lines", "owner"]

#: Properties by which a node holds another that has no life of its own.
PARTS = tuple(MQ + n for n in ("commitment", "event", "participation", "statusSpell"))
STATUS, DISPUTED = MQ + "status", MQ + "disputed"
#: Properties that follow from others, which are told, or have lines of their own.
DERIVED = {
    *(MQ + f"{d}{end}" for end in ("Earliest", "Latest")
      for d in ("signedOn", "inForceFrom", "inEffectFrom", "inForceUntil")),
    *(MQ + n for n in ("coversDomainOrNarrower", "framesSupport", "statusAsOf", "statusRule",
                       "saidBy", "record", "titleGenerated")),
    STATUS,
    DISPUTED,
    *PARTS,
}  # fmt: skip


def owner(graph: Graph, quad: Quad) -> str:
    """Return the node that a triple is told of: of a record or a part of one, its agreement."""
    node = value_of(quad.subject)
    for _ in range(3):
        above = _agreement(graph, node) or _holder(graph, node)
        if above is None or above == node:
            return node
        node = above
    return node


def _agreement(graph: Graph, record: str) -> str | None:
    """Return the agreement that a record counts to, the end of a merge."""
    for store in (graph.store, graph.other):
        view = Graph(store) if store is not None else graph
        told = view.value(record, DESCRIBES)
        if told is not None:
            after = view.value(value_of(told), "http://purl.org/dc/terms/isReplacedBy")
            return value_of(after or told)
    return None


def _holder(graph: Graph, node: str) -> str | None:
    """Return what holds a commitment, an event, a spell: its agreement rather than its record."""
    if not node.startswith("http"):
        return None
    held: list[str] = []
    for prop in PARTS:
        quads = graph.store.quads_for_pattern(None, NamedNode(prop), NamedNode(node), None)
        held += sorted(value_of(q.subject) for q in quads)
    return held[0] if held else None


def lines(
    old: Graph, new: Graph, node: str, removed: list[Quad], added: list[Quad], state: str
) -> Iterator[Line]:
    """Yield what changed in an agreement, the most telling first."""
    mine = [[q for q in quads if value_of(q.subject) == node] for quads in (removed, added)]
    for _, prop, before, after in values(*mine):
        if prop in DERIVED or (prop == RDF_TYPE and state != "changed"):
            continue
        who = {name for term in after for name in new.sayers(node, prop, term)}
        texts = both(old, new, before, after)
        yield Line.of(new.word(prop), *texts, prop=prop, said_by=sorted(who), state=state)
    yield from _disputes(old, new, *mine)
    yield from _status(old, new, node, mine, state)
    yield from _promises(old, new, node)
    yield from _events(old, new, node)
    yield from _records(old, new, removed, added)


def _disputes(old: Graph, new: Graph, removed: list[Quad], added: list[Quad]) -> Iterator[Line]:
    for _, prop, before, after in values(removed, added):
        if prop == DISPUTED:
            for term in after:
                yield Line(f"now disputed: {new.text(term)}", prop, (), (value_of(term),))
            for term in before:
                yield Line(f"no longer disputed: {old.text(term)}", prop, (value_of(term),))


def _status(
    old: Graph, new: Graph, node: str, mine: list[list[Quad]], state: str
) -> Iterator[Line]:
    for _, prop, before, after in values(*mine):
        if prop == STATUS:
            rule = new.value(node, MQ + "statusRule")
            texts = both(old, new, before, after)
            line = Line.of("status", *texts, prop=prop, state=state)
            why = f" ({new.text(rule)})" if rule is not None and after else ""
            yield Line(line.text + why, prop, line.old, line.new)


def _promises(old: Graph, new: Graph, node: str) -> Iterator[Line]:
    before, after = (
        _told(old, node, "commitment", _promise),
        _told(new, node, "commitment", _promise),
    )
    gone, fresh = before - after, after - before
    heads = Counter(head for head, _ in gone.elements())
    for head, more in sorted(fresh.elements()):
        if heads[head] > 0:
            heads[head] -= 1
            was = next(m for h, m in sorted(gone.elements()) if h == head)
            gone[head, was] -= 1
            yield Line(
                f"commitment changed: {head}: {was or 'nothing more'} → {more or 'nothing more'}"
            )
        else:
            yield Line(f"commitment added: {head}{': ' + more if more else ''}")
    for head, more in sorted(gone.elements()):
        yield Line(f"commitment removed: {head}{': ' + more if more else ''}")


def _told(graph: Graph, node: str, prop: str, words: object) -> Counter[tuple[str, str]]:
    parts = graph.values(node, MQ + prop)
    return Counter(words(graph, value_of(part)) for part in parts)  # type: ignore[operator]


def _promise(graph: Graph, node: str) -> tuple[str, str]:
    """Return who promises whom what, and the rest of the promise."""

    def text(name: str) -> str:
        return ", ".join(graph.text(t) for t in graph.values(node, MQ + name, anywhere=True))

    head = f"{text('obligor')} → {text('obligee')}: {text('kind')}"
    if domain := text("domain"):
        head += f", {domain}"
    more = [text("bindingness"), text("condition")]
    more += [f"{word} {text(word)}" for word in ("from", "until") if text(word)]
    return head, ", ".join(part for part in more if part)


def _events(old: Graph, new: Graph, node: str) -> Iterator[Line]:
    before, after = _told(old, node, "event", _event), _told(new, node, "event", _event)
    for head, _ in sorted((after - before).elements()):
        yield Line(f"event added: {head}")
    for head, _ in sorted((before - after).elements()):
        yield Line(f"event removed: {head}")


def _event(graph: Graph, node: str) -> tuple[str, str]:
    parts = [graph.text(graph.value(node, MQ + name)) for name in ("kind", "date")]
    actors = [graph.text(t) for t in graph.values(node, MQ + "actor", anywhere=True)]
    return " ".join(parts) + (f" by {', '.join(actors)}" if actors else ""), ""


def _records(old: Graph, new: Graph, removed: list[Quad], added: list[Quad]) -> Iterator[Line]:
    nodes = {
        value_of(q.subject) for q in [*removed, *added] if isinstance(q.graph_name, NamedNode)
    }
    for record in sorted(nodes):
        before, after = old.value(record, DESCRIBES), new.value(record, DESCRIBES)
        if before is None and after is None:
            continue
        if before is None:
            where = new.text(new.value(record, MQ + "locator"))
            yield Line(f"record of {new.source(record)} added ({where})", iri=record)
        elif after is None:
            yield Line(f"record of {old.source(record)} removed", iri=record)
        else:
            yield from _record(old, new, record, removed, added)


def _record(
    old: Graph, new: Graph, record: str, removed: Iterable[Quad], added: Iterable[Quad]
) -> Iterator[Line]:
    mine = [[q for q in quads if value_of(q.subject) == record] for quads in (removed, added)]
    told = []
    was = old.value(record, DESCRIBES)
    if was != new.value(record, DESCRIBES):
        told.append(f"described {short(value_of(was))} before")
    for _, prop, before, after in values(*mine):
        if prop not in PARTS and prop != DESCRIBES:
            texts = both(old, new, before, after)
            told.append(Line.of(new.word(prop), *texts, prop=prop).text)
    if told:
        yield Line(f"record of {new.source(record)}: {'; '.join(told)}", iri=record)

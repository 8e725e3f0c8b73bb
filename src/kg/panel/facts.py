"""Read what the panel counts from the store: memberships, promises, cooperation, coverage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from pyoxigraph import NamedNode, QuerySolutions, Store

from kg.errors import NotFound
from kg.panel.columns import DCA, PLEDGES, SOURCES
from kg.panel.states import Span, span
from kg.vocab import BASE, PREFIXES, local

__all__ = ["Cooperation", "Facts", "Promise", "cooperation", "coverage", "pacts"]

HEAD = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("mq", "commitment", "dom"))
STATE = BASE + "id/state/"
KINDS = " ".join(f"commitment:{kind}" for kind in PLEDGES.values())
FIELDS = " ".join(f"dom:{domain}" for domain in DCA.values())
PROMISED = f"?pact mq:commitment/mq:kind ?k VALUES ?k {{ {KINDS} }}"
SAID_BY = "EXISTS {{ ?pact mq:saidBy ?s FILTER(?s IN ({})) }}"
DATES = "OPTIONAL { ?x mq:from ?from } OPTIONAL { ?x mq:until ?until }"
MEMBERS = f"?pact mq:participation ?x . ?x mq:participant ?a {DATES}"
PROMISES = f"""?pact mq:commitment ?x . VALUES ?kind {{ {KINDS} }}
  ?x mq:kind ?kind ; mq:obligor ?a ; mq:obligee ?b {DATES}"""
COOPERATION = f"""?pact mq:party ?a, ?b ; mq:domain ?kind FILTER(STR(?a) < STR(?b))
  VALUES ?kind {{ {FIELDS} }} OPTIONAL {{ ?pact mq:signedOn ?from }}"""
#: Which agreements of the resolved view are alliances: with a promise, or in such a dataset …
ALLIANCES = "?pact a mq:Agreement FILTER({} || EXISTS {{ {} }})".format(
    SAID_BY.format(f"<{BASE}id/source/atop>, <{BASE}id/source/cow>"), PROMISED
)
#: … and which are defence cooperation agreements: of two, in DCAD, or without such a promise.
AGREEMENTS = "?pact a mq:BilateralAgreement FILTER({} || NOT EXISTS {{ {} }})".format(
    SAID_BY.format(f"<{BASE}id/source/dcad>"), PROMISED
)
#: When a source's record is in force: to its end, to where it is attested, or just that day.
FORCE = """?pact mq:inForceFrom ?from
  OPTIONAL { ?pact mq:inForceUntil ?ended } OPTIONAL { ?pact mq:lastAttestedInForce ?attested }
  BIND(COALESCE(?ended, ?attested, ?from) AS ?until)"""
#: When an agreement of the resolved view is known to be in force; `until` is the day after.
KNOWN = f"""?pact mq:statusSpell ?x .
  ?x mq:answer <{BASE}scheme/answer/yes> ; mq:from ?from ; mq:until ?until"""
COVERAGE = """?a mq:covers ?x . ?x mq:coversAllStates true ; mq:coversFrom ?from ;
  mq:coversUntil ?until"""


class Found(NamedTuple):
    """A row of any of the queries; "" where it has no such variable."""

    pact: str
    a: str
    b: str
    kind: str
    begin: str
    end: str


class Promise(NamedTuple):
    """A promise of one state to another under a pact; `kind` is the commitment kind."""

    pact: str
    kind: str
    obligor: str
    obligee: str
    when: Span


class Cooperation(NamedTuple):
    """A cooperation agreement of two states in a field, and the days it may be signed on."""

    pact: str
    domain: str
    a: str
    b: str
    signed: Span | None


@dataclass(frozen=True)
class Facts:
    """What the alliances of a source, or of the resolved view, say."""

    #: Pact to its members (keys of states) and the spans of their membership.
    members: dict[str, list[tuple[str, Span]]]
    promises: list[Promise]
    #: Pact to the spans in which it is known to hold.
    known: dict[str, list[Span]]


def coverage(store: Store) -> dict[str, Span]:
    """Return the days that each source with a coverage flag covers, all states taken."""
    found = _ask(store, COVERAGE)
    spans = {local(row.a): span(row.begin, row.end) for row in found}
    return {name: spans[name] for name in SOURCES if name in spans}


def pacts(store: Store, source: str) -> Facts:
    """Return the alliances in the records of a source, or in the resolved view (`all`).

    Raises NotFound for a source without records, or whose coverage the graph does not state.
    """
    graph, which = _place(store, source, ALLIANCES)
    members: dict[str, list[tuple[str, Span]]] = defaultdict(list)
    for row in _ask(store, f"{which} {MEMBERS}", graph):
        if row.a.startswith(STATE):
            members[row.pact].append((local(row.a), span(row.begin, row.end)))
    promises = [
        Promise(row.pact, local(row.kind), local(row.a), local(row.b), span(row.begin, row.end))
        for row in _ask(store, f"{which} {PROMISES}", graph)
        if row.a.startswith(STATE) and row.b.startswith(STATE)
    ]
    if source == "all":
        return Facts(members, promises, _known(store, source))
    whole = coverage(store)[source]
    named = {*members, *(promise.pact for promise in promises)}
    return Facts(members, promises, {pact: [whole] for pact in named})


def cooperation(store: Store, source: str) -> tuple[list[Cooperation], dict[str, list[Span]]]:
    """Return the cooperation agreements, and when each is known to be in force.

    Raises NotFound for a source without records, or whose coverage the graph does not state.
    """
    graph, which = _place(store, source, AGREEMENTS)
    found = [
        Cooperation(row.pact, local(row.kind), local(row.a), local(row.b), _day(row.begin))
        for row in _ask(store, f"{which} {COOPERATION}", graph)
        if row.a.startswith(STATE) and row.b.startswith(STATE)
    ]
    return found, _known(store, source)


def _day(text: str) -> Span | None:
    return span(text, text) if text else None


def _known(store: Store, source: str) -> dict[str, list[Span]]:
    known: dict[str, list[Span]] = defaultdict(list)
    if source == "all":
        for row in _ask(store, KNOWN):
            last = date.fromisoformat(row.end) - timedelta(days=1)
            known[row.pact].append(Span(row.begin, last.isoformat()))
        return known
    whole = coverage(store)[source]
    for row in _ask(store, FORCE, _graph(source)):
        begin, end = span(row.begin, row.end)
        known[row.pact].append(Span(max(begin, whole.begin), min(end, whole.end)))
    return known


def _place(store: Store, source: str, which: str) -> tuple[str, str]:
    """Return the graph to read, and the pattern that picks its agreements."""
    if source == "all":
        return "", f"{which} ."
    if not store.contains_named_graph(NamedNode(_graph(source))):
        raise NotFound(f"There are no records of {source} in this graph; `kg import {source}`")
    if source not in coverage(store):
        raise NotFound(f"The graph does not say which years {source} covers; add its mq:covers")
    return _graph(source), ""


def _graph(source: str) -> str:
    return f"{BASE}graph/{source}"


def _ask(store: Store, pattern: str, graph: str = "") -> Iterator[Found]:
    where = f"GRAPH <{graph}> {{ {pattern} }}" if graph else pattern
    rows = store.query(f"{HEAD}SELECT ?pact ?a ?b ?kind ?from ?until WHERE {{ {where} }}")
    assert isinstance(rows, QuerySolutions)
    for row in rows:
        yield Found(*(term.value if term else "" for term in row))

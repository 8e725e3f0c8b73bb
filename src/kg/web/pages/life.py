"""The life of an agreement: its steps in order, its spells of status, what it promises."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from kg.vocab import local
from kg.web.names import Ref, Source, clean, ref
from kg.web.pages.values import LAST, Mark, When, chips, mark, text, when
from kg.web.site import Cell, site
from kg.web.words import N_

__all__ = ["Promised", "Step", "commitments", "life"]

SPELLS = """SELECT ?from ?until ?status ?rule WHERE { <%s> mq:statusSpell ?spell .
  ?spell mq:from ?from ; mq:until ?until ; mq:status ?status
  OPTIONAL { ?spell mq:statusRule ?rule } } ORDER BY ?from ?until"""
EVENTS = """SELECT ?event ?kind ?date ?actor WHERE { <%s> mq:event ?event .
  OPTIONAL { ?event mq:kind ?kind } OPTIONAL { ?event mq:date ?date }
  OPTIONAL { ?event mq:actor ?actor } } ORDER BY ?date ?event ?actor"""
SAYERS = """SELECT ?event ?source WHERE { <%s> mq:record ?record .
  GRAPH ?g { ?record mq:event ?event ; mq:source ?source } } ORDER BY ?event ?source"""
#: Plain patterns: what is joined in OPTIONAL is looked for in the whole graph.
PROMISED = "SELECT ?c ?p ?o WHERE { <%s> mq:commitment ?c . ?c ?p ?o } ORDER BY ?c ?o"
PROMISED_BY = """SELECT ?c ?source WHERE { <%s> mq:record ?record .
  GRAPH ?g { ?record mq:commitment ?c ; mq:source ?source } } ORDER BY ?c ?source"""
#: Properties of a promise that the page shows, with what it calls them.
PARTS = {
    "kind": "kind",
    "obligor": "obligor",
    "obligee": "obligee",
    "condition": "condition",
    "bindingness": "force",
    "holdsFrom": "first",
    "holdsUntil": "after",
    "article": "article",
}
#: The dates of an agreement itself that are steps of its life.
DATES = {
    "signedOn": N_("Signed"),
    "inEffectFrom": N_("In effect"),
    "inForceFrom": N_("Enters into force"),
    "notInForceOn": N_("Attested not in force"),
    "lastAttestedInForce": N_("Last attested in force"),
    "inForceUntil": N_("Ends"),
}


@dataclass(frozen=True)
class Step:
    """One line of the timeline: something that happened, or a spell of status that begins."""

    when: When
    label: Ref
    by: tuple[Ref, ...] = ()
    status: Mark | None = None
    until: When | None = None
    now: bool = False
    chips: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Promised:
    """One kind of promise of an agreement, with who owes it to whom."""

    kind: Ref
    obligors: tuple[Ref, ...]
    obligees: tuple[Ref, ...]
    conditions: tuple[str, ...]
    articles: tuple[str, ...]
    force: Ref | None
    since: When
    until: When
    holds: bool
    chips: tuple[Source, ...]
    #: Whether each of them owes it to all the others.
    mutual: bool = False


def life(
    iri: str,
    own: Mapping[str, list[Cell]],
    records: Mapping[str, Mapping[str, list[Cell]]],
    day: datetime.date,
) -> tuple[Step, ...]:
    """Return the steps and spells of an agreement in order; those without a date come last."""
    steps = []
    for key, label in DATES.items():
        for cell in own.get(key, ()):
            sayers = [
                its["source"][0]["value"]
                for its in records.values()
                if "source" in its and cell["value"] in (one["value"] for one in its.get(key, ()))
            ]
            steps.append(Step(when(cell["value"]), Ref(label), chips=chips(sayers)))
    steps += _events(iri)
    then = day.isoformat()
    for row in site().graph.select(SPELLS % iri):
        since, until = text(row, "from")[:10], text(row, "until")[:10]
        status = mark(local(text(row, "status")), text(row, "rule"))
        now = since <= then < until
        steps.append(Step(when(since), Ref(status.text), (), status, when(until), now))
    return tuple(sorted(steps, key=_order))


def commitments(iri: str, day: datetime.date) -> tuple[Promised, ...]:
    """Return the promises of an agreement; like ones of several parties are one."""
    found: dict[str, dict[str, set[str]]] = {}
    for row in site().graph.select(PROMISED % iri):
        its = found.setdefault(row["c"]["value"], defaultdict(set))
        if key := PARTS.get(local(row["p"]["value"])):
            its[key].add(row["o"]["value"])
    for row in site().graph.select(PROMISED_BY % iri):
        if row["c"]["value"] in found:
            found[row["c"]["value"]]["source"].add(row["source"]["value"])
    groups: defaultdict[tuple[object, ...], list[dict[str, set[str]]]] = defaultdict(list)
    for its in found.values():
        if its["kind"] and its["obligor"] and its["obligee"]:
            groups[_alike(its)].append(its)
    merged = []
    for those in groups.values():
        parts = [those] if _mutual(those) else _by_direction(those)
        merged += [_promised(part, day) for part in parts]
    return tuple(sorted(merged, key=lambda one: (not one.holds, one.kind.text, str(one.obligors))))


def _alike(its: Mapping[str, set[str]]) -> tuple[object, ...]:
    """Return what promises have in common that differ in who owes them to whom only."""
    return tuple(frozenset(its[key]) for key in ("kind", "condition", "force", "article"))


def _mutual(those: list[dict[str, set[str]]]) -> bool:
    """Say whether each who owes it owes it to all the others."""
    owing = {obligor for its in those for obligor in its["obligor"]}
    owed: defaultdict[str, set[str]] = defaultdict(set)
    for its in those:
        for obligor in its["obligor"]:
            owed[obligor] |= its["obligee"]
    return len(owing) > 1 and all(owed[one] >= owing - {one} for one in owing)


def _by_direction(those: list[dict[str, set[str]]]) -> list[list[dict[str, set[str]]]]:
    found: defaultdict[tuple[object, ...], list[dict[str, set[str]]]] = defaultdict(list)
    for its in those:
        found[frozenset(its["obligor"]), frozenset(its["obligee"])].append(its)
    return list(found.values())


def _promised(those: list[dict[str, set[str]]], day: datetime.date) -> Promised:
    def every(key: str) -> list[str]:
        return sorted({value for its in those for value in its[key]})

    first, after = every("first"), every("after")
    then = day.isoformat()
    force = every("force")
    return Promised(
        ref(every("kind")[0]),
        tuple(ref(iri) for iri in every("obligor")),
        tuple(ref(iri) for iri in every("obligee")),
        tuple(clean(condition) for condition in every("condition")),
        tuple(clean(article) for article in every("article")),
        ref(force[0]) if force else None,
        when(first[0] if first else ""),
        when(after[-1] if after else ""),
        bool(first) and first[0] <= then < (after[-1] if after else LAST),
        chips(every("source")),
        _mutual(those),
    )


def _events(iri: str) -> list[Step]:
    found: dict[str, tuple[str, str, list[str]]] = {}
    for row in site().graph.select(EVENTS % iri):
        entry: tuple[str, str, list[str]] = (text(row, "kind"), text(row, "date"), [])
        found.setdefault(row["event"]["value"], entry)[2].append(text(row, "actor"))
    sayers: defaultdict[str, list[str]] = defaultdict(list)
    for row in site().graph.select(SAYERS % iri) if found else ():
        sayers[row["event"]["value"]].append(row["source"]["value"])
    groups: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    said: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for event, (kind, date, actors) in found.items():
        groups[kind, date].update(dict.fromkeys(filter(None, actors)))
        said[kind, date] += sayers[event]
    return [
        Step(
            when(date),
            ref(kind) if kind else Ref(""),
            tuple(ref(actor) for actor in actors),
            chips=chips(said[kind, date]),
        )
        for (kind, date), actors in groups.items()
    ]


def _order(step: Step) -> tuple[str, bool]:
    """Put a spell after what begins it, and what has no date at the end."""
    first = "" if step.status and not step.when else LAST
    return (step.when.machine or first, step.status is not None)

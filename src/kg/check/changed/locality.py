"""Prove of a query that each of its results rests on one component of the graph alone.

The graph is hubs, what the ontology and the files of reference describe, and components: nodes of
records, and what rules make of them, that link to each other. A query is local when each result
rests on hubs and one component that the result names: what it finds in the other components then
stays when one changes. The proof is by structure; what it cannot show counts as not local.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from rdflib import BNode, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

__all__ = ["NotLocal", "Profile", "prove"]


class NotLocal(Exception):
    """A query that may join components, with why."""


@dataclass(frozen=True)
class Profile:
    """What is so of every triple of a graph, by predicate."""

    #: Predicates of hubs, and of nodes of components.
    of_hubs: frozenset[str]
    of_local: frozenset[str]
    #: Predicates of components whose object is not always a node of a component.
    to_else: frozenset[str]
    #: Predicates whose object is never such a node.
    to_others: frozenset[str]
    #: Predicates that lead from a hub to a node of a component.
    to_local: frozenset[str]
    #: The hubs themselves, for terms that a query names.
    hubs: frozenset[str]


@dataclass(frozen=True)
class Part:
    """What a pattern touches: when it touches a component, what that says of its variables."""

    #: Variables bound in every solution.
    bound: frozenset[Any] = frozenset()
    #: Of them, those that are nodes of the component touched, whenever one is.
    inside: frozenset[Any] = frozenset()
    #: Of them, those that are in it if they are nodes of a component at all.
    near: frozenset[Any] = frozenset()
    #: Of them, some of which one is in it, whenever one is touched; empty when not known.
    cover: frozenset[Any] = frozenset()
    #: Of them, those that are never nodes of a component.
    apart: frozenset[Any] = frozenset()
    touches: bool = False
    #: Whether every solution touches a component.
    always: bool = False

    def keep(self, names: frozenset[Any]) -> Part:
        """Return the same with some variables alone."""
        cover = self.cover if self.cover <= names else frozenset[Any]()
        sets = (self.bound & names, self.inside & names, self.near & names, cover)
        return Part(*sets, self.apart & names, self.touches, self.always)

    def alias(self, old: Any, new: Any) -> Part:
        """Return the same with a second name for a variable."""
        bound, inside, near, apart = (
            names | {new} if old in names else names
            for names in (self.bound, self.inside, self.near, self.apart)
        )
        cover = frozenset(new if one == old else one for one in self.cover)
        return Part(bound, inside, near, cover, apart, self.touches, self.always)

    def idle(self) -> Part:
        """Return the same, when it cannot touch a component after all."""
        return Part(self.bound, apart=self.apart)


def prove(text: str, profile: Profile) -> None:
    """Return when the query is local; raise NotLocal, saying why, when that cannot be shown."""
    try:
        query = translateQuery(parseQuery(text)).algebra
    except Exception as error:  # rdflib raises just this for some texts
        raise NotLocal(f"rdflib does not read it: {type(error).__name__}") from error
    reader = _Reader(profile)
    part = reader.part(query.p, False)
    if query.name == "ConstructQuery":
        _template(query.template or [], part)
    elif part.touches and not part.inside and not part.cover:
        raise NotLocal("its rows name no node of the component that they rest on")


def _template(template: list[tuple[Any, Any, Any]], part: Part) -> None:
    """Each triple made must hang together with the component: from one of its nodes, or to one."""
    known, left = set(part.inside), set(template)
    while True:
        more = {triple for triple in left if triple[0] in known or triple[2] in known}
        if not more:
            break
        known |= {end for triple in more for end in (triple[0], triple[2])}
        left -= more
    if part.touches and left:
        raise NotLocal("it makes triples of a node that is not linked with the component")


class _Reader:
    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    def part(self, node: Any, graph: bool) -> Part:
        name = node.name
        if name in {"Project", "SelectQuery"}:
            inner = self.part(node.p, graph)
            return inner.keep(frozenset(node.PV)) if node.PV else inner
        if name in {"Distinct", "Reduced", "OrderBy", "ToMultiSet"}:
            return self.part(node.p, graph)
        if name in {"BGP", "Join"}:
            return _joined(list(self.flat(node, graph)))
        if name == "values":
            rows = list(node.res or ())
            names = frozenset.intersection(*(frozenset(row) for row in rows)) if rows else ()
            hubs = (n for n in names if all(str(row[n]) in self.profile.hubs for row in rows))
            return Part(frozenset(names), apart=frozenset(hubs))
        method = getattr(self, f"on_{name}", None)
        if method is None:
            raise NotLocal(f"{name} is not looked into")
        found: Part = method(node, graph)
        return found

    def flat(self, node: Any, graph: bool) -> Iterator[Part]:
        if node.name == "Join":
            yield from self.flat(node.p1, graph)
            yield from self.flat(node.p2, graph)
        elif node.name == "BGP":
            for triple in node.triples:
                yield self.triple(triple[0], triple[1], triple[2], graph)
        else:
            yield self.part(node, graph)

    def on_Graph(self, node: Any, graph: bool) -> Part:
        inner = self.part(node.p, True)
        more = frozenset({node.term}) if isinstance(node.term, Variable) else frozenset()
        return replace(inner, bound=inner.bound | more)

    def on_Union(self, node: Any, graph: bool) -> Part:
        one, two = self.part(node.p1, graph), self.part(node.p2, graph)
        bound, apart = one.bound & two.bound, one.apart & two.apart
        if not (one.touches and two.touches):
            some = (one if one.touches else two).keep(bound)
            return replace(some, apart=apart, always=False)
        inside, near = one.inside & two.inside, one.near & two.near
        cover = one.cover | two.cover if one.cover and two.cover else frozenset[Any]()
        cover = cover if cover <= bound else frozenset()
        return Part(bound, inside, near, cover, apart, True, one.always and two.always)

    def on_LeftJoin(self, node: Any, graph: bool) -> Part:
        part = _conditional(self.part(node.p1, graph), self.part(node.p2, graph))
        return self.expression(part, node.expr, graph)

    def on_Minus(self, node: Any, graph: bool) -> Part:
        return _conditional(self.part(node.p1, graph), self.part(node.p2, graph))

    def on_Filter(self, node: Any, graph: bool) -> Part:
        return self.expression(self.part(node.p, graph), node.expr, graph)

    def on_Extend(self, node: Any, graph: bool) -> Part:
        part = self.expression(self.part(node.p, graph), node.expr, graph)
        if isinstance(node.expr, Variable):
            return part.alias(node.expr, node.var)
        if isinstance(node.expr, URIRef) and str(node.expr) in self.profile.hubs:
            new = frozenset({node.var})
            return replace(part, bound=part.bound | new, apart=part.apart | new)
        return part

    def on_AggregateJoin(self, node: Any, graph: bool) -> Part:
        inner = self.part(node.p.p, graph)
        keys = frozenset(one for one in node.p.expr or () if isinstance(one, Variable))
        part = inner.keep(keys)
        if part.touches and not part.inside and not part.cover:
            raise NotLocal("it groups by no node of the component")
        for one in node.A:
            if one.name == "Aggregate_Sample" and isinstance(one.vars, Variable):
                part = part.alias(one.vars, one.res)
        return part

    def expression(self, part: Part, expression: Any, graph: bool) -> Part:
        """Return a pattern with what its EXISTS look at."""
        for one in _exists(expression):
            part = _conditional(part, self.part(one, graph))
        return part

    def triple(self, subject: Any, predicate: Any, value: Any, graph: bool) -> Part:
        if isinstance(predicate, Path):
            return self.path(subject, predicate, value, graph)
        names = frozenset(one for one in (subject, predicate, value) if _open(one))
        name = str(predicate) if isinstance(predicate, URIRef) else ""
        apart = {predicate} if _open(predicate) else set()
        if name in self.profile.to_others and _open(value):
            apart.add(value)
        if name and not graph and name in self.profile.of_hubs - self.profile.of_local:
            return Part(names, apart=frozenset(apart | ({subject} if _open(subject) else set())))
        if not _open(subject):
            if str(subject) not in self.profile.hubs or graph:
                raise NotLocal(f"it names {subject}")
            return Part(names, apart=frozenset(apart))
        near = frozenset(one for one in (subject, value) if _open(one))
        inside = {subject}
        if name and name not in self.profile.to_else and _open(value):
            inside.add(value)
        always = graph or bool(name and name not in self.profile.of_hubs)
        sets = (names, frozenset(inside), near, frozenset({subject}), frozenset(apart))
        return Part(*sets, True, always)

    def path(self, subject: Any, path: Path, value: Any, graph: bool) -> Part:
        if isinstance(path, SequencePath):
            parts, here = [], subject
            for number, step in enumerate(path.args):
                there = value if number == len(path.args) - 1 else BNode()
                parts.append(self.triple(here, step, there, graph))
                here = there
            return _joined(parts)
        if isinstance(path, InvPath):
            return self.triple(value, path.arg, subject, graph)
        if isinstance(path, AlternativePath):
            either = [self.triple(subject, step, value, graph) for step in path.args]
            bound = frozenset(one for one in (subject, value) if _open(one))
            some = [one for one in either if one.touches]
            if not some:
                return Part(bound)
            inside = frozenset.intersection(*(one.inside for one in some)) & bound
            cover = frozenset[Any]().union(*(one.cover for one in some))
            always = all(one.always for one in either)
            return Part(bound, inside, bound, cover, frozenset(), True, always)
        bound = frozenset(one for one in (subject, value) if _open(one))
        if isinstance(path, MulPath) and isinstance(path.path, URIRef):
            name = str(path.path)
            if name in self.profile.of_hubs - self.profile.of_local and not graph:
                return Part(bound)
            if name in self.profile.to_local:
                raise NotLocal(f"a path of {name} may lead from a hub into components")
            inside = frozenset({subject} if _open(subject) else set())
            if not inside and str(subject) not in self.profile.hubs:
                raise NotLocal(f"it names {subject}")
            return Part(bound, inside, bound, inside, frozenset(), bool(inside), False)
        raise NotLocal("a path of this kind is not looked into")


def _open(term: Any) -> bool:
    return isinstance(term, Variable | BNode)


def _exists(expression: Any) -> Iterator[Any]:
    if isinstance(expression, CompValue):
        if expression.name in {"Builtin_EXISTS", "Builtin_NOTEXISTS"}:
            yield expression.graph
            return
        for value in expression.values():
            yield from _exists(value)
    elif isinstance(expression, list | tuple):
        for value in expression:
            yield from _exists(value)


def _joined(parts: list[Part]) -> Part:
    """Join patterns one to another by variables that put them in one component."""
    apart = frozenset[Any]().union(*(part.apart for part in parts))
    parts = [part.idle() if part.inside & apart else part for part in parts]
    idle = frozenset[Any]().union(*(part.bound for part in parts if not part.touches))
    blocks = [part for part in parts if part.touches]
    while len(blocks) > 1:
        pair = next((p for p in combinations(blocks, 2) if _same(*p)), None)
        if pair is None:
            told = " and ".join(sorted(_names(block) for block in blocks))
            raise NotLocal(f"{told} may be in several components")
        blocks = [block for block in blocks if block not in pair] + [_both(*pair)]
    if not blocks:
        return Part(idle, apart=apart)
    return replace(blocks[0], bound=blocks[0].bound | idle, apart=apart)


def _same(one: Part, two: Part) -> bool:
    shared = one.bound & two.bound
    return bool(shared & ((one.inside & two.near) | (one.near & two.inside)))


def _both(one: Part, two: Part) -> Part:
    inside, near = one.inside & two.inside, one.near & two.near
    for part in (one, two):
        if part.always:
            inside, near = inside | part.inside, near | part.near
    cover = one.cover | two.cover if one.cover and two.cover else frozenset[Any]()
    cover = next((part.cover for part in (one, two) if part.always and part.cover), cover)
    always, apart = one.always or two.always, one.apart | two.apart
    return Part(one.bound | two.bound, inside, near | inside, cover, apart, True, always)


def _conditional(one: Part, two: Part) -> Part:
    """Return a pattern with another that decides on, or adds to, its solutions."""
    if not two.touches or two.inside & one.apart:
        return one
    near = one.near if one.touches else one.bound
    fixed = one.bound & two.inside & near
    if not fixed and not (one.always and one.inside & two.near):
        raise NotLocal(f"{_names(two)} may be in other components than {_names(one)}")
    if one.always:
        return one
    if not one.touches:
        inside = two.inside & one.bound
        return Part(one.bound, inside, two.near & one.bound, inside, one.apart, True, False)
    cover = one.cover | fixed if one.cover else one.cover
    inside, close = one.inside & two.inside, one.near & two.near
    return Part(one.bound, inside, close, cover, one.apart, True, False)


def _names(part: Part) -> str:
    return ", ".join(sorted(f"?{name}" for name in part.bound)) or "a pattern"

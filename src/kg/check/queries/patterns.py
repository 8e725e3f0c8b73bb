"""Judge whether the patterns of a query can match: alone, and two that share a variable."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from pyoxigraph import NamedNode, QueryBoolean, Store
from rdflib import RDF, URIRef, Variable
from rdflib.paths import MulPath, Path

from kg.check.facts import ontology_of, short
from kg.check.queries.algebra import Pattern, patterns_of
from kg.check.queries.read import Text, Token
from kg.check.work import Work
from kg.findings import Finding

__all__ = ["findings"]

#: Patterns of a group of which pairs are tried.
MOST = 25


def findings(work: Work, text: Text, unknown: set[str]) -> Iterator[Finding]:
    """Yield patterns that nothing in the graph matches, whatever the parameters.

    Those with a term that is told to be unknown are left out, and those of MINUS, which may
    well match nothing.
    """
    if text.algebra is None or text.words("service", "from"):
        return
    wanted = [p for p in patterns_of(text.algebra) if p.how != "not"]
    idle: list[Pattern] = []
    for pattern in wanted:
        if not _matches(work.store, [pattern]):
            idle.append(pattern)
            if not any(str(term) in unknown for term in _iris(pattern)):
                yield _never(work, text, pattern)
    yield from _pairs(work, text, [p for p in wanted if p not in idle])


def _matches(store: Store, patterns: list[Pattern]) -> bool:
    answer = store.query(f"ASK {{ {' '.join(p.text for p in patterns)} }}")
    assert isinstance(answer, QueryBoolean)
    return bool(answer)


def _never(work: Work, text: Text, pattern: Pattern) -> Finding:
    subject, predicate, value = pattern.triple
    ontology = ontology_of(work)
    name = short(ontology, predicate) if isinstance(predicate, URIRef) else "the path"
    elsewhere = Pattern(pattern.triple, Variable("other_graph"), pattern.how, pattern.scope)
    if pattern.graph is None and _matches(work.store, [elsewhere]):
        why = f"{name} is in named graphs alone; put the pattern into GRAPH ?g {{ … }}"
    elif pattern.graph is not None and _matches(work.store, [_plain(pattern)]):
        why = f"{name} is not in that graph; take the pattern out of GRAPH"
    elif predicate == RDF.type and isinstance(value, URIRef):
        why = f"the graph has no {short(ontology, value)}"
    elif isinstance(predicate, URIRef) and not _has(work.store, predicate):
        why = f"no triple has {name}"
    elif isinstance(value, Variable) and isinstance(subject, Variable):
        why = f"nothing is reached by {name}"
    else:
        why = f"no triple has these ends of {name}"
    rule = "queries/never-matches" if pattern.how in ("needed", "test") else "queries/maybe-never"
    severity = "warning" if rule == "queries/never-matches" else "info"
    message = f"The pattern can match nothing: {why}"
    key = pattern.text
    return text.finding(rule, severity, message, _token(text, pattern), value=key)


def _plain(pattern: Pattern) -> Pattern:
    return Pattern(pattern.triple, None, pattern.how, pattern.scope)


def _has(store: Store, predicate: URIRef) -> bool:
    found = store.quads_for_pattern(None, NamedNode(str(predicate)), None, None)
    return next(iter(found), None) is not None


def _iris(pattern: Pattern) -> Iterator[URIRef]:
    """Yield the IRIs of a pattern, those of its path too."""
    stack: list[object] = [*pattern.triple]
    while stack:
        term = stack.pop()
        if isinstance(term, URIRef):
            yield term
        elif isinstance(term, Path):
            stack += [
                *getattr(term, "args", ()),
                getattr(term, "path", None),
                getattr(term, "arg", None),
            ]


def _pairs(work: Work, text: Text, patterns: list[Pattern]) -> Iterator[Finding]:
    """Yield two patterns of a group that match, but never with one value of what they share."""
    scopes: dict[int, list[Pattern]] = {}
    for pattern in patterns:
        if pattern.how == "needed" and not isinstance(pattern.triple[1], MulPath):
            scopes.setdefault(pattern.scope, []).append(pattern)
    for group in scopes.values():
        for one, two in combinations(group[:MOST], 2):
            shared = set(one.variables) & set(two.variables)
            if shared and not _matches(work.store, [one, two]):
                name = sorted(shared)[0]
                told = " ".join(_told(work, pattern) for pattern in (one, two))
                message = (
                    f"No ?{name} matches both this and another pattern of the group ({told}); "
                    "they ask for things of different kinds"
                )
                key = f"{one.text} {two.text}"
                yield text.finding(
                    "queries/join-empty", "warning", message, _token(text, two), value=key
                )


def _told(work: Work, pattern: Pattern) -> str:
    ontology = ontology_of(work)
    parts = (
        f"?{t}"
        if isinstance(t, Variable)
        else short(ontology, t)
        if isinstance(t, URIRef)
        else str(t)
        for t in pattern.triple
    )
    return f"{{ {' '.join(parts)} }}"


def _token(text: Text, pattern: Pattern) -> Token | None:
    """Return the word of the query where a pattern stands: its rarest, after its subject."""
    terms = {str(iri) for iri in _iris(pattern)}
    uses: dict[str, list[Token]] = {}
    for token, iri in text.iris():
        if iri in terms:
            uses.setdefault(iri, []).append(token)
    rarest = min(uses.values(), key=len, default=[])
    subject = pattern.triple[0]
    if isinstance(subject, Variable) and len(rarest) > 1:
        heads = [
            t.start for t in text.tokens if t.kind == "variable" and t.text[1:] == str(subject)
        ]
        for token in rarest:
            if any(start < token.start for start in heads):
                return token
    return rarest[0] if rarest else None

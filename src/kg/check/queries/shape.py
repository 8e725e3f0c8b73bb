"""Judge the form of a query: order, federation, products of unrelated patterns."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import Variable
from rdflib.plugins.sparql.parserutils import CompValue

from kg.check.queries.algebra import Pattern, links_of, nodes_of, patterns_of, variables_of
from kg.check.queries.read import Text, Token
from kg.findings import Finding

__all__ = ["findings", "order_of"]

#: What keeps the order of its rows.
PASSING = ("Extend", "Filter", "ToMultiSet", "Project", "Distinct", "Reduced", "Slice", "OrderBy")


def findings(text: Text, *, asked: bool) -> Iterator[Finding]:
    """Yield SERVICE, a cut without an order, and patterns that nothing joins."""
    for token in text.words("service"):
        message = "SERVICE is refused, as it makes answers depend on others; copy the data here"
        yield text.finding("queries/service", "violation", message, token)
    if asked and text.algebra is not None and text.words("select"):
        yield from _order(text)
        yield from _lists(text)
    if asked and text.algebra is not None:
        yield from _product(text)


def order_of(text: Text) -> list[str]:
    """Return the columns that the rows of a query are ordered by; none for another order."""
    top = node = text.algebra
    while isinstance(node, CompValue) and node.name not in ("BGP", "Join", "ToMultiSet"):
        if node.name == "OrderBy":
            terms = [condition.expr for condition in node.expr]
            plain = all(isinstance(term, Variable) for term in terms)
            names = [str(term) for term in terms] if plain else []
            shown = {str(name) for name in top.PV} if top is not None else set()
            return names if set(names) <= shown else []
        node = node.get("p")
    return []


def _order(text: Text) -> Iterator[Finding]:
    """Yield an outermost LIMIT or OFFSET without ORDER BY: which rows come is left to chance."""
    names, node = [], text.algebra
    while isinstance(node, CompValue) and node.name not in ("BGP", "Join", "ToMultiSet"):
        names.append(node.name)
        node = node.get("p")
    if "Slice" in names and "OrderBy" not in names:
        token = text.words("limit", "offset")[-1]
        message = "LIMIT without ORDER BY leaves to chance which rows come; order them"
        yield text.finding("queries/no-order", "warning", message, token)


def _lists(text: Text) -> Iterator[Finding]:
    """Yield lists that are joined of rows in no order; SPARQL gives GROUP_CONCAT none.

    What comes of a sub-query is joined as that is ordered.
    """
    tokens = iter(text.words("group_concat"))
    for node in nodes_of(text.algebra):
        if node.name != "AggregateJoin":
            continue
        for one in (a for a in node.A if a.name == "Aggregate_GroupConcat"):
            joined = set(variables_of(one.vars))
            if joined and not joined & _ordered(node.p.p):
                name = sorted(joined)[0]
                message = (
                    f"GROUP_CONCAT joins ?{name} in an order left to chance; select the rows in a "
                    f"sub-query with ORDER BY ?{name}"
                )
                at = next(tokens, None)
                yield text.finding("queries/list-order", "warning", message, at, value=name)


def _ordered(node: object) -> set[str]:
    """Return the variables that a group is ordered by: its sub-query's, past BIND and FILTER."""
    while isinstance(node, CompValue) and node.name in PASSING:
        if node.name == "OrderBy":
            return set(variables_of(node.expr))
        node = node.get("p")
    return set()


def _product(text: Text) -> Iterator[Finding]:
    """Yield groups whose patterns share no variable, so that each row meets each."""
    assert text.algebra is not None
    scopes: dict[int, list[Pattern]] = {}
    for pattern in patterns_of(text.algebra):
        if pattern.how == "needed":
            scopes.setdefault(pattern.scope, []).append(pattern)
    links = links_of(text.algebra)
    for patterns in scopes.values():
        islands = _islands([set(p.variables) for p in patterns], links)
        if len(islands) > 1:
            names = " and ".join(f"?{sorted(island)[0]}" for island in islands[:2])
            first = max((_first(text, island) for island in islands), key=lambda t: t.start)
            message = f"Nothing joins the patterns of {names}, so each row meets each; join them"
            yield text.finding("queries/product", "warning", message, first)


def _islands(groups: list[set[str]], links: list[set[str]]) -> list[set[str]]:
    """Return the sets of variables that no pattern, filter or BIND joins."""
    islands: list[set[str]] = []
    own = set().union(*groups) if groups else set()
    for group in [*groups, *links]:
        joined = {*group}
        for island in [i for i in islands if i & joined]:
            islands.remove(island)
            joined |= island
        if joined:
            islands.append(joined)
    return [island & own for island in islands if island & own]


def _first(text: Text, names: set[str]) -> Token:
    """Return where the pattern of a query first names one of these variables."""
    body = min((token.start for token in text.tokens if token.text == "{"), default=0)
    tokens = [t for t in text.tokens if t.kind == "variable" and t.text[1:] in names]
    return next((token for token in tokens if token.start > body), tokens[0])

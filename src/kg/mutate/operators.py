"""Change valid data so that it says something against the model: the table of mutations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from pyoxigraph import Literal, NamedNode, Triple

from kg.mutate.sample import Sample, pair
from kg.vocab import RDF_TYPE, XSD, local

__all__ = ["OPERATORS", "Mutant", "Operator", "mutants"]

DATES = {XSD + "date", XSD + "gYearMonth", XSD + "gYear", XSD + "dateTime"}
NUMBERS = {XSD + name for name in ("integer", "decimal", "double", "float", "nonNegativeInteger")}
LANG = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
#: Language tags that only a text in another script can have.
SCRIPTS = {"en": "ar", "fr": "fa", "tr": "ur", "ar": "en", "fa": "fr", "ur": "tr"}


@dataclass(frozen=True)
class Mutant:
    """One change of one node: what is taken out, and what is put in."""

    operator: str
    #: Class of the node, and the property changed; two, apart by a blank, when two are.
    kind: str
    prop: str
    node: NamedNode
    removed: tuple[Triple, ...]
    added: tuple[Triple, ...]

    @property
    def rule(self) -> tuple[str, str, str]:
        """Return what survivors are listed by: operator, class and property."""
        return (self.operator, self.kind, self.prop)


Change = tuple[list[Triple], list[Triple]]


@dataclass(frozen=True)
class _Case:
    """What an operator works on: all values of a property of a node, in a sample."""

    sample: Sample
    node: NamedNode
    predicate: NamedNode
    values: list[NamedNode | Literal]
    random: Random
    other: NamedNode | None = None
    others: tuple[NamedNode | Literal, ...] = ()

    def triple(self, value: NamedNode | Literal, predicate: NamedNode | None = None) -> Triple:
        return Triple(self.node, predicate or self.predicate, value)

    @property
    def all(self) -> list[Triple]:
        return [self.triple(value) for value in self.values]

    @property
    def first(self) -> NamedNode | Literal:
        return self.values[0]

    def replaced(self, value: NamedNode | Literal | None) -> Change | None:
        """Return the first value replaced by another; nothing when there is no other."""
        if value is None or value in self.values:
            return None
        return [self.triple(self.first)], [self.triple(value)]


def _delete(case: _Case) -> Change | None:
    return case.all, []


def _delete_one(case: _Case) -> Change | None:
    return ([case.triple(case.first)], []) if len(case.values) > 1 else None


def _duplicate(case: _Case) -> Change | None:
    known = case.sample.values(case.node, case.predicate)
    fresh = [value for value in known if value not in case.values]
    if isinstance(case.first, Literal) and case.first.language:
        fresh = [Literal(case.first.value + " II", language=case.first.language)]
    return ([], [case.triple(case.random.choice(fresh))]) if fresh else None


def _datatype(case: _Case) -> Change | None:
    if not isinstance(case.first, Literal) or case.first.language:
        return None
    other = "anyURI" if case.first.datatype.value == XSD + "string" else "string"
    return case.replaced(Literal(case.first.value, datatype=NamedNode(XSD + other)))


def _ill_typed(case: _Case) -> Change | None:
    if not isinstance(case.first, Literal) or case.first.datatype.value in {XSD + "string", LANG}:
        return None
    return case.replaced(Literal("not a value", datatype=case.first.datatype))


def _empty(case: _Case) -> Change | None:
    if not isinstance(case.first, Literal) or case.first.datatype.value not in {
        XSD + "string",
        LANG,
    }:
        return None
    if case.first.language:
        return case.replaced(Literal("", language=case.first.language))
    return case.replaced(Literal(""))


def _dated(value: object) -> bool:
    return isinstance(value, Literal) and value.datatype.value in DATES


def _year(case: _Case, year: str) -> Change | None:
    if not isinstance(case.first, Literal) or not _dated(case.first):
        return None
    text = year + re.sub(r"^[0-9]{4}", "", case.first.value)
    return case.replaced(Literal(text, datatype=case.first.datatype))


def _out_of_range(case: _Case, text: str) -> Change | None:
    if not isinstance(case.first, Literal) or case.first.datatype.value not in NUMBERS:
        return None
    return case.replaced(Literal(text, datatype=case.first.datatype))


def _no_day(case: _Case) -> Change | None:
    if not isinstance(case.first, Literal) or case.first.datatype.value != XSD + "date":
        return None
    return case.replaced(Literal(case.first.value[:4] + "-02-30", datatype=case.first.datatype))


def _other_class(case: _Case) -> Change | None:
    if not isinstance(case.first, NamedNode):
        return None
    mine = case.sample.kind(case.first)
    if not mine:
        return None
    kinds = [k for k in sorted(case.sample.by_kind) if not case.sample.related(k, mine)]
    if not kinds:
        return None
    return case.replaced(case.random.choice(case.sample.by_kind[case.random.choice(kinds)]))


def _other_scheme(case: _Case) -> Change | None:
    if not isinstance(case.first, NamedNode):
        return None
    mine = case.sample.scheme.get(case.first.value)
    if mine is None:
        return None
    fit = [NamedNode(c) for c, s in sorted(case.sample.scheme.items()) if s != mine]
    return case.replaced(case.random.choice(fit)) if fit else None


def _dangling(case: _Case) -> Change | None:
    if not isinstance(case.first, NamedNode) or not case.sample.described(case.first):
        return None
    return case.replaced(NamedNode(f"{case.first.value}-nowhere-{_number(case)}"))


def _literal(case: _Case) -> Change | None:
    if not isinstance(case.first, NamedNode):
        return None
    return case.replaced(Literal(local(case.first.value)))


def _iri(case: _Case) -> Change | None:
    if not isinstance(case.first, Literal):
        return None
    nodes = case.sample.by_kind[case.random.choice(sorted(case.sample.by_kind))]
    return case.replaced(case.random.choice(nodes))


def _no_language(case: _Case) -> Change | None:
    if not isinstance(case.first, Literal) or not case.first.language:
        return None
    return case.replaced(Literal(case.first.value))


def _wrong_language(case: _Case) -> Change | None:
    if not isinstance(case.first, Literal) or case.first.language not in SCRIPTS:
        return None
    return case.replaced(Literal(case.first.value, language=SCRIPTS[case.first.language]))


def _itself(case: _Case) -> Change | None:
    if not isinstance(case.first, NamedNode):
        return None
    return case.replaced(case.node)


def _misspell(case: _Case) -> Change | None:
    wrong = NamedNode(f"{case.predicate.value}x{_number(case)}")
    return case.all, [case.triple(value, wrong) for value in case.values]


def _untype(case: _Case) -> Change | None:
    return case.all, []


def _retype(case: _Case) -> Change | None:
    mine = case.sample.kind(case.node)
    kinds = [k for k in sorted(case.sample.by_kind) if not case.sample.related(k, mine)]
    return (case.all, [case.triple(NamedNode(case.random.choice(kinds)))]) if kinds else None


def _misspell_class(case: _Case) -> Change | None:
    wrong = NamedNode(f"{case.sample.kind(case.node)}x{_number(case)}")
    return case.all, [case.triple(wrong)]


def _rename(case: _Case) -> Change | None:
    wrong = NamedNode(f"{case.node.value}_{_number(case)}%20")
    old = case.sample.about(case.node)
    return old, [Triple(wrong, t.predicate, t.object) for t in old]


def _swap(case: _Case) -> Change | None:
    assert case.other is not None
    one, two = case.first, case.others[0]
    if one == two:
        return None
    old = [case.triple(one), case.triple(two, case.other)]
    return old, [case.triple(two), case.triple(one, case.other)]


def _swap_dates(case: _Case) -> Change | None:
    one, two = case.first, case.others[0]
    overlap = one.value.startswith(two.value) or two.value.startswith(one.value)
    if overlap or not (_dated(one) and _dated(two)):
        return None
    assert case.other is not None
    order = case.sample.order(case.node, case.predicate.value, case.other.value)
    return _swap(case) if order else None


def _past_end(case: _Case) -> Change | None:
    assert case.other is not None
    one, two = case.first, case.others[0]
    order = case.sample.order(case.node, case.predicate.value, case.other.value)
    if not (_dated(one) and _dated(two)) or not order:
        return None
    early, late, prop = (one, two, case.predicate) if order < 0 else (two, one, case.other)
    text = f"{int(late.value[:4]) + 3:04}{early.value[4:]}"
    assert isinstance(early, Literal)
    new = Literal(text, datatype=early.datatype)
    return [case.triple(early, prop)], [case.triple(new, prop)]


def _swap_roles(case: _Case) -> Change | None:
    return _swap(case) if _alike(case) else None


def _one_role(case: _Case) -> Change | None:
    if not _alike(case) or case.first == case.others[0] or case.first in case.others:
        return None
    assert case.other is not None
    old = [case.triple(value, case.other) for value in case.others]
    return old, [case.triple(case.first, case.other)]


def _alike(case: _Case) -> bool:
    one, two = case.first, case.others[0]
    if not isinstance(one, NamedNode) or not isinstance(two, NamedNode):
        return False
    kinds = (case.sample.kind(one), case.sample.kind(two))
    schemes = (case.sample.scheme.get(one.value), case.sample.scheme.get(two.value))
    return bool(kinds[0]) and kinds[0] == kinds[1] and schemes == (None, None)


def _number(case: _Case) -> int:
    return case.random.randrange(10**9)


@dataclass(frozen=True)
class Operator:
    """A way to go wrong: what it works on, its meaning in one line, and how."""

    #: "value", "type" or "pair": of a property, of rdf:type, of two properties of one node.
    on: str
    meaning: str
    change: Callable[[_Case], Change | None]


#: The table of mutations.
OPERATORS: dict[str, Operator] = {
    "delete": Operator("value", "every value of a property is gone", _delete),
    "delete-one": Operator("value", "one of several values is gone", _delete_one),
    "duplicate": Operator(
        "value", "a second, different value stands beside the first", _duplicate
    ),
    "datatype": Operator("value", "the literal has another datatype", _datatype),
    "ill-typed": Operator("value", "the text is none of its datatype", _ill_typed),
    "empty": Operator("value", "the text is empty", _empty),
    "no-such-day": Operator("value", "the day is the 30th of February", _no_day),
    "far-future": Operator("value", "the date is in the year 2999", lambda c: _year(c, "2999")),
    "far-past": Operator("value", "the date is in the year 1", lambda c: _year(c, "0001")),
    "too-small": Operator("value", "the number is negative", lambda c: _out_of_range(c, "-7")),
    "too-large": Operator("value", "the number is huge", lambda c: _out_of_range(c, "70000000")),
    "other-class": Operator("value", "the IRI is of a node of another class", _other_class),
    "other-scheme": Operator("value", "the concept is of another scheme", _other_scheme),
    "dangling": Operator("value", "the IRI is described nowhere", _dangling),
    "itself": Operator("value", "the node points to itself", _itself),
    "to-literal": Operator("value", "a text stands where an IRI belongs", _literal),
    "to-iri": Operator("value", "an IRI stands where a literal belongs", _iri),
    "no-language": Operator("value", "the text has no language tag", _no_language),
    "wrong-script": Operator(
        "value", "the tag is of a language of another script", _wrong_language
    ),
    "misspell": Operator("value", "the property is misspelt", _misspell),
    "untype": Operator("type", "the node has no class", _untype),
    "retype": Operator("type", "the node is of another class", _retype),
    "misspell-class": Operator("type", "the class is misspelt", _misspell_class),
    "rename": Operator("type", "the IRI of the node is misspelt where it is described", _rename),
    "swap-dates": Operator("pair", "two dates that have an order are exchanged", _swap_dates),
    "past-end": Operator("pair", "the earlier date is after the later", _past_end),
    "swap-roles": Operator("pair", "two nodes of one class have exchanged roles", _swap_roles),
    "one-role": Operator("pair", "one node has both roles", _one_role),
}


def mutants(sample: Sample, *, seed: int, each: int, share: float = 1.0) -> Iterator[Mutant]:
    """Yield at most `each` mutants of every operator for a share of classes and properties."""
    for name, operator in OPERATORS.items():
        for (kind, prop), nodes in sorted(_places(sample, operator.on).items()):
            made = 0
            random = Random(f"{seed} {name} {kind} {prop}")
            if random.random() >= share:
                continue
            for node in random.sample(nodes, len(nodes)):
                mutant = _mutant(sample, name, kind, prop, node, seed)
                if mutant is not None:
                    made += 1
                    yield mutant
                if made == each:
                    break


def _places(sample: Sample, on: str) -> dict[tuple[str, str], list[NamedNode]]:
    if on == "value":
        return {key: nodes for key, nodes in sample.places.items() if key[1] != RDF_TYPE}
    if on == "type":
        return {key: nodes for key, nodes in sample.places.items() if key[1] == RDF_TYPE}
    return sample.pairs


def _mutant(
    sample: Sample, name: str, kind: str, prop: str, node: NamedNode, seed: int
) -> Mutant | None:
    one, two = pair(prop)
    random = Random(f"{seed} {name} {kind} {prop} {node.value}")
    values = sample.values_of(node, one)
    random.shuffle(values)
    others = tuple(sample.values_of(node, two)) if two else ()
    case = _Case(
        sample, node, NamedNode(one), values, random, NamedNode(two) if two else None, others
    )
    change = OPERATORS[name].change(case)
    if change is None:
        return None
    return Mutant(name, kind, prop, node, tuple(change[0]), tuple(change[1]))

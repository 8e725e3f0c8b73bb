"""Check the values of a saved query's parameters against the graph, and offer what is near."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from pyoxigraph import NamedNode

from kg.errors import BadParameter
from kg.queries import Param, SavedQuery, bind
from kg.vocab import local
from kg.web.site import site

__all__ = ["LONGEST", "bound", "choices"]

#: Kind of a parameter to the class whose members are its values.
CLASSES = {"state": "mq:State", "organisation": "mq:Organisation"}
#: Characters of a text.
LONGEST = 500
#: How many near values an error offers.
OFFERED = 5


def choices(param: Param) -> list[tuple[str, str]]:
    """Return value and label of each choice; none for a parameter that is typed freely."""
    if param.options:
        return [(option, option) for option in param.options]
    family, _, scheme = param.kind.partition(":")
    if family in CLASSES:
        pattern = f"?item a {CLASSES[family]} ; skos:prefLabel ?label ."
    elif family == "concept":
        node = NamedNode(f"{site().settings.base_iri}scheme/{scheme}")
        pattern = f"?item skos:inScheme {node} ; skos:prefLabel ?label ."
    else:
        return []
    rows = site().graph.keep(
        f'SELECT ?item ?label WHERE {{ {pattern} FILTER(LANG(?label) IN ("en", "")) }}'
        " ORDER BY ?label ?item"
    )
    return [(local(row["item"]["value"]), row["label"]["value"]) for row in rows]


def bound(saved: SavedQuery, values: Mapping[str, str]) -> str:
    """Return the query with its values bound.

    Raises BadParameter for an unknown name, a value of the wrong type, and a state,
    organisation, concept or agreement that the graph does not have; it names the nearest.
    """
    text = bind(saved, values)
    for param in saved.params:
        if value := values.get(param.name, "").strip():
            _check(param, value)
    return text


def _check(param: Param, value: str) -> None:
    if param.kind == "text" and len(value) > LONGEST:
        raise BadParameter(
            f"{param.name}: {len(value)} characters, more than {LONGEST}",
            hint="A few words are enough",
            details={"parameter": param.name},
        )
    known = choices(param)
    key = local(value)
    if param.kind == "state":
        key = key.upper()
    if known and key not in {choice for choice, _ in known}:
        raise _unknown(param, value, _near(value, known))
    if param.kind == "agreement":
        _check_agreement(param, value, key)


def _check_agreement(param: Param, value: str, key: str) -> None:
    node = NamedNode(f"{site().settings.base_iri}id/agreement/{key}")
    found = site().graph.select(
        f"SELECT ?is ?into WHERE {{ {{ {node} a mq:Agreement BIND(true AS ?is) }}"
        f" UNION {{ {node} dcterms:isReplacedBy ?into }} }} LIMIT 1"
    )
    if not found:
        raise _unknown(param, value, _same_parties(key))
    if "into" in found[0]:
        into = local(found[0]["into"]["value"])
        raise _unknown(param, value, [into], f"it was merged into {into}")


def _same_parties(key: str) -> list[str]:
    """Return agreements of the same two parties, those with the nearest key first."""
    start = f"{site().settings.base_iri}id/agreement/{'-'.join(key.split('-')[:2])}-"
    rows = site().graph.select(
        "SELECT ?item WHERE { ?item a mq:BilateralAgreement"
        f' FILTER(STRSTARTS(STR(?item), "{start}")) }}'
    )
    keys = [local(row["item"]["value"]) for row in rows]
    return difflib.get_close_matches(key, keys, n=OFFERED, cutoff=0)


def _near(value: str, known: list[tuple[str, str]]) -> list[str]:
    """Return the choices whose key or label is like a value, best first."""
    names = {name.casefold(): key for key, label in known for name in (label, key)}
    close = difflib.get_close_matches(value.casefold(), names, n=OFFERED, cutoff=0.5)
    return list(dict.fromkeys(names[name] for name in close))


def _unknown(param: Param, value: str, near: list[str], why: str = "") -> BadParameter:
    family = param.kind.partition(":")[0]
    reason = why or f"the graph has no such {family}"
    hint = f"Try {', '.join(near)}" if near else None
    details = {"parameter": param.name, "value": value, "nearest": near}
    return BadParameter(f"{param.name} = {value!r}: {reason}", hint=hint, details=details)

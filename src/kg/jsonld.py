"""Write a description as JSON-LD with our own context, parts nested where they belong.

The context is put in each document, cut to the terms that it uses, so that no reader fetches
anything; the whole of it is at /context.jsonld. See W3C, JSON-LD 1.1, 2020.
"""

from __future__ import annotations

import functools
import json
import re
from collections import ChainMap, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.turtle import LOCAL
from kg.vocab import BASE, MQ, PREFIXES, RDF_TYPE, XSD

__all__ = ["KINDS", "Kinds", "context", "document", "dumps", "kind_of"]

#: IRI of a property to what its values are: "iri", "date", "words", or "" for any.
Kinds = Mapping[str, str]
Node = NamedNode | BlankNode
SKOS = PREFIXES["skos"]
#: Properties of others that go by their plain name, as ours do.
TERMS = {
    SKOS + "altLabel": "words",
    SKOS + "broader": "iri",
    SKOS + "closeMatch": "iri",
    SKOS + "definition": "words",
    SKOS + "exactMatch": "iri",
    SKOS + "inScheme": "iri",
    SKOS + "narrower": "iri",
    SKOS + "prefLabel": "words",
    SKOS + "scopeNote": "words",
    SKOS + "topConceptOf": "iri",
    PREFIXES["dcterms"] + "isReplacedBy": "iri",
    PREFIXES["dcat"] + "landingPage": "iri",
}
#: Endings of the names of properties whose values are mostly days.
DAYS = ("Earliest", "From", "Latest", "On", "Until", "date", "from", "until", "statusAsOf")
#: Name for a property read backwards, where other nodes say something of a thing.
BACKWARDS = {
    "candidateOf": MQ + "candidate",
    "claimOf": MQ + "claim",
    "concept": SKOS + "inScheme",
    "followedBy": MQ + "predecessor",
    "follows": MQ + "successor",
    "hasMember": MQ + "organisation",
    "membership": MQ + "member",
    "relatedBy": MQ + "relatedAgreement",
    "relates": MQ + "relatingAgreement",
}
DEFINITIONS: dict[str, dict[str, str]] = {
    "iri": {"@type": "@id"},
    "date": {"@type": "xsd:date"},
    "words": {"@container": "@language"},
}
SAFE = 2**53
#: Query for the properties and what they are, whose rows `kind_of` reads.
KINDS = """SELECT ?p (MAX(?k = owl:ObjectProperty) AS ?object) WHERE {
  VALUES ?k { owl:ObjectProperty owl:DatatypeProperty } ?p a ?k } GROUP BY ?p"""
#: Prefixes in JSON-LD; those that are also names of properties are left to the wider two.
SPACES = {
    **{
        n: s
        for n, s in PREFIXES.items()
        if n not in ("commitment", "event", "instrument", "source")
    },
    "item": BASE + "id/",
}
#: What may follow a prefix (JSON-LD 1.1 section 4.1.5 has no narrower rule than this).
REST = re.compile(rf"{LOCAL.pattern.rstrip('|')}(?:/(?:{LOCAL.pattern.rstrip('|')}))*")


def kind_of(iri: str, is_object: bool) -> str:
    """Return what the values of a property of ours are."""
    if is_object:
        return "iri"
    return "date" if iri.removeprefix(MQ).endswith(DAYS) else ""


def context(kinds: Kinds) -> dict[str, Any]:
    """Return the whole context, for these properties of ours."""
    terms = {**{iri: kind for iri, kind in kinds.items() if iri.startswith(MQ)}, **TERMS}
    backwards = {name: {"@reverse": _short(iri)} for name, iri in BACKWARDS.items()}
    defined = {_name(iri): _defined(iri, kind) for iri, kind in terms.items()}
    return _head(SPACES) | dict(sorted(defined.items())) | backwards


def document(triples: Iterable[Triple], root: str, kinds: Kinds) -> dict[str, Any]:
    """Return the description of `root` as one object, with the context it needs."""
    return _Document(triples, kinds).of(NamedNode(root))


def dumps(value: object) -> str:
    """Return JSON that may also stand in a script element, where nothing turns the text around.

    An object has a line for each of its members, and for each object in a list of them.
    """
    text = "{\n" + ",\n".join(_lines(value)) + "\n}" if isinstance(value, dict) else ENCODE(value)
    for char in "<>&\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text + "\n"


#: Without indentation the standard library encodes in C.
ENCODE = json.JSONEncoder(ensure_ascii=False).encode


def _lines(value: Mapping[str, object]) -> Iterable[str]:
    for name, its in value.items():
        if isinstance(its, list) and len(its) > 1 and isinstance(its[0], dict):
            written = "[\n  " + ",\n  ".join(map(ENCODE, its)) + "\n ]"
        else:
            written = ENCODE(its)
        yield f" {ENCODE(name)}: {written}"


class _Document:
    def __init__(self, triples: Iterable[Triple], kinds: Kinds) -> None:
        self.facts: dict[Node, dict[str, list[Any]]] = defaultdict(dict)
        for triple in triples:
            subject, predicate = triple.subject, triple.predicate.value
            assert isinstance(subject, NamedNode | BlankNode)
            self.facts[subject].setdefault(predicate, []).append(triple.object)
        self.kinds = ChainMap(TERMS, kinds)  # type: ignore[arg-type]
        self.left = dict.fromkeys(sorted(self.facts, key=str))
        self.prefixes: set[str] = set()
        self.terms: dict[str, Any] = {}

    def of(self, root: Node) -> dict[str, Any]:
        made = self.node(root)
        for name, predicate in BACKWARDS.items():
            found = [one for one in self.left if root in self.facts[one].get(predicate, ())]
            if found:
                self.terms[name] = {"@reverse": self.short(predicate)}
                made[name] = [
                    self.node(one, (predicate, root)) for one in found if one in self.left
                ]
        if self.left:
            made["@included"] = []
            while self.left:
                made["@included"].append(self.node(next(iter(self.left))))
        used = {name: SPACES[name] for name in sorted(self.prefixes)}
        return {"@context": _head(used) | dict(sorted(self.terms.items()))} | made

    def node(self, node: Node, known: tuple[str, Node] | None = None) -> dict[str, Any]:
        self.left.pop(node, None)
        made: dict[str, Any] = {"id": self.iri(node)}
        facts = self.facts.get(node, {})
        for kind in sorted(facts.get(RDF_TYPE, []), key=str):
            made.setdefault("type", []).append(self.type(kind))
        names = sorted((self.name(iri), iri) for iri in facts if iri != RDF_TYPE)
        for name, iri in names:
            values = [v for v in sorted(facts[iri], key=str) if (iri, v) != known]
            if values:
                made[name] = self.values(iri, values)
        return made

    def values(self, iri: str, values: list[Any]) -> Any:
        kind = self.kinds.get(iri, "")
        if kind == "words" and all(isinstance(v, Literal) and v.language for v in values):
            words: dict[str, Any] = {}
            for value in values:
                words.setdefault(value.language, []).append(value.value)
            return {tag: found if len(found) > 1 else found[0] for tag, found in words.items()}
        found = [self.value(value, kind) for value in values]
        return found[0] if len(found) == 1 and kind != "words" else found

    def value(self, value: Node | Literal, kind: str) -> Any:
        if isinstance(value, Literal):
            return self.literal(value, kind)
        if value in self.left:
            return self.node(value)
        return self.iri(value) if kind == "iri" else {"id": self.iri(value)}

    def literal(self, value: Literal, kind: str) -> Any:
        text, datatype = value.value, value.datatype.value
        if value.language:
            return {"@value": text, "@language": value.language}
        if datatype == XSD + "string":
            return text if kind == "" else {"@value": text}
        if datatype == XSD + "date" and kind == "date":
            return text
        if datatype == XSD + "boolean" and text in ("true", "false"):
            return text == "true"
        if datatype == XSD + "integer" and _plain(text):
            return int(text)
        return {"@value": text, "@type": self.short(datatype)}

    def type(self, kind: NamedNode) -> str:
        return kind.value.removeprefix(MQ) if _ours(kind.value) else self.short(kind.value)

    def name(self, iri: str) -> str:
        name, kind = _name(iri), self.kinds.get(iri, "")
        if ":" in name:
            return self.short(iri)
        if kind or not _ours(iri):
            self.terms[name] = _defined(iri, kind)
            self.short(iri)
        return name

    def iri(self, node: Node) -> str:
        return str(node) if isinstance(node, BlankNode) else self.short(node.value)

    def short(self, iri: str) -> str:
        found = _short(iri)
        if found != iri:
            self.prefixes.add(found.partition(":")[0])
        return found


def _head(prefixes: Mapping[str, str]) -> dict[str, Any]:
    needed = {**prefixes, "xsd": XSD}
    return {"@version": 1.1, "@vocab": MQ, "id": "@id", "type": "@type", **needed}


def _defined(iri: str, kind: str) -> dict[str, str]:
    return {"@id": _short(iri), **DEFINITIONS.get(kind, {})}


def _ours(iri: str) -> bool:
    return iri.startswith(MQ) and iri.removeprefix(MQ) not in ("id", "type", *BACKWARDS)


def _name(iri: str) -> str:
    if _ours(iri):
        return iri.removeprefix(MQ)
    return iri.removeprefix(SKOS).rpartition("/")[2].rpartition("#")[2] if iri in TERMS else iri


#: Namespaces with their prefixes, longest first.
LONGEST = sorted(((space, name) for name, space in SPACES.items()), key=lambda s: -len(s[0]))


@functools.lru_cache(1 << 16)
def _short(iri: str) -> str:
    for space, name in LONGEST:
        rest = iri.removeprefix(space)
        if rest != iri and REST.fullmatch(rest):
            return f"{name}:{rest}"
    return iri


def _plain(text: str) -> bool:
    return text.lstrip("-").isdigit() and str(int(text)) == text and abs(int(text)) < SAFE

"""Write Turtle whose bytes depend on the triples alone."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg.errors import BadData
from kg.vocab import PREFIXES, RDF_TYPE, XSD

__all__ = ["TOO_LONG", "form", "joined", "long_line", "parsed", "read", "write"]

Term = NamedNode | BlankNode | Literal

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
FIRST, REST, NIL = RDF + "first", RDF + "rest", RDF + "nil"
#: Bytes of a line at most: millions of triples in one line have no place that anybody finds.
LONGEST = 16 * 1024**2
TOO_LONG = "a line of more than 16 MiB; give each value a line of its own"
#: A local name that needs no escape (Turtle 1.1, PN_LOCAL, narrowed to be safe).
LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_\-]|\.(?=[A-Za-z0-9_\-]))*|")
PLAIN = {XSD + "integer": re.compile(r"[+-]?[0-9]+"), XSD + "boolean": re.compile("true|false")}
CONTROLS = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)}
ESCAPES = CONTROLS | str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
)


def read(data: bytes, name: str) -> list[Triple]:
    """Parse Turtle; raise BadData naming `name:line:column`."""
    return parsed(data, name)[0]


def form(data: bytes, name: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Return a Turtle file in the one sorted form, with the prefixes that it declares."""
    triples, declared = parsed(data, name)
    return write(triples, joined(prefixes, declared))


def joined(known: Mapping[str, str], declared: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes to write a file with: known ones, and what else it declares.

    A prefix of the file for a namespace that is known is written as it is known.
    """
    kept = {p: n for p, n in known.items() if declared.get(p, n) == n}
    return kept | {p: n for p, n in declared.items() if n not in kept.values()}


def parsed(data: bytes, name: str) -> tuple[list[Triple], dict[str, str]]:
    """Return the triples of Turtle and the prefixes that it declares; raise BadData as `read`."""
    if line := long_line(data):
        details = {"file": name, "line": line, "column": 1}
        raise BadData(f"{name}:{line}:1: {TOO_LONG}", details=details)
    try:
        parser = parse(data, RdfFormat.TURTLE, base_iri="https://w3id.org/mithaq/")
        triples = [quad.triple for quad in parser]
    except SyntaxError as error:
        place = f"{name}:{error.lineno}:{error.offset}"
        details = {"file": name, "line": error.lineno, "column": error.offset}
        raise BadData(f"{place}: not valid Turtle: {error.msg}", details=details) from error
    except ValueError as error:
        raise BadData(f"{name}: not valid Turtle: {error}") from error
    except MemoryError as error:  # the parser's word for a token of more than 16 MiB
        raise BadData(f"{name}: a literal, an IRI or a comment of more than 16 MiB") from error
    return triples, dict(parser.prefixes)


def long_line(data: bytes) -> int:
    """Return the number of the first line that is longer than anybody writes; 0 for none."""
    start = number = 0
    while len(data) - start > LONGEST:
        end = data.find(b"\n", start)
        number += 1
        if (len(data) if end < 0 else end) - start > LONGEST:
            return number
        start = end + 1
    return 0


def write(triples: Iterable[Triple], prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Return sorted Turtle: prefixes, subjects, predicates and objects by written form.

    Blank nodes used once are nested, lists are written as lists; a blank node used more
    than once, or in a cycle, raises BadData, because no stable name exists for it.
    """
    return _Writer(triples, prefixes).text()


class _Writer:
    def __init__(self, triples: Iterable[Triple], prefixes: Mapping[str, str]) -> None:
        self.by_subject: dict[Term, dict[str, list[Term]]] = defaultdict(dict)
        self.uses: dict[Term, int] = defaultdict(int)
        self.prefixes = tuple(sorted(prefixes.items(), key=lambda item: -len(item[1])))
        self.used: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.open: set[Term] = set()
        self.met: set[Term] = set()
        for subject, predicate, value in triples:
            if isinstance(subject, Triple) or isinstance(value, Triple):
                raise BadData("RDF 1.2 triple terms are not written by this formatter")
            values = self.by_subject[subject].setdefault(predicate.value, [])
            if isinstance(value, BlankNode) and value not in values:
                self.uses[value] += 1
            values.append(value)

    def text(self) -> str:
        if any(count > 1 for count in self.uses.values()):
            raise BadData("A blank node is used twice; give it an IRI")
        tops = [term for term in self.by_subject if self.is_top(term)]
        blocks = sorted(self.block(term) for term in tops)
        if self.uses.keys() & self.by_subject.keys() - self.met:
            raise BadData("Blank nodes form a cycle; give one of them an IRI")
        head = "".join(f"@prefix {p}: <{n}> .\n" for p, n in sorted(self.used.items()))
        return head + "".join("\n" + block for block in blocks)

    def is_top(self, term: Term) -> bool:
        return not self.uses.get(term, 0)

    def block(self, subject: Term) -> str:
        name = "[]" if isinstance(subject, BlankNode) else self.term(subject, 0)
        return f"{name}\n{self.body(subject, 1)}.\n"

    def body(self, subject: Term, depth: int) -> str:
        pad = "    " * depth
        lines = [
            f"{pad}{self.predicate(p)} {self.objects(values, depth)} ;\n"
            for p, values in self.by_subject.get(subject, {}).items()
        ]
        return "".join(sorted(lines, key=lambda line: (not line.startswith(pad + "a "), line)))

    def objects(self, values: list[Term], depth: int) -> str:
        if len(values) == 1:
            return self.term(values[0], depth)
        pad = ",\n" + "    " * (depth + 1)
        return pad.join(sorted(self.term(value, depth) for value in dict.fromkeys(values)))

    def predicate(self, iri: str) -> str:
        return "a" if iri == RDF_TYPE else self.iri(iri)

    def term(self, term: Term, depth: int) -> str:
        if isinstance(term, NamedNode):
            return "()" if term.value == NIL else self.iri(term.value)
        if isinstance(term, Literal):
            return self.literal(term)
        return self.nested(term, depth)

    def nested(self, node: BlankNode, depth: int) -> str:
        if node in self.open:
            raise BadData("Blank nodes form a cycle; give one of them an IRI")
        self.open.add(node)
        self.met.add(node)
        try:
            facts = self.by_subject.get(node, {})
            if _is_cell(facts):
                return self.rdf_list(node, depth)
            inner = self.body(node, depth + 1)
            return f"[\n{inner}{'    ' * depth}]" if inner else "[]"
        finally:
            self.open.discard(node)

    def rdf_list(self, node: Term, depth: int) -> str:
        items: list[str] = []
        while not (isinstance(node, NamedNode) and node.value == NIL):
            facts = self.by_subject.get(node, {})
            self.met.add(node)
            if not _is_cell(facts):
                raise BadData(
                    "A list is not well formed: rdf:first and rdf:rest must come together"
                )
            items.append(self.term(facts[FIRST][0], depth))
            node = facts[REST][0]
        return f"( {' '.join(items)} )"

    def iri(self, iri: str) -> str:
        if iri not in self.names:
            self.names[iri] = self.name(iri)
        return self.names[iri]

    def name(self, iri: str) -> str:
        prefix, namespace = _prefixed(iri, self.prefixes)
        if not namespace:
            return str(NamedNode(iri))
        self.used[prefix] = namespace
        return f"{prefix}:{iri[len(namespace) :]}"

    def literal(self, literal: Literal) -> str:
        value, language = literal.value, literal.language
        plain = value.isprintable() and '"' not in value and "\\" not in value
        text = f'"{value if plain else value.translate(ESCAPES)}"'
        if language:
            return f"{text}@{language}"
        kind = literal.datatype.value
        if kind in PLAIN and PLAIN[kind].fullmatch(value):
            return value
        return text if kind == XSD + "string" else f"{text}^^{self.iri(kind)}"


@functools.lru_cache(1 << 16)
def _prefixed(iri: str, prefixes: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """Return the first prefix, and its namespace, with which an IRI can be written."""
    for prefix, namespace in prefixes:
        if iri.startswith(namespace) and LOCAL.fullmatch(iri[len(namespace) :]):
            return prefix, namespace
    return "", ""


def _is_cell(facts: Mapping[str, list[Term]]) -> bool:
    """Say whether a node is a link of a list, with one item and one rest."""
    return set(facts) == {FIRST, REST} and all(len(set(values)) == 1 for values in facts.values())

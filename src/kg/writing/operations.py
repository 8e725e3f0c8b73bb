"""Take a SPARQL update apart into its operations, as far as is needed to know what each can touch.

The store has parsed the text already, or refuses it; here it is only cut. Where the cut is in
doubt there are no operations, and whoever asks looks at the whole store instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Store, Triple
from pyparsing import ParseException
from rdflib.plugins.sparql.parser import parseUpdate

from kg.errors import BadQuery, Refused
from kg.pool.guard import check
from kg.vocab import BASE, PREFIXES

__all__ = ["Operation", "Pattern", "data", "named", "refuse", "split", "touched", "with_dataset"]

#: Terms that a touched quad must have; None where any will do.
Pattern = tuple[
    NamedNode | BlankNode | Triple | None,
    NamedNode | None,
    NamedNode | BlankNode | Literal | Triple | None,
    NamedNode | BlankNode | DefaultGraph | None,
]
#: Stands for a variable where a template is read as data.
VARIABLE = "urn:x-variable:"
ANY: Pattern = (None, None, None, None)

_TOKEN = re.compile(
    r"(?P<comment>#[^\r\n]*)"
    r'|(?P<string>"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\r\n]|\\.)*"'
    r"|'(?:[^'\\\r\n]|\\.)*')"
    r'|(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)'
    r"|(?P<variable>[?$]\w+)"
    r"|(?P<tag>@[A-Za-z][\w-]*)"
    r"|(?P<name>(?:[^\W\d](?:[\w.·-]*[\w·-])?|_)?:(?:[\w.:%·-]|\\.)*)"
    r"|(?P<word>\w+)"
    r"|(?P<mark>[{};])"
    r"|(?P<other>.)",
    re.S,
)
#: What looks like an IRI and may be a comparison: `?a<'>'`, `?a<#>`.
_AMBIGUOUS = re.compile(r"<(?![a-z][a-z0-9+.-]*://)[^>]*['#]", re.I)
_DATASET = ("WITH", "USING")


@dataclass
class Operation:
    """One operation: its prologue and text, its words, the spans of its blocks in braces."""

    prologue: str
    start: int
    end: int = 0
    words: list[str] = field(default_factory=list)
    #: IRIs outside of blocks, as written.
    names: list[str] = field(default_factory=list)
    #: For each block: the words just before it, where its inside begins, and where it ends.
    blocks: list[tuple[str, int, int]] = field(default_factory=list)
    #: Where the keyword before the last block begins.
    last: int = 0

    @property
    def kind(self) -> str:
        """Return its first words, run together: INSERTDATA, DELETE, DELETEWHERE, CLEARSILENT."""
        return self.words[0] if self.words else ""


def refuse(text: str) -> None:
    """Raise Refused for an update that would ask another server: LOAD, SERVICE."""
    check(text)
    found = split(text)
    loads = (
        any(one.kind.startswith("LOAD") for one in found)
        if found is not None
        else any(t["word"] and t["word"].upper() == "LOAD" for t in _TOKEN.finditer(text))
    )
    if loads:
        _parse(text)
        raise Refused(
            "LOAD is refused: this endpoint fetches nothing",
            hint="Fetch the file yourself and PUT it to /store?graph=…",
        )


def _parse(text: str) -> None:
    """Raise BadQuery when an update that is not going to be run is none: that is told first."""
    try:
        parseUpdate(text)
    except ParseException as error:
        message = f"Not a SPARQL update, line {error.lineno}, column {error.column}: {error.msg}"
        details = {"line": error.lineno, "column": error.column, "excerpt": error.line}
        raise BadQuery(message, details=details) from error
    except RecursionError as error:
        raise BadQuery("Not a SPARQL update that can be read: it is nested too deep") from error


def split(text: str) -> list[Operation] | None:
    """Return the operations of an update in order; None where the text can be read two ways."""
    depth, prologue, found = 0, "", []
    here, fresh = Operation("", 0), True
    prefixing = False
    begin = 0
    for token in _TOKEN.finditer(text):
        kind, value = token.lastgroup, token[0]
        if kind == "iri" and _AMBIGUOUS.match(value):
            return None
        if value == "}":
            depth -= 1
            if depth < 0:
                return None
            if not depth:
                here.blocks[-1] = (*here.blocks[-1][:2], token.start())
                fresh = True
        elif value == "{":
            if not depth:
                here.blocks.append((here.words[-1] if here.words else "", token.end(), 0))
                here.last = begin
            depth += 1
        elif depth or kind in ("comment",) or (kind == "other" and value.isspace()):
            continue
        elif value == ";":
            here.end = token.start()
            found.append(here)
            here, fresh, prefixing = Operation(prologue, token.end()), True, False
        elif kind == "word" and not here.words and value.upper() in ("PREFIX", "BASE"):
            prefixing, begin = True, token.start()
        elif kind == "iri" and prefixing and not here.words:
            prologue += text[begin : token.end()] + "\n"
            here.prologue, here.start, prefixing = prologue, token.end(), False
        elif kind == "word":
            if fresh:
                here.words.append("")
                begin = token.start()
            here.words[-1] += value.upper()
            fresh = False
        elif kind in ("iri", "name"):
            if not prefixing:
                here.names.append(value)
                fresh = True
        elif kind != "mark":
            return None
    if depth:
        return None
    here.end = len(text)
    return [one for one in [*found, here] if one.words]


def with_dataset(text: str, using: tuple[str, ...], named: tuple[str, ...]) -> str:
    """Return the update with the dataset of the protocol put into its operations (section 2.2.3).

    Raises BadQuery when the text names a dataset itself, or an IRI is none.
    """
    try:
        clause = " ".join(
            [f"USING {NamedNode(one)}" for one in using]
            + [f"USING NAMED {NamedNode(one)}" for one in named]
        )
    except ValueError as error:
        raise BadQuery(f"A graph is not named by an absolute IRI: {error}") from error
    if not clause:
        return text
    found = split(text)
    if found is None:
        raise BadQuery("This update cannot be given a dataset; write USING into it")
    if any(word.startswith(_DATASET) for one in found for word in one.words):
        raise BadQuery("The update has USING or WITH, and the request names graphs too: use one")
    for one in reversed(found):
        if not one.blocks or one.kind.endswith("DATA"):
            continue
        if one.kind == "DELETEWHERE":
            _, start, end = one.blocks[0]
            block = f"{{{text[start:end]}}}"
            text = f"{text[: one.last]}DELETE {block} {clause} WHERE {block}{text[end + 1 :]}"
        else:
            text = f"{text[: one.last]}{clause} {text[one.last :]}"
    return text


def touched(operation: Operation, text: str) -> set[Pattern]:
    """Return patterns of which each quad that the operation adds or removes fits one."""
    if not operation.blocks:
        return _managed(operation)
    home = DefaultGraph()
    found: set[Pattern] = set()
    if operation.kind == "WITH":
        home = named(operation)  # type: ignore[assignment]
    blocks = operation.blocks if operation.kind == "DELETEWHERE" else operation.blocks[:-1]
    for _, start, end in blocks:
        for quad in data(operation, _without_variables(text[start:end])):
            graph = home if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name
            terms = (quad.subject, quad.predicate, quad.object, graph)
            found.add(tuple(None if _open(term) else term for term in terms))  # type: ignore[arg-type]
    return {ANY} if ANY in found else found


def data(operation: Operation, inside: str) -> Store:
    """Return the quads between braces; SyntaxError when they are none."""
    store = Store()
    store.update(f"{operation.prologue}INSERT DATA {{{inside}}}", base_iri=BASE, prefixes=PREFIXES)
    return store


def _managed(operation: Operation) -> set[Pattern]:
    """Return the graphs that CLEAR, DROP, COPY, MOVE or ADD names; CREATE touches no quad."""
    words = "".join(operation.words)
    if operation.kind.startswith("CREATE"):
        return set()
    if operation.kind.startswith(("CLEAR", "DROP")) and words.endswith(("NAMED", "ALL")):
        return {ANY}
    found: set[Pattern] = {(None, None, None, _iri(operation, name)) for name in operation.names}
    return found | ({(None, None, None, DefaultGraph())} if "DEFAULT" in words else set())


def named(operation: Operation) -> NamedNode:
    """Return the first graph that the operation names outside of its blocks."""
    return _iri(operation, operation.names[0])


def _iri(operation: Operation, written: str) -> NamedNode:
    """Return the IRI that stands there as a name with a prefix, or relative."""
    quad = next(iter(data(operation, f"<urn:x> <urn:x> {written}")))
    assert isinstance(quad.object, NamedNode)
    return quad.object


def _without_variables(inside: str) -> str:
    return "".join(_constant(token) for token in _TOKEN.finditer(inside))


def _constant(token: re.Match[str]) -> str:
    return f"<{VARIABLE}{token[0][1:]}>" if token["variable"] else token[0]


def _open(term: object) -> bool:
    """Say whether a term of a template may become another: variables, blank nodes, triples."""
    if isinstance(term, NamedNode):
        return term.value.startswith(VARIABLE)
    return isinstance(term, BlankNode | Triple)

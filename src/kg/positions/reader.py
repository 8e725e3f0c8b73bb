"""Read the statements of Turtle and TriG, and keep where each triple stands."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.positions.terms import Term, Terms
from kg.positions.tokens import DIRECTIVE, END, PUNCTUATION, TERM, TOKEN, WORD
from kg.turtle import FIRST, NIL, REST
from kg.vocab import RDF_TYPE, XSD

__all__ = ["Reader", "Unread"]

#: What may come next: a statement, the name of a graph and its bracket, a predicate, the same or
#: an end (after `;`, and after a bracket), an object, the end of one, an item of a list.
STATEMENT, GRAPH, BRACE, VERB, MORE, OPEN, OBJECT, AFTER, ITEM = range(9)
TYPE, TRUE, FALSE = (
    NamedNode(RDF_TYPE),
    *(Literal(word, datatype=NamedNode(XSD + "boolean")) for word in ("true", "false")),
)
FIRST_, REST_, NIL_ = NamedNode(FIRST), NamedNode(REST), NamedNode(NIL)


class Unread(Exception):
    """The text is not Turtle that is read here: where it stops, and why."""

    def __init__(self, offset: int, why: str) -> None:
        super().__init__(why)
        self.offset = offset


class Frame(NamedTuple):
    """What a bracket interrupts."""

    bracket: str
    start: int
    state: int
    subject: Term
    subject_at: tuple[int, int]
    predicate: Term
    predicate_at: tuple[int, int]
    #: The node of the list that goes on, and whether it has its item.
    node: Term
    filled: bool


class Reader:
    """A stack machine over tokens; nesting costs memory, never the stack of Python.

    A place is a pair of offsets. One that begins with a bracket ends with 0, since its end is
    known later: `ends` has it.
    """

    def __init__(self, text: str, base: str, *, trig: bool) -> None:
        self.text = text
        self.trig = trig
        self.terms = Terms(base)
        self.rows: list[tuple[Term, Term, Term, Term | None]] = []
        self.spans = array("L")
        self.ends: dict[int, int] = {}
        self.stack: list[Frame] = []
        self.state = STATEMENT
        self.graph: Term | None = None
        self.inside = False
        self.subject: Term = NIL_
        self.subject_at = (0, 0)
        self.predicate: Term = NIL_
        self.predicate_at = (0, 0)
        #: The node of the list that is open, and whether it has its item.
        self.node: Term = NIL_
        self.filled = False

    def read(self) -> None:
        """Read the whole text; raise Unread where it is not understood."""
        terms, take = self.terms, self.take
        for token in TOKEN.finditer(self.text):
            kind = token.lastindex
            if kind == TERM:
                take(terms[token[TERM]], token.span(TERM))
            elif kind == PUNCTUATION:
                MARKS[token[PUNCTUATION]](self, token.start(PUNCTUATION))
            elif kind == WORD:
                self.word(token[WORD], token.span(WORD))
            elif kind == DIRECTIVE and self.state == STATEMENT and not self.inside:
                terms.direct(token[DIRECTIVE], token.start(DIRECTIVE))
            elif kind == END and self.state == STATEMENT and not self.inside:
                return
            else:
                raise Unread(token.end() if kind == END else token.start(kind or 0), "not Turtle")

    def take(self, term: Term, at: tuple[int, int]) -> None:
        """Take a term as what may come next."""
        state = self.state
        if state == OBJECT:
            self.add(self.subject, self.predicate, term, self.subject_at, self.predicate_at, at)
            self.state = AFTER
        elif state in (VERB, MORE, OPEN):
            if not isinstance(term, NamedNode) or self.text[at[0]] == "(":
                raise Unread(at[0], "a predicate is an IRI")
            self.predicate, self.predicate_at, self.state = term, at, OBJECT
        elif state == ITEM:
            self.item(term, at)
        elif state in (AFTER, BRACE) or isinstance(term, Literal):
            raise Unread(at[0], "a literal or a term too many")
        elif state == GRAPH:
            self.graph, self.state = term, BRACE
        else:
            self.subject, self.subject_at, self.state = term, at, VERB

    def add(
        self,
        subject: Term,
        predicate: Term,
        value: Term,
        subject_at: tuple[int, int],
        predicate_at: tuple[int, int],
        value_at: tuple[int, int],
    ) -> None:
        self.rows.append((subject, predicate, value, self.graph))
        self.spans.extend(subject_at + predicate_at + value_at)

    def item(self, term: Term, at: tuple[int, int]) -> None:
        whole = (self.stack[-1].start, 0)
        if self.filled:
            node = BlankNode()
            self.add(self.node, REST_, node, whole, at, at)
            self.node = node
        self.filled = True
        self.add(self.node, FIRST_, term, whole, at, at)

    def word(self, word: str, at: tuple[int, int]) -> None:
        if word == "a" and self.state in (VERB, MORE, OPEN):
            self.predicate, self.predicate_at, self.state = TYPE, at, OBJECT
        elif word in ("true", "false"):
            self.take(TRUE if word == "true" else FALSE, at)
        elif word.lower() == "graph" and self.trig and self.state == STATEMENT and not self.inside:
            self.state = GRAPH
        else:
            raise Unread(at[0], f"{word} means nothing here")

    def opened(self, start: int) -> None:
        bracket = self.text[start]
        node = BlankNode()
        if self.state in (VERB, MORE, OPEN, GRAPH):
            raise Unread(start, f"no {bracket} may stand here")
        self.take(node, (start, 0))
        self.stack.append(
            Frame(
                bracket,
                start,
                self.state,
                self.subject,
                self.subject_at,
                self.predicate,
                self.predicate_at,
                self.node,
                self.filled,
            )
        )
        if bracket == "[":
            self.subject, self.subject_at, self.state = node, (start, 0), OPEN
        else:
            self.node, self.filled, self.state = node, False, ITEM

    def closed(self, start: int) -> None:
        bracket = self.text[start]
        if not self.stack or self.stack[-1].bracket != {"]": "[", ")": "("}[bracket]:
            raise Unread(start, f"{bracket} closes nothing")
        if self.state not in ((ITEM,) if bracket == ")" else (AFTER, MORE)):
            raise Unread(start, f"{bracket} comes too early")
        frame = self.stack.pop()
        self.ends[frame.start] = start + 1
        if bracket == ")":
            self.add(
                self.node, REST_, NIL_, (frame.start, 0), (start, start + 1), (start, start + 1)
            )
        self.subject, self.subject_at = frame.subject, frame.subject_at
        self.predicate, self.predicate_at = frame.predicate, frame.predicate_at
        self.node, self.filled = frame.node, frame.filled
        # A node with properties may be a statement by itself.
        self.state = OPEN if bracket == "]" and frame.state == VERB else frame.state

    def dot(self, start: int) -> None:
        if self.stack or self.state not in (AFTER, MORE, OPEN):
            raise Unread(start, "the statement is not complete")
        self.state = STATEMENT

    def semicolon(self, start: int) -> None:
        if self.state not in (AFTER, MORE):
            raise Unread(start, "; comes too early")
        self.state = MORE

    def comma(self, start: int) -> None:
        if self.state != AFTER:
            raise Unread(start, ", comes too early")
        self.state = OBJECT

    def brace(self, start: int) -> None:
        """Begin a graph: what was read as a subject is its name."""
        named = self.state == VERB and self.text[self.subject_at[0]] != "("
        if not self.trig or self.inside or not (named or self.state in (STATEMENT, BRACE)):
            raise Unread(start, "{ means nothing here")
        if named:
            self.graph = self.subject
        self.inside, self.state = True, STATEMENT

    def unbrace(self, start: int) -> None:
        if not self.inside or self.stack or self.state not in (STATEMENT, AFTER, MORE, OPEN):
            raise Unread(start, "} comes too early")
        self.inside, self.graph, self.state = False, None, STATEMENT


#: What each mark does, given where it stands.
MARKS: dict[str, Callable[[Reader, int], None]] = {
    ".": Reader.dot,
    ";": Reader.semicolon,
    ",": Reader.comma,
    "[": Reader.opened,
    "(": Reader.opened,
    "]": Reader.closed,
    ")": Reader.closed,
    "{": Reader.brace,
    "}": Reader.unbrace,
}

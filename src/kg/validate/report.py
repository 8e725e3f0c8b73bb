"""Read a SHACL report into results."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from kg.validate.model import SEVERITY, SH, Violation
from kg.validate.terms import bare, n3, path_text

__all__ = ["results"]


def _sh(name: str) -> URIRef:
    return URIRef(SH + name)


def results(
    report: Graph, shapes: Graph, named: Callable[[Node], Node] = lambda node: node
) -> list[Violation]:
    """Return the results of a report, sorted; `named` gives a shape its node in the shapes."""
    reader = _Reader(report, shapes, named)
    tops = report.objects(None, _sh("result"))
    return sorted(reader.read(result) for result in tops)


class _Reader:
    def __init__(self, report: Graph, shapes: Graph, named: Callable[[Node], Node]) -> None:
        self.report, self.shapes, self.named = report, shapes, named

    def read(self, result: Node) -> Violation:
        shape = self.shape(result)
        focus, value = self.get(result, "focusNode"), self.get(result, "value")
        component = self.get(result, "sourceConstraintComponent")
        severity = str(self.get(result, "resultSeverity") or "")
        path = self.path(result, shape)
        told = self.messages(result, shape, str(component or ""))
        constraint = self.get(result, "sourceConstraint")
        return Violation(
            shape=bare(shape),
            focus=bare(focus),
            path=path[1:-1] if re.fullmatch(r"<[^<>]*>", path) else "",
            value=bare(value),
            severity=SEVERITY.get(severity, "violation"),
            message=next((text for text, tag in told if tag == "en"), told[0][0]),
            component=str(component or ""),
            path_text=path,
            focus_term=n3(focus),
            value_term=n3(value),
            severity_iri=severity,
            messages=told,
            constraint=bare(self.named(constraint)) if constraint is not None else "",
            detail=tuple(sorted(self.details(result))),
        )

    def get(self, result: Node, name: str) -> Node | None:
        return self.report.value(result, _sh(name))

    def shape(self, result: Node) -> Node | None:
        shape = self.get(result, "sourceShape")
        return None if shape is None else self.named(shape)

    def details(self, result: Node) -> Iterator[Violation]:
        for inner in self.report.objects(result, _sh("detail")):
            if (inner, _sh("sourceConstraintComponent"), None) in self.report:
                yield self.read(inner)

    def path(self, result: Node, shape: Node | None) -> str:
        """Return the path, which an engine may leave out of its report when it has steps."""
        path = self.get(result, "resultPath")
        if isinstance(path, BNode):
            told = path_text(self.report, path)
            return told or path_text(self.shapes, self.shapes.value(shape, _sh("path")))
        return path_text(self.report, path)

    def messages(
        self, result: Node, shape: Node | None, component: str
    ) -> tuple[tuple[str, str], ...]:
        """Return what the author wrote; else what does not hold, the same from every engine."""
        constraint = self.get(result, "sourceConstraint")
        # shifty does not say which constraint it was, and judges shapes that have one alone.
        constraints = [self.named(constraint)] if constraint is not None else []
        authors = [shape, *(constraints or self.shapes.objects(shape, _sh("sparql")))]
        if component.startswith(SH) and not any(
            (one, _sh("message"), None) in self.shapes for one in authors if one is not None
        ):
            return ((self.made(shape, component), "en"),)
        told = {
            (str(text), text.language or "")
            for text in self.report.objects(result, _sh("resultMessage"))
            if isinstance(text, Literal)
        }
        return tuple(sorted(told, key=lambda one: (one[1], one[0]))) or (
            (self.made(shape, component), "en"),
        )

    def made(self, shape: Node | None, component: str) -> str:
        name = component.removeprefix(SH).removesuffix("ConstraintComponent")
        key = name[:1].lower() + name[1:]
        values = self.shapes.objects(shape, _sh(key)) if shape is not None else ()
        told = [n3(value) for value in values if not isinstance(value, BNode)]
        return f"sh:{key} {told[0]} does not hold" if len(told) == 1 else f"sh:{key} does not hold"

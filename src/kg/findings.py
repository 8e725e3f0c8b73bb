"""Say what is wrong in one form: the rule, the place, and what to do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

__all__ = ["SEVERITIES", "Finding", "Place", "Related", "Result", "Span"]

#: Severities, worst first, named as SHACL names them (SHACL section 2.1.4).
SEVERITIES = ("violation", "warning", "info")


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of a text: lines and columns from 1, columns in characters, the end left out."""

    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0


@dataclass(frozen=True, order=True)
class Place:
    """A file, by its path from the root of the repository, and where in it."""

    file: str
    span: Span | None = None

    def __str__(self) -> str:
        """Return `file:line:column`, as editors and terminals link it."""
        return f"{self.file}:{self.span.line}:{self.span.column}" if self.span else self.file


@dataclass(frozen=True, order=True)
class Related:
    """Another place that a finding is about, and what is there."""

    place: Place
    message: str


@dataclass(frozen=True, order=True)
class Result:
    """What SHACL says of a finding, as exactly as it does (SHACL section 3.6.2)."""

    #: IRI of the constraint component.
    component: str
    #: The source shape: an IRI, or `_:label` of one without a name.
    shape: str
    #: Focus node and value as N-Triples write them; "" where there is no value.
    focus: str
    value: str = ""
    #: The path as SPARQL writes it, of any length: `<a>/(^<b>)`.
    path: str = ""
    #: IRI of the severity as the shape gives it.
    severity: str = ""
    #: The SPARQL constraint: an IRI, or `_:label`.
    constraint: str = ""
    #: Results that say why (`sh:detail`), which the reference engine gives.
    detail: tuple[Result, ...] = ()


@dataclass(frozen=True)
class Finding:
    """Something wrong: the rule, the place, and what to do."""

    #: Name of the rule, `stage/name` but for shapes and checks, which have names of their own.
    rule: str
    #: One of SEVERITIES.
    severity: str
    #: What to do, not just what failed.
    message: str
    #: IRI of the node, "" for a finding about a text.
    focus: str = ""
    #: IRI of the property, "" when there is none or the path has several steps.
    path: str = ""
    #: The value as written: an IRI or the lexical form of a literal.
    value: str = ""
    place: Place | None = None
    related: tuple[Related, ...] = ()
    #: What tells it from others of its rule in its file when it has no focus; never a line.
    key: str = ""
    #: Why it is accepted; empty when it is not.
    reason: str = ""
    #: The results of SHACL that it tells; several where they differ for machines alone.
    results: tuple[Result, ...] = field(default=(), compare=False)

    @property
    def fingerprint(self) -> str:
        """Return a name that stays when lines move: of rule, node, property and value.

        A finding without a node is known by its file and key.
        """
        file = self.place.file if self.place and not self.focus else ""
        parts = (self.rule, self.focus, self.path, self.value, file, self.key)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

    @property
    def order(self) -> tuple[object, ...]:
        """Return what findings are sorted by: worst first, then file, place and rule."""
        span = self.place.span if self.place else None
        at = (span.line, span.column) if span else (0, 0)
        file = self.place.file if self.place else ""
        return (SEVERITIES.index(self.severity), file, at, self.rule, self.focus, self.value)

    def at(self, place: Place | None) -> Finding:
        """Return the same finding, at a place."""
        return replace(self, place=place)

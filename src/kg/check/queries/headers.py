"""Judge the header of a query: what it says of itself and of its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.check.queries.read import Text, Token
from kg.errors import BadParameter, BadShapes
from kg.findings import Finding
from kg.queries import KINDS, VALUE, bind, parse

__all__ = ["findings"]

#: Words of a summary that says enough without a description.
ENOUGH = 4
ONE_VALUE = re.compile(VALUE.replace("%s", r"(\w+)"))


def findings(text: Text, *, asked: bool) -> Iterator[Finding]:
    """Yield what is missing in a header, and parameters that do not fit the query."""
    summary = text.header.get("summary", "")
    if not summary:
        message = "Say in a line `#+ summary: …` what the query answers"
        yield text.finding("queries/no-summary", "violation", message, None, value="summary")
    elif asked and len(summary.split()) < ENOUGH and not text.header.get("description"):
        message = "The summary is short; say more in a line `#+ description: …`"
        at = text.at_header("summary")
        yield text.finding("queries/no-description", "info", message, at)
    if asked:
        yield from _parameters(text)
        yield from _undeclared(text)


def _parameters(text: Text) -> Iterator[Finding]:
    for key, spec in text.header.items():
        if not key.startswith("param."):
            continue
        name, (kind, _, told) = key.removeprefix("param."), spec.partition(",")
        at = text.at_header(key)
        uses = [t for t in text.tokens if t.kind == "variable" and t.text[1:] == name]
        slots = list(re.finditer(VALUE % re.escape(name), text.text))
        if kind.strip().split(":")[0] not in KINDS:
            message = f"{kind.strip()!r} is no kind of parameter; take one of {', '.join(KINDS)}"
            yield text.finding("queries/parameter-kind", "violation", message, at)
        elif not slots:
            message = f"Parameter {name} is nowhere; write `VALUES ?{name} {{ default }}`"
            yield text.finding("queries/parameter-slot", "violation", message, at)
        elif len(uses) == len(slots):
            message = (
                f"Parameter {name} changes nothing: ?{name} is used nowhere; use it or drop it"
            )
            yield text.finding("queries/parameter-unused", "violation", message, at)
        else:
            yield from _default(text, name, at)
        if not told.strip():
            message = f"Say after a comma what parameter {name} is: forms and --help show it"
            yield text.finding("queries/parameter-description", "info", message, at)


def _default(text: Text, name: str, at: Token | None) -> Iterator[Finding]:
    """Yield a default that the parameter itself would refuse."""
    try:
        query = parse(text.path)
        param = next(p for p in query.params if p.name == name)
        bind(query, {name: param.default or ""})
    except BadParameter as error:
        message = f"The default does not fit the kind: {error}"
        yield text.finding("queries/parameter-kind", "violation", message, at)
    except (BadShapes, StopIteration):
        return  # told by another rule


def _undeclared(text: Text) -> Iterator[Finding]:
    """Yield a block of one text, number or date that looks like a parameter and is none."""
    for match in ONE_VALUE.finditer(text.text):
        name, value = match[2], match[3]
        literal = value[0] in "\"'" or value[0].isdigit()
        if literal and f"param.{name}" not in text.header:
            at = Token("values", match[0], match.start())
            message = f"`VALUES ?{name}` has one value; declare it by `#+ param.{name}: kind, …`"
            yield text.finding("queries/parameter-undeclared", "info", message, at)

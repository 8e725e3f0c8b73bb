"""Judge how a file is written: prefixes, triples said twice, order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pyoxigraph import NamedNode

from kg.check import texts
from kg.check.source.source import Source, finding
from kg.errors import BadData
from kg.findings import Finding, Related
from kg.positions import Index, Prefix

__all__ = ["RULES", "findings"]

RULES = {
    "source/prefix-unused": ("warning", "A prefix that no term of the file uses"),
    "source/prefix-rebound": ("warning", "A prefix that means two namespaces in one file"),
    "source/prefix-differs": ("warning", "A prefix that the repository uses otherwise"),
    "source/duplicate-triple": ("warning", "A triple said twice in one file"),
    "source/not-formatted": ("warning", "A file that `kg fmt` would write otherwise"),
}


def findings(source: Source) -> Iterator[Finding]:
    """Yield how a file differs from what `kg fmt` writes: the reason, else the first line.

    What `kg fmt` has written has no fault of these, and is not looked at further. A file with
    another fault may be in another order for its sake: that is not told of.
    """
    if source.written == source.text:
        return
    told = 0
    if source.index:
        for fault in (*_prefixes(source, source.index), *_repeated(source, source.index)):
            told += 1
            yield fault
    if not told and not source.told and "\r" not in source.text:
        yield from _order(source)


def _prefixes(source: Source, found: Index) -> Iterator[Finding]:
    known = source.prefixes
    names = {namespace: prefix for prefix, namespace in known.items()}
    first: dict[str, Prefix] = {}
    last = {one.name: one for one in found.prefixes}
    for one in found.prefixes:
        name, place = f"{one.name}:", source.place(found.span(one.start, one.end))
        earlier = first.setdefault(one.name, one)
        if not one.used and last[one.name].used and last[one.name].namespace != one.namespace:
            continue  # bound again before it was used, as is told of there
        if not one.used:
            fault = finding(
                "prefix-unused", "warning", f"Nothing uses {name}; remove its line", key=name
            )
        elif earlier.namespace != one.namespace:
            message = (
                f"{name} already means <{earlier.namespace}> above; give one of them another name"
            )
            fault = finding("prefix-rebound", "warning", message, key=name)
            at = source.place(found.span(earlier.start, earlier.end))
            fault = replace(fault, related=(Related(at, "declared first here"),))
        elif one.name in source.misled:
            continue
        elif known.get(one.name, one.namespace) != one.namespace:
            message = f"{name} means <{known[one.name]}> in this repository, not <{one.namespace}>"
            fault = finding("prefix-differs", "warning", message, key=name)
        elif names.get(one.namespace, one.name) != one.name:
            message = (
                f"<{one.namespace}> is {names[one.namespace]}: in this repository, not {name}"
            )
            fault = finding("prefix-differs", "warning", message, key=name)
        else:
            continue
        yield fault.at(place)


def _repeated(source: Source, found: Index) -> Iterator[Finding]:
    for number, earlier in found.repeated():
        row = found.rows[number]
        place = source.place(found.standing(number).pair)
        at = Related(source.place(found.standing(earlier).pair), "said first here")
        focus = row[0].value if isinstance(row[0], NamedNode) else ""
        yield Finding(
            "source/duplicate-triple",
            "warning",
            "Said already; remove it, or run `kg fmt`",
            focus,
            row[1].value,
            row[2].value,
            place,
            (at,),
        )


def _order(source: Source) -> Iterator[Finding]:
    if isinstance(source.written, BadData):
        message = f"`kg fmt` cannot write this file: {source.written}"
        yield finding("not-formatted", "warning", message, key="unwritable").at(source.place())
        return
    message = "`kg fmt` writes this file otherwise from here on; run it"
    pairs = enumerate(zip(source.text, source.written, strict=False))
    ends = min(len(source.text), len(source.written))
    same = next((at for at, (here, there) in pairs if here != there), ends)
    span = texts.span(source.text, min(same, len(source.text) - 1))
    yield finding("not-formatted", "warning", message, key="order").at(source.place(span))

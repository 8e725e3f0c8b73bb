"""Write the tables and examples of the documentation from saved queries on the built graph.

Usage: python docs/tables.py [--check]

Between `<!-- table: NAME [--param value …] -->` and `<!-- end -->` stands the result of a saved
query as a Markdown table; `<!-- number: NAME COLUMN … -->` is followed by one number; and
`<!-- audit -->` stands before the verdicts of `tests/cases/audit/`, counted. A console block that
begins with `$ kg query …` is followed by the first rows of its answer (those with WORD where the
command ends in `| grep WORD`). With --check nothing is written; exit 1 when something is not as
the graph has it.
"""

from __future__ import annotations

import csv
import re
import shlex
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from pyoxigraph import QueryResultsFormat, QuerySolutions, Store

from kg import settings as config
from kg.files import replace_file
from kg.queries import bind, load, pick
from kg.store import open_built
from kg.vocab import BASE

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "docs/data.md", "docs/audit.md")
TABLE = re.compile(r"(<!-- table: (.+?) -->\n)(.*?)(<!-- end -->)", re.S)
AUDIT = re.compile(r"(<!-- audit -->\n)(.*?)(<!-- end -->)", re.S)
VERDICTS = ROOT / "tests/cases/audit"
NUMBER = re.compile(r"(<!-- number: (\S+) (\S+)(?: (\S+=\S+))? -->)[\d,]+")
EXAMPLE = re.compile(r"(```console\n\$ kg query (.+)\n)((?:.*\n)*?)(```)")
#: Lines of an answer that an example shows.
SHOWN = 4


def main() -> int:
    """Write the pages, or with --check say which are not as the graph has them."""
    check = "--check" in sys.argv[1:]
    stale = 0
    for name in PAGES:
        path = ROOT / name
        text = path.read_text("utf-8")
        fresh = page(text)
        stale += fresh != text
        if fresh != text:
            print(f"{name} {'is not as the graph has it: run make docs' if check else 'written'}")
            if not check:
                replace_file(path, fresh)
    return int(check and stale > 0)


def page(text: str) -> str:
    """Return a page with its tables, numbers and examples as the graph has them."""
    text = TABLE.sub(lambda m: m[1] + "".join(_lines(*_run(m[2]))) + m[4], text)
    text = AUDIT.sub(lambda m: m[1] + "".join(_lines(*_audit())) + m[3], text)
    text = NUMBER.sub(lambda m: m[1] + _number(m[2], m[3], m[4] or ""), text)
    return EXAMPLE.sub(lambda m: m[1] + _example(m[2]) + m[4], text)


@cache
def store() -> Store:
    """Return the built graph."""
    return open_built(config.load(ROOT).build)


@cache
def _text(command: str) -> str:
    name, *words = shlex.split(command)
    pairs = [word.removeprefix("--") for word in words]
    values: Mapping[str, str] = dict(zip(pairs[::2], words[1::2], strict=True))
    values = {key: value for key, value in values.items() if key != "format"}
    return bind(pick(load(ROOT / "queries"), name), values)


def _run(command: str) -> tuple[list[str], list[list[str]]]:
    rows = store().query(_text(command))
    assert isinstance(rows, QuerySolutions)
    names = [variable.value for variable in rows.variables]
    cells = [[str(getattr(row[name], "value", "")) for name in names] for row in rows]
    # An IRI beside the name of what it stands for tells a reader nothing more.
    kept = [n for n in range(len(names)) if not all(c[n].startswith(BASE) for c in cells)]
    return [names[n] for n in kept], [[row[n] for n in kept] for row in cells]


def _audit() -> tuple[list[str], list[list[str]]]:
    """Return how many were read of each source, and how many cells were wrong or in doubt."""
    rows = []
    for path in sorted(VERDICTS.glob("*.csv")):
        read = list(csv.DictReader(path.read_text("utf-8").splitlines()))
        judged = [name for name in read[0] if name not in ("record", "locator", "page", "note")]
        found = {
            verdict: [f"{name} {n}" for name in judged if (n := _count(read, name, verdict))]
            for verdict in ("wrong", "doubt")
        }
        rows.append(
            [path.stem, str(len(read)), *(", ".join(said) or "none" for said in found.values())]
        )
    return ["source", "read", "wrong", "inDoubt"], rows


def _count(rows: list[dict[str, str]], name: str, verdict: str) -> int:
    return sum(row[name] == verdict for row in rows)


def _lines(names: list[str], rows: list[list[str]]) -> Iterator[str]:
    numeric = [all(re.fullmatch(r"\d*", row[n]) for row in rows) for n in range(len(names))]
    yield f"| {' | '.join(map(_heading, names))} |\n"
    yield f"|{'|'.join('---:' if one else '---' for one in numeric)}|\n"
    for row in rows:
        cells = [
            _digits(c, name) if one else c
            for c, one, name in zip(row, numeric, names, strict=True)
        ]
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _heading(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z0-9])", " ", name).lower()


def _digits(cell: str, name: str) -> str:
    return f"{int(cell):,}" if cell and name not in ("first", "last", "year") else cell


def _number(name: str, column: str, where: str) -> str:
    """Return the sum of a column, over the rows of which another has a value."""
    names, rows = _run(name)
    key, _, value = where.partition("=")
    chosen = [row for row in rows if not where or row[names.index(key)] == value]
    return f"{sum(int(row[names.index(column)]) for row in chosen):,}"


def _example(command: str) -> str:
    command, _, wanted = command.partition(" | grep ")
    answer = store().query(_text(command))
    assert isinstance(answer, QuerySolutions)
    text = (answer.serialize(format=QueryResultsFormat.CSV) or b"").decode().replace("\r\n", "\n")
    lines = [line for line in text.splitlines() if wanted in line]
    return "\n".join(lines[:SHOWN]) + ("\n…\n" if len(lines) > SHOWN else "\n")


if __name__ == "__main__":
    sys.exit(main())

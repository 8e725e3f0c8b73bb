"""Compare the answers of saved queries with those kept in files.

The folder of the setting `golden` has `NAME.csv` for the query NAME, and in `values.toml` a
table NAME with the parameters it was asked with. `golden_data` is a folder of Turtle files
that the answers are of, beside the ontology; when empty, they are of the whole repository.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from pyoxigraph import QueryResultsFormat, QuerySolutions, Store

from kg.check.queries.read import Text, faulty
from kg.check.work import Work
from kg.errors import BadShapes, KgError
from kg.findings import Finding, Place, Related, Span
from kg.queries import bind, parse
from kg.resolve import resolve
from kg.store import quads

__all__ = ["findings", "values"]


def findings(work: Work, queries: list[Text]) -> Iterator[Finding]:
    """Yield queries whose answer has changed, and answers of which there is no query."""
    folder = work.layout.root / work.settings.golden
    if not folder.is_dir():
        return
    kept = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    given = values(folder)
    store = _store(work) if kept else None
    for text in queries:
        path = kept.pop(text.path.stem, None)
        if path is None:
            name = f"{work.settings.golden}/{text.path.stem}.csv"
            message = f"No answer is kept; put the right one into {name}"
            yield text.finding("queries/golden-missing", "info", message, None, value="golden")
        elif store is not None and text.name not in faulty(work) and not text.words("service"):
            yield from _compare(work, text, path, given.get(text.path.stem, {}), store)
    for name, path in kept.items():
        message = f"There is no saved query {name}; delete the answer, or name it after its query"
        place = Place(work.layout.name(path))
        yield Finding("queries/golden-stale", "warning", message, place=place, key=name)


def values(folder: Path) -> dict[str, dict[str, str]]:
    """Return the parameters with which each query was asked; raise BadShapes for bad TOML."""
    path = folder / "values.toml"
    try:
        return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        raise BadShapes(f"{path}: {error}") from error


def _store(work: Work) -> Store:
    """Return the graph that the answers are of."""
    if not work.settings.golden_data:
        return work.store
    layout = work.layout
    store = Store()
    data = sorted((layout.root / work.settings.golden_data).rglob("*.ttl"))
    for path in [*layout.ontology(), *data]:
        store.bulk_extend(quads(work.triples_of(path), layout.name(path)))
    resolve(store, layout.rules(), status_date=work.settings.status_date)
    return store


def _compare(
    work: Work, text: Text, path: Path, given: Mapping[str, str], store: Store
) -> Iterator[Finding]:
    try:
        answer = store.query(bind(parse(text.path), given))
    except (KgError, SyntaxError):
        return  # told by another rule
    if not isinstance(answer, QuerySolutions):
        return
    got = (answer.serialize(format=QueryResultsFormat.CSV) or b"").decode().splitlines()
    wanted = path.read_bytes().decode().splitlines()
    if got == wanted:
        return
    pairs = enumerate(zip([*got, ""], [*wanted, ""], strict=False), 1)
    line = next((n for n, (a, b) in pairs if a != b), min(len(got), len(wanted)) + 1)
    now = got[line - 1] if line <= len(got) else "nothing"
    then = wanted[line - 1] if line <= len(wanted) else "nothing"
    message = (
        f"The answer has changed: {len(wanted) - 1} rows are kept, {len(got) - 1} come; in line "
        f"{line}, {now!r} for {then!r}. Put the query or the kept answer right"
    )
    place = Place(work.layout.name(path), Span(max(1, min(line, len(wanted)))))
    related = (Related(text.place(0), "the query"),)
    yield Finding(
        "queries/golden", "violation", message, place=place, related=related, key=text.path.stem
    )

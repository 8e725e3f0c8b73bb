"""Show terms to people: a label, a short name, a link."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from pyoxigraph import NamedNode

from kg.vocab import BASE, PREFIXES
from kg.web.site import Cell, Row, site

__all__ = ["View", "iri_of", "is_iri", "labels", "page_of", "path_of", "short", "table"]

#: Folders of the IRIs that are not below `id/`.
TOP = ("scheme", "graph", "data", "ns")
LABELLED = 2000
#: What an address keeps as it is.
SAFE = "/:@!$&'()*+,;=~%-._"


@dataclass(frozen=True)
class View:
    """A term as a page shows it."""

    text: str
    href: str | None = None
    title: str | None = None
    lang: str | None = None


def iri_of(path: str) -> str:
    """Return the IRI of a path below /id/ or /page/."""
    base = site().settings.base_iri
    return base + (path if path.split("/")[0] in TOP else f"id/{path}")


def path_of(iri: str) -> str:
    """Return the path of an IRI of ours below /page/ and /data/."""
    return rest_of(iri).removeprefix("id/")


def rest_of(iri: str) -> str:
    """Return an IRI of ours without its base, which is that of the data or of the vocabulary."""
    base = site().settings.base_iri
    return iri.removeprefix(base if iri.startswith(base) else BASE)


def page_of(iri: str) -> str | None:
    """Return the address of the page for an IRI of ours."""
    rest = rest_of(iri)
    if rest == iri:
        return None
    if not rest or rest == "ns" or rest.startswith("ns#"):
        return f"/{rest}"
    return f"/page/{quote(path_of(iri), safe=SAFE)}"


def short(iri: str) -> str:
    """Return an IRI with its prefix, as Turtle would write it."""
    for prefix, namespace in sorted(PREFIXES.items(), key=lambda item: -len(item[1])):
        if iri.startswith(namespace) and "/" not in iri.removeprefix(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def labels(iris: Iterable[str]) -> dict[str, str]:
    """Return the English label of each IRI that has one."""
    wanted = " ".join(f"<{iri}>" for iri in list(dict.fromkeys(iris))[:LABELLED] if is_iri(iri))
    if not wanted:
        return {}
    named = "?iri skos:prefLabel|rdfs:label|dcterms:title|mq:title ?label"
    rows = site().graph.select(
        f"SELECT ?iri (MIN(STR(?label)) AS ?text) WHERE {{ VALUES ?iri {{ {wanted} }}"
        f" {{ {named} }} UNION {{ GRAPH ?graph {{ {named} }} }}"
        ' FILTER(LANG(?label) IN ("en", "")) } GROUP BY ?iri'
    )
    return {row["iri"]["value"]: row["text"]["value"] for row in rows if "iri" in row}


def table(names: Iterable[str], rows: Iterable[Row]) -> list[list[View | None]]:
    """Return the cells of rows, with labels for the IRIs among them."""
    rows = list(rows)
    iris = (cell["value"] for row in rows for cell in row.values() if cell["type"] == "uri")
    known = labels(iris)
    order = list(names)
    return [[_view(row[name], known) if name in row else None for name in order] for row in rows]


def _view(cell: Cell, known: dict[str, str]) -> View:
    value = str(cell["value"])
    if cell["type"] != "uri":
        return View(value, lang=cell.get("xml:lang"))
    href = page_of(value) or (value if value.startswith(("http://", "https://")) else None)
    return View(known.get(value, short(value)), href, value)


def is_iri(text: str) -> bool:
    """Say whether a text is an absolute IRI."""
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True

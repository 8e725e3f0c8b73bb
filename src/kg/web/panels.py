"""The dyad-year panels, streamed from the files that `kg export dumps --panels` makes."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, Response, request, send_file, url_for

from kg.downloads import MEDIA
from kg.dumps import panel_name
from kg.errors import BadParameter, NotFound
from kg.panel import CHOICES, codebook
from kg.web.datasets import dumps
from kg.web.site import site

__all__ = ["blueprint"]

blueprint = Blueprint("panels", __name__, url_prefix="/panels")

WAYS = {"true": True, "false": False, "": True}
#: Bytes that are sent at a time.
PIECE = 1 << 16


@dataclass(frozen=True)
class _Wish:
    """What of the panel is wanted: which, and the first and last year."""

    source: str
    directed: bool
    first: int
    last: int

    @property
    def whole(self) -> bool:
        return (self.first, self.last) == (1, 9999)

    @property
    def values(self) -> dict[str, str]:
        found = {"source": self.source, "directed": str(self.directed).lower()}
        years = {} if self.whole else {"from": str(self.first), "to": str(self.last)}
        return found | years


@blueprint.get("/dyad-year.csv")
def as_csv() -> Response:
    """Stream the panel as CSV, all of it or some years."""
    wish = _wish()
    path = _file(wish, "csv.gz")
    response = Response(_lines(path, wish), content_type=MEDIA["csv"])
    name = f"{panel_name(wish.source, wish.directed)}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    book = _address("panels.book", wish)
    # CSV on the Web finds the codebook by this (W3C, Model for Tabular Data, section 5.2).
    response.headers.add("Link", f'<{book}>; rel="describedby"; type="application/csvm+json"')
    response.headers["Mithaq-Dataset"] = site().graph.fingerprint
    return response


@blueprint.get("/dyad-year.csv-metadata.json")
def book() -> Response:
    """Return the codebook of the panel."""
    wish = _wish()
    way = "directed" if wish.directed else "undirected"
    made = f"Mithaq graph {site().graph.fingerprint}; source {wish.source}; {way}"
    url = request.url_root.rstrip("/") + _address("panels.as_csv", wish)
    return Response(codebook(url, made), content_type="application/csvm+json")


@blueprint.get("/dyad-year.parquet")
def as_parquet() -> Response:
    """Send the whole panel as Parquet."""
    wish = _wish()
    if not wish.whole:
        raise BadParameter("Parquet is the whole panel; leave out from and to, or ask for .csv")
    path = _file(wish, "parquet")
    return send_file(path, mimetype=MEDIA["parquet"], as_attachment=True, etag=False)


def _wish() -> _Wish:
    known = ("directed", "from", "source", "to")
    for name in request.args:
        if name not in known:
            raise BadParameter(f"The panel has no parameter {name!r}; it has: {', '.join(known)}")
    source = request.args.get("source", "") or CHOICES[0]
    if source not in CHOICES:
        raise BadParameter(f"source = {source!r}: use one of {', '.join(CHOICES)}")
    way = request.args.get("directed", "")
    if way not in WAYS:
        raise BadParameter(f"directed = {way!r}: use true or false")
    return _Wish(source, WAYS[way], _year("from", 1), _year("to", 9999))


def _address(endpoint: str, wish: _Wish) -> str:
    return f"{url_for(endpoint)}?{urlencode(wish.values)}"


def _year(name: str, default: int) -> int:
    value = request.args.get(name, "") or str(default)
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 9999):
        raise BadParameter(f"{name} = {value!r}: not a year such as 1990")
    return int(value)


def _file(wish: _Wish, suffix: str) -> Path:
    path = site().settings.dumps_folder / f"{panel_name(wish.source, wish.directed)}.{suffix}"
    if not dumps() or not path.is_file():
        raise NotFound(
            "This server has no panels of its graph",
            hint="Whoever runs it makes them with `kg export dumps --panels`; you can make"
            " your own with `kg export dyad-year`",
        )
    return path


def _lines(path: Path, wish: _Wish) -> Iterator[bytes]:
    """Yield the heading and the lines of the years, some thousand bytes at a time."""
    with gzip.open(path, "rb") as file:
        piece = file.readline()
        for line in file:
            if wish.whole or wish.first <= int(line.partition(b",")[0]) <= wish.last:
                piece += line
            if len(piece) > PIECE:
                yield piece
                piece = b""
        yield piece

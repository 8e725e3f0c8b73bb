"""Write the files of some things: what each process of the export does."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import cast

from flask import Flask
from flask.testing import FlaskClient

from kg.citation import FORMATS
from kg.errors import KgError
from kg.formats import HTML
from kg.represent import represented
from kg.web.citing import cite
from kg.web.frozen.addresses import Links, file_of
from kg.web.frozen.graph import Frozen
from kg.web.linked import kinds
from kg.web.links import SHOWN, SUFFIXES, address

__all__ = ["FAULTS", "Writer"]

#: Statuses that are no fault of ours: there is no such thing to write.
FAULTS = 500
STUB = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{path}</title>
<meta http-equiv="refresh" content="0; url={target}"><link rel="canonical" href="{target}">
{data}</head><body><p><a href="{target}">{path}</a></p></body></html>
"""
DATA = '<link rel="alternate" type="{media}" href="{href}">\n'


class Writer:
    """Writes files below a folder from what the application answers."""

    def __init__(
        self, app: Flask, folder: Path, links: Links, root: str, forms: tuple[str, ...] = SHOWN
    ) -> None:
        """Ask the application as a client at the address `root` would; data is in `forms`."""
        self._app = app
        self._client: FlaskClient = app.test_client()
        self._folder = folder
        self._links = links
        self.root = root
        self._forms = forms
        self._graph = cast(Frozen, app.extensions["kg"]).near
        with app.test_request_context("/", base_url=root):
            self._kinds = kinds()
        #: Writes the dumps of the graph.
        self.dumps: Callable[[], None] = lambda: None

    def thing(self, path: str, iri: str) -> None:
        """Write the page of a thing, its data in every format, and its citations."""
        self.page(address("page", path))
        self._data(path, iri)
        if path.startswith("agreement/"):
            self._cite(path, iri)

    def _data(self, path: str, iri: str) -> None:
        medias = (SUFFIXES[suffix] for suffix in self._forms)
        bodies = represented(self._graph.at_hand(iri), medias, iri, self._kinds)
        for suffix, body in zip(self._forms, bodies, strict=True):
            self._put(f"data/{path}.{suffix}", body)

    def stub(self, path: str, target: str) -> None:
        """Write a page that leads to another, and says where the data is that has this thing."""
        file = file_of(address("page", path))
        link = escape(self._links.link(address("page", target), file))
        data = "".join(
            DATA.format(
                media=SUFFIXES[one],
                href=escape(self._links.link(address("data", target, one), file)),
            )
            for one in self._forms
        )
        self._put(file, STUB.format(path=escape(path), target=link, data=data).encode())

    def page(self, path: str, *, file: str = "", status: int = 200) -> None:
        """Write what an address answers, when it does so with this status."""
        wish = {"Accept": f"{HTML},*/*;q=0.5"}
        answer = self._client.get(path, base_url=self.root, headers=wish)
        if answer.status_code >= FAULTS:
            raise KgError(
                f"{path}: {answer.status_code}", hint=answer.get_data(as_text=True)[:300]
            )
        if answer.status_code != status:
            return
        file = file or file_of(path)
        body = answer.get_data()
        if answer.mimetype == HTML:
            body = self._links.rewrite(body.decode(), file).encode()
        self._put(file, body)

    def put(self, file: str, html: str) -> None:
        """Write a page that no address answers."""
        self._put(file, self._links.rewrite(html, file).encode())

    def _cite(self, path: str, iri: str) -> None:
        with self._app.test_request_context("/", base_url=self.root):
            found = cite(iri)
        for suffix, write in FORMATS.items():
            self._put(f"cite/{path}.{suffix}", write(found).encode())

    def _put(self, file: str, body: bytes) -> None:
        place = self._folder / file
        try:
            place.write_bytes(body)
        except FileNotFoundError:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(body)

"""Write the files of some things: what each process of the export does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import cast

from flask import Flask
from flask.testing import FlaskClient

from kg.citation import FORMATS
from kg.describe import among
from kg.errors import KgError
from kg.formats import HTML
from kg.represent import represent
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
<meta http-equiv="refresh" content="0; url={target}"><link rel="canonical" href="{target}"></head>
<body><p><a href="{target}">{path}</a></p></body></html>
"""


class Writer:
    """Writes files below a folder from what the application answers."""

    def __init__(self, app: Flask, folder: Path, links: Links, root: str) -> None:
        """Ask the application as a client at the address `root` would."""
        self._app = app
        self._client: FlaskClient = app.test_client()
        self._folder = folder
        self._links = links
        self.root = root
        self._store = cast(Frozen, app.extensions["kg"]).store
        with app.test_request_context("/", base_url=root):
            self._kinds = kinds()
        #: Writes the dumps of the graph.
        self.dumps: Callable[[], None] = lambda: None

    @property
    def base(self) -> str:
        """Return the base of the IRIs of the data."""
        return str(self._app.extensions["kg"].settings.base_iri)

    def thing(self, path: str, iri: str) -> None:
        """Write the page of a thing, its data in every format, and its citations."""
        self.page(address("page", path))
        self.data(path, iri, SHOWN)
        if path.startswith("agreement/"):
            self._cite(path, iri)

    def data(self, path: str, iri: str, suffixes: Iterable[str]) -> None:
        """Write the data of a thing."""
        quads = among(self._store, iri)
        for suffix in suffixes:
            body = represent(quads, SUFFIXES[suffix], iri, self._kinds)
            self._put(f"data/{path}.{suffix}", body)

    def stub(self, path: str, target: str) -> None:
        """Write a page that leads to another."""
        file = file_of(address("page", path))
        link = self._links.link(address("page", target), file)
        self._put(file, STUB.format(path=escape(path), target=escape(link)).encode())

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
        for suffix, written in FORMATS.items():
            self._put(f"cite/{path}.{suffix}", written(found).encode())

    def _put(self, file: str, body: bytes) -> None:
        place = self._folder / file
        try:
            place.write_bytes(body)
        except FileNotFoundError:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(body)

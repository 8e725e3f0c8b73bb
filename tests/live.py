"""Speak HTTP to a server of `tests.serving`: whole answers, each within a time limit."""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store

from kg.settings import Settings
from kg.store import DUMP, manifest
from tests.serving import Running, serving

__all__ = ["Reply", "alive", "can_write", "exchange", "graphs_served", "send", "writing"]

#: Seconds that any answer may take.
PATIENCE = 10.0
#: Seconds after which a client that sends what is no request stops to wait for more.
MOMENT = 0.05
TOKEN = "a token of the tests"
RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
DOCUMENT = NamedNode("http://xmlns.com/foaf/0.1/Document")


@dataclass(frozen=True)
class Reply:
    """An answer, read to its end."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def media(self) -> str:
        return (self.headers["Content-Type"] or "").partition(";")[0].strip()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    def json(self) -> Any:
        return json.loads(self.body)


def send(
    server: Running,
    method: str,
    path: str,
    *,
    parameters: list[list[str]] | list[tuple[str, str]] | dict[str, str] | None = None,
    form: list[list[str]] | list[tuple[str, str]] | dict[str, str] | None = None,
    body: bytes | str | None = None,
    headers: dict[str, str] | None = None,
    patience: float = PATIENCE,
) -> Reply:
    """Send one request on a connection of its own."""
    headers = dict(headers or {})
    if parameters:
        path += "?" + _encoded(parameters)
    if form:
        body = _encoded(form)
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    data = body.encode() if isinstance(body, str) else body
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=patience)
    with contextlib.closing(connection):
        connection.request(method, path, body=data, headers=headers)
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read())


def exchange(server: Running, data: bytes, *, patience: float = PATIENCE) -> bytes:
    """Send bytes as they are, say after a moment that there is no more, return what comes back."""
    found = bytearray()
    with server.socket() as one, contextlib.suppress(ConnectionError):
        one.sendall(data)
        one.settimeout(MOMENT)
        with contextlib.suppress(TimeoutError):
            found += one.recv(65536)
        one.settimeout(patience)
        one.shutdown(socket.SHUT_WR)
        try:
            while piece := one.recv(65536):
                found += piece
        except TimeoutError:
            raise AssertionError(f"{data!r} is not answered: {bytes(found)!r}") from None
    return bytes(found)


def alive(server: Running) -> bool:
    """Say whether the server runs and its graph answers."""
    return server.process.poll() is None and send(server, "GET", "/readyz").status == 200


def _encoded(pairs: Any) -> str:
    return urlencode(pairs if isinstance(pairs, dict) else [*map(tuple, pairs)], quote_via=quote)


@contextlib.contextmanager
def graphs_served(built: Settings, home: Path, *names: str, **more: object) -> Iterator[Running]:
    """Serve a copy of a build that has a graph of one triple, about itself, for each name."""
    copy = Path(shutil.copytree(built.build.resolve(), home / "build"))
    added = [Quad(NamedNode(name), RDF_TYPE, DOCUMENT, NamedNode(name)) for name in names]
    store = Store(str(copy / "store"))
    store.extend(added)
    store.flush()
    store.dump(str(copy / DUMP), format=RdfFormat.TRIG)
    about = manifest(copy) | {"triples": len(store)}
    del store
    (copy / "manifest.json").write_text(json.dumps(about), "utf-8")
    with serving(replace(built, build=copy), build=copy, **more) as server:
        yield server


@cache
def can_write() -> bool:
    """Say whether `kg serve` knows `--writable`."""
    from kg.cli import cli

    options = {option for one in cli.commands["serve"].params for option in one.opts}
    return {"--writable", "--empty"} <= options


@contextlib.contextmanager
def writing(built: Settings, home: Path) -> Iterator[Running]:
    """Serve an empty store that may be written to; skip the tests where that is not built yet."""
    if not can_write():
        pytest.skip("`kg serve` has no --writable yet")
    store = home / "written"
    with serving(built, "--writable", "--empty", build=store, write_token=TOKEN) as server:
        yield server

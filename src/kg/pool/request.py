"""Read a plain query from the bytes of an HTTP request, or leave the request to others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

import httptools

from kg.codings import wanted
from kg.errors import NotAcceptable
from kg.formats import GRAPHS, ROWS, accepts, choose, named, page

__all__ = ["LARGEST", "Request", "read"]

#: Bytes of a request that is looked at here.
LARGEST = 16 * 1024
#: Fields of the request with no meaning for us here; any other that is not handled below is left
#: to those who know all of HTTP.
ARGUMENTS = {"query", "default-graph-uri", "named-graph-uri", "format"}
#: Fields that ask for more than we do.
OTHERS = {b"expect", b"upgrade", b"content-encoding"}
FORM, QUERY = b"application/x-www-form-urlencoded", b"application/sparql-query"


@dataclass(slots=True)
class Request:
    """A query, how it is to be answered, and how many bytes of the connection it takes up."""

    size: int
    get: bool
    #: All that the answer depends on.
    query: str
    rows: str | None
    graph: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    target: str
    accept: str
    coding: str
    unless: str

    @property
    def key(self) -> tuple[object, ...]:
        """Return what two requests with the same answer have in common."""
        return (
            self.query,
            self.rows,
            self.graph,
            self.default_graphs,
            self.named_graphs,
            self.coding,
            (self.target, self.accept) if self.get else None,
        )


class _Head:
    """What the parser tells of a request."""

    def __init__(self) -> None:
        self.target = b""
        self.fields: dict[bytes, bytes] = {}
        self.body = b""
        self.complete = False

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        held = self.fields.get(name)
        self.fields[name] = value if held is None else held + b", " + value

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.complete = True


def read(data: bytes, path: bytes = b"/sparql") -> Request | None:
    """Return the query that the bytes begin with; None when they are not plainly and wholly one.

    Plain is a GET or POST of `path` in HTTP/1.1 that keeps the connection, with a query and
    nothing that needs more than an answer in a format of ours.
    """
    get = data.startswith(b"GET " + path + b"?")
    if not get and not data.startswith(b"POST " + path + b" HTTP/1.1\r\n"):
        return None
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = _Head()
    parser = httptools.HttpRequestParser(head)
    try:
        parser.feed_data(data[: end + 4])
        if get and not head.complete:
            return None
        size = end + 4
        if not get:
            size += int(head.fields.get(b"content-length", b"-1"))
            if b"transfer-encoding" in head.fields or not end + 4 < size <= len(data):
                return None
            parser.feed_data(data[end + 4 : size])
        plain = parser.get_http_version() == "1.1" and parser.should_keep_alive()
    except (httptools.HttpParserError, httptools.HttpParserUpgrade, ValueError):
        return None
    if not plain or not head.complete or OTHERS & head.fields.keys():
        return None
    return _request(head, get, size)


def _request(head: _Head, get: bool, size: int) -> Request | None:
    fields = head.fields
    try:
        target = head.target.decode("ascii")
        arguments = _arguments(head, get)
        accept = fields.get(b"accept", b"").decode("latin-1")
    except (UnicodeDecodeError, ValueError):
        return None
    if arguments is None or set(arguments) - ARGUMENTS or len(arguments.get("query", ())) != 1:
        return None
    formats = arguments.get("format", [""])
    media = _media(accept, formats[0]) if len(formats) == 1 else None
    if media is None:
        return None
    return Request(
        size,
        get,
        arguments["query"][0],
        *media,
        tuple(arguments.get("default-graph-uri", ())),
        tuple(arguments.get("named-graph-uri", ())),
        target,
        accept,
        wanted(fields.get(b"accept-encoding", b"").decode("latin-1")),
        fields.get(b"if-none-match", b"").decode("latin-1"),
    )


def _arguments(head: _Head, get: bool) -> dict[str, list[str]] | None:
    address = head.target.partition(b"?")[2]
    media = head.fields.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if get:
        if head.body:
            return None
        text = address.decode("ascii")
    elif media == QUERY and not address:
        return {"query": [head.body.decode("utf-8")]}
    elif media == FORM and not address:
        text = head.body.decode("utf-8")
    else:
        return None
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, errors="strict"):
        found.setdefault(name, []).append(value)
    return found


@lru_cache(1024)
def _media(accept: str, wish: str) -> tuple[str | None, str | None] | None:
    """Return the media types for rows and for a graph; None when a page or nothing would do."""
    accepted = accepts(accept)
    if wish == "html" or (not wish and page(accepted)):
        return None
    found: list[str | None] = []
    for offers in (ROWS, GRAPHS):
        try:
            found.append(named(wish, offers) if wish else choose(accepted, offers))
        except NotAcceptable:
            found.append(None)
    return None if found == [None, None] else (found[0], found[1])

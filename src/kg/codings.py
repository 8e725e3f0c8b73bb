"""Content codings: choose one that the client takes, and encode a body whole or piece by piece."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import brotli
import zstandard
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

__all__ = ["CODINGS", "LEAST", "encode", "pieces", "wanted"]

#: Bytes below which nothing is gained.
LEAST = 1400


class _Encoder(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Compressor(quality=4)

    def compress(self, data: bytes, /) -> bytes:
        found: bytes = self._inner.process(data)
        return found

    def flush(self) -> bytes:
        found: bytes = self._inner.finish()
        return found


#: Coding to what encodes with it, the best liked of ours first (RFC 8878, 7932, 1952).
CODINGS: dict[str, Callable[[], _Encoder]] = {
    "zstd": lambda: zstandard.ZstdCompressor(level=3).compressobj(),
    "br": _Brotli,
    "gzip": lambda: zlib.compressobj(1, zlib.DEFLATED, 31),
}


@functools.lru_cache(256)
def wanted(header: str) -> str:
    """Return the coding that suits an Accept-Encoding header best; "" for none."""
    accept = parse_accept_header(header, Accept)
    liked = [(accept.quality(coding), coding) for coding in CODINGS]
    best = max(quality for quality, _ in liked)
    if not best or best < accept.quality("identity"):
        return ""
    return next(coding for quality, coding in liked if quality == best)


def encode(body: bytes, coding: str) -> bytes:
    """Return a body in a coding; unchanged for "" (Content-Encoding: identity)."""
    if not coding:
        return body
    encoder = CODINGS[coding]()
    return encoder.compress(body) + encoder.flush()


def pieces(body: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """Yield a body in a coding, piece by piece."""
    if not coding:
        yield from body
        return
    encoder = CODINGS[coding]()
    for piece in body:
        if encoded := encoder.compress(piece):
            yield encoded
    yield encoder.flush()

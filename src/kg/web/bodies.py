"""Take the RDF out of a request: its body, or the files of a form, decoded and inflated."""

from __future__ import annotations

import codecs
import zlib
from pathlib import PurePath

from flask import request

from kg.errors import BadData, TooLarge, UnsupportedMedia
from kg.formats import GRAPHS, NAMES
from kg.web.site import site
from kg.writing import Body

__all__ = ["bodies", "medium"]

MULTIPART = "multipart/form-data"
#: Media types that say nothing; the name of the file says more.
UNTOLD = ("", "application/octet-stream", "text/plain")
CHARSETS = {"utf-8", "ascii", "iso8859-1", "cp1252", "utf-16"}


def medium() -> str:
    """Return the media type of the RDF that is sent; of the first file where there are several."""
    if request.mimetype != MULTIPART:
        return request.mimetype
    return next((_told(file.mimetype, file.filename) for file in request.files.values()), "")


def bodies(base: str) -> tuple[Body, ...]:
    """Return the body, or each file of a form, as UTF-8; relative IRIs are resolved by `base`.

    Raises UnsupportedMedia, TooLarge for what inflates beyond the limit, BadData for bad bytes.
    """
    if request.mimetype != MULTIPART:
        charset = request.mimetype_params.get("charset", "")
        data = _inflated(request.get_data())
        return (Body(_utf8(data, charset, "body"), request.mimetype, base),)
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMedia("Send a form as it is, without Content-Encoding")
    found = []
    for _, file in request.files.items(multi=True):
        name = file.filename or "body"
        data = _utf8(file.read(), file.mimetype_params.get("charset", ""), name)
        found.append(Body(data, _told(file.mimetype, file.filename), base, name))
    if not found:
        raise BadData("The form has no file")
    return tuple(found)


def _told(media: str, name: str | None) -> str:
    """Return the media type of a file, by its name where the client did not tell."""
    if media in GRAPHS or media not in UNTOLD:
        return media
    means = NAMES.get(PurePath(name or "").suffix.removeprefix("."), ())
    return next((one for one in means if one in GRAPHS), media)


def _inflated(data: bytes) -> bytes:
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding == "identity":
        return data
    if coding not in ("gzip", "x-gzip"):
        raise UnsupportedMedia("Send the body as it is, or in gzip")
    limit = request.max_content_length or site().settings.max_write_bytes
    inflater = zlib.decompressobj(31)
    try:
        found = inflater.decompress(data, limit + 1)
    except zlib.error as error:
        raise BadData(f"The body is not gzip: {error}") from error
    if len(found) > limit:
        raise TooLarge(f"The body inflates to more than {limit} bytes")
    if not inflater.eof or inflater.unused_data:
        raise BadData("The body is not one whole gzip member")
    return found


def _utf8(data: bytes, charset: str, name: str) -> bytes:
    """Return text in UTF-8, whatever of the usual encodings it came in."""
    try:
        codec = codecs.lookup(charset or "utf-8").name
    except LookupError:
        codec = ""
    if codec not in CHARSETS:
        raise UnsupportedMedia(f"{name}: send it in UTF-8, not in {charset}")
    try:
        return data.decode(codec).removeprefix("\ufeff").encode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadData(f"{name}:{line}: not {codec}: {error.reason}") from error

"""The headers of every answer, whichever process gives it."""

from __future__ import annotations

import hashlib

__all__ = ["HEADERS", "PREFLIGHT", "REUSED", "TEXTUAL", "content_type", "etag"]

#: On every answer: what a page may load, and who may read it.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Location, Content-Range, ETag, Link,"
    " Location, Mithaq-Added, Mithaq-Dataset, Mithaq-Removed, Mithaq-Rows, Mithaq-Truncated,"
    " Query-Id, Retry-After, Server-Timing",
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'; object-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
#: What a browser asks first, before it sends what a form could not; kept for a day, or as long as
#: the browser likes. The methods are those of the resource.
PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Encoding, Content-Type,"
    " If-Match, If-None-Match, Range, X-Requested-With",
    "Access-Control-Max-Age": "86400",
}
#: How an answer may be kept: asked for again each time, and then mostly answered with 304.
REUSED = "public, no-cache"
#: Media types that carry a charset.
TEXTUAL = ("text/csv", "text/tab-separated-values", "text/turtle")


def content_type(media: str) -> str:
    """Return the Content-Type of a media type."""
    return f"{media}; charset=utf-8" if media in TEXTUAL else media


def etag(version: str, fingerprint: str, target: str, accept: str, coding: str) -> str:
    """Return what identifies an answer (RFC 9110 section 8.8.3).

    It depends on the graph, the code, the address and the wish of the client, and on no more. It
    begins with the fingerprint of the graph, by which a later write knows what its client saw.
    """
    parts = (version, fingerprint, target, accept, coding)
    return f"{fingerprint}.{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:24]}"

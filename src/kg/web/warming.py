"""Have ready what pages need before anybody asks: what is made of the graph, templates, names."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from typing import cast

from flask import Flask

from kg.formats import HTML
from kg.vocab import local
from kg.web.derived import Derived, settle
from kg.web.frame import frame
from kg.web.language import INTERFACE
from kg.web.names import of_kind, sources
from kg.web.pages.facts import facts
from kg.web.register import Agreement, register
from kg.web.site import Site
from kg.web.terms import page_of

__all__ = ["rehearse", "rehearsed", "warm"]

log = logging.getLogger("kg")
#: Pages that every graph has.
PAGES = (
    "/",
    "/states",
    "/domains",
    "/sources",
    "/changes",
    "/network",
    "/network.svg",
    "/find?q=agreement",
    "/queries/",
    "/queries/support-map",
    "/sparql",
    "/ns",
)
#: The organisation whose members the graph is about, and a page of it for each language.
WHOSE = "OIC"


def warm(app: Flask) -> None:
    """Begin to make all that is kept, beside what the server does."""
    graph = cast(Site, app.extensions["kg"]).graph
    kept = [one for one in app.extensions.values() if isinstance(one, Derived)]

    def all_of_it() -> None:
        for one in kept:
            one.renew(graph)
        rehearse(app)
        settle()

    threading.Thread(target=all_of_it, daemon=True).start()


def rehearse(app: Flask) -> None:
    """Make a page of each type once: its template compiles, and its names are read."""
    client = app.test_client()
    with app.test_request_context():
        addresses = list(rehearsed())
        facts(register().agreements, frame().day)
    for address in addresses:
        with client.get(address, headers={"Accept": HTML}, buffered=True) as answer:
            if answer.status_code >= 500:
                log.warning("not rehearsed: %s: %s", address, answer.status)
                return


def rehearsed() -> Iterator[str]:
    """Yield the address of a page of each type, of things that the graph has."""
    yield from PAGES
    many: Agreement | None = None
    for one in register().agreements.values():
        if one.plurilateral:
            many = many or one
        elif len(states := [who for who in one.parties if "/state/" in who]) == 2:
            yield from (page_of(state) or "/" for state in states[:1])
            yield f"/between/{'/'.join(sorted(map(local, states)))}"
            yield f"/page/agreement/{local(one.iri)}"
            break
    if many:
        yield f"/page/agreement/{local(many.iri)}"
    organisations = sorted(of_kind("Organisation"), key=lambda iri: local(iri) != WHOSE)
    fields = [iri for iri in of_kind("Concept") if "/domain/" in iri]
    for iri in (*organisations[:1], *fields[:1], *list(sources())[:1]):
        if page := page_of(iri):
            yield page
            yield from (f"{page}?lang={language}" for language in INTERFACE[1:])

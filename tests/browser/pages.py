"""Every page type, by name, as an address of the mini repository, and of the whole graph."""

from __future__ import annotations

__all__ = ["PAGES", "WHOLE"]

PAGES = {
    "start": "/",
    "find": "/find?q=pakistan+turkey",
    "state": "/page/state/PAK",
    "agreement": "/page/agreement/PAK-TUR-1954-04-02",
    "organisation": "/page/organisation/OIC",
    "domain": "/page/scheme/domain/defence",
    "source": "/page/source/handbook",
    "network": "/network",
    "questions": "/queries/",
    "query": "/queries/agreements-of-members",
    "sparql": "/sparql",
    "missing": "/page/state/XXX",
}
#: The same of the whole graph, of which the pictures are.
WHOLE = PAGES | {"source": "/page/source/atop"}

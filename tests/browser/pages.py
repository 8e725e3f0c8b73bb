"""Every page type, by name, as an address that the mini repository has too."""

from __future__ import annotations

__all__ = ["PAGES"]

PAGES = {
    "start": "/",
    "find": "/find?q=pakistan+turkey",
    "state": "/page/state/PAK",
    "agreement": "/page/agreement/PAK-TUR-1954-04-02",
    "organisation": "/page/organisation/OIC",
    "domain": "/page/scheme/domain/defence",
    "source": "/page/source/atop",
    "network": "/network",
    "questions": "/queries/",
    "query": "/queries/agreements-of-members",
    "sparql": "/sparql",
    "missing": "/page/state/XXX",
}

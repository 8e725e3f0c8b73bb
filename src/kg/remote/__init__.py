"""Answer from another SPARQL server: `Remote(url)` has the face of a pool."""

from __future__ import annotations

from kg.remote.about import NAMED, PUBLICATION, TERMS
from kg.remote.pool import Pieces, Remote

__all__ = ["NAMED", "PUBLICATION", "TERMS", "Pieces", "Remote"]

"""Tell where each triple of a Turtle or TriG file stands.

No library that we know does (oxigraph issue 1526, rudof issue 796, rdflib's parser keeps no
place), so this one is ours. It reads what the reference parser, pyoxigraph, has read: RDF 1.1,
without the triple terms, reifiers, annotations and text directions of RDF 1.2.
"""

from __future__ import annotations

from kg.positions.lookup import Index, Standing, index
from kg.positions.terms import Prefix

__all__ = ["Index", "Prefix", "Standing", "index"]

"""Know the prefixes of a repository: those that its ontology declares, and the usual ones."""

from __future__ import annotations

from collections import defaultdict

from kg.errors import BadData
from kg.files import Layout, read_bytes
from kg.turtle import read
from kg.vocab import BASE, PREFIXES

__all__ = ["TABLE", "prefixes"]

#: Where a repository declares its prefixes (`sh:declare`, SHACL section 5.2.1).
TABLE = "ontology/prefixes.ttl"
PREFIX, NAMESPACE = PREFIXES["sh"] + "prefix", PREFIXES["sh"] + "namespace"


def prefixes(layout: Layout) -> dict[str, str]:
    """Return prefix to namespace: those of TABLE, and the usual ones of other vocabularies."""
    told = _declared(layout)
    usual = {
        prefix: namespace
        for prefix, namespace in PREFIXES.items()
        if not namespace.startswith(BASE) and namespace not in told.values()
    }
    return usual | told


def _declared(layout: Layout) -> dict[str, str]:
    facts: dict[str, dict[str, str]] = defaultdict(dict)
    try:
        triples = read(read_bytes(layout.root / TABLE), TABLE)
    except BadData:
        return {}  # none, or one that `kg check` tells of
    for triple in triples:
        if triple.predicate.value in (PREFIX, NAMESPACE):
            facts[str(triple.subject)][triple.predicate.value] = str(
                getattr(triple.object, "value", "")
            )
    pairs = [(one.get(PREFIX), one.get(NAMESPACE)) for one in facts.values()]
    return {prefix: namespace for prefix, namespace in pairs if prefix is not None and namespace}

"""Time loading and resolving the graph, beside rdflib loading the same files."""

from __future__ import annotations

import time
from pathlib import Path

from rdflib import Graph

from kg import settings as config
from kg.build import resolved
from kg.check import check_store
from kg.files import Layout
from kg.store import load

ROOT = Path(__file__).resolve().parent.parent


def timed(what: str, work: object) -> float:
    """Run `work`, print its CPU seconds, and return them."""
    start = time.process_time()
    assert callable(work)
    work()
    seconds = time.process_time() - start
    print(f"{what:42} {seconds:8.2f} CPU s")
    return seconds


def main() -> None:
    """Print CPU seconds and the ratio of the two loads."""
    settings, layout = config.load(ROOT), Layout(ROOT)
    ours = timed("load into Oxigraph", lambda: load(layout))
    peer = timed("load into rdflib", lambda: [Graph().parse(p) for p in layout.data()])
    print(f"{'rdflib / Oxigraph':42} {peer / ours:8.1f}")
    store = resolved(settings)
    timed("load and resolve", lambda: resolved(settings))
    timed("SHACL and whole-graph checks", lambda: check_store(store, layout))
    print(f"{len(store):,} quads")


if __name__ == "__main__":
    main()

"""How long writes to the built graph take: tried, held against the shapes, on disk."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from kg.errors import KgError
from kg.store import open_built
from kg.vocab import MQ
from kg.writing import Body, Drop, Load, Update, Writer
from kg.writing.changes import Change

ROOT = Path(__file__).resolve().parent.parent
ONE = "https://w3id.org/mithaq/id/state/PAK"
MANY = b"".join(b"<http://e/s%d> <http://e/p> %d .\n" % (n, n) for n in range(100_000))
NEW = "http://e/new"

CHANGES: dict[str, Change] = {
    "insert a triple": Update(text="INSERT DATA { <http://e/a> <http://e/b> 1 }"),
    "insert it again": Update(text="INSERT DATA { <http://e/a> <http://e/b> 1 }"),
    "add a note to a state": Update(text=f"INSERT DATA {{ <{ONE}> skos:note 'x'@en }}"),
    "an agreement without a title": Update(
        text=f"INSERT DATA {{ <http://e/x> a <{MQ}Agreement> }}"
    ),
    "rewrite every status": Update(
        text="DELETE { ?a mq:status ?x } INSERT { ?a mq:status ?x } WHERE { ?a mq:status ?x }"
    ),
    "delete by a pattern that fits all": Update(
        text="DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?s = <http://e/a>) <http://e/a> ?p ?o }"
    ),
    "put a graph of one triple": Load(
        graph=NEW, bodies=(Body(b"<> <p> 1 .", "text/turtle", NEW),), replace=True
    ),
    "put a graph of 100,000": Load(
        graph=NEW, bodies=(Body(MANY, "text/turtle", NEW),), replace=True
    ),
    "drop it": Drop(graph=NEW),
    "take the class of a state": Update(text=f"DELETE WHERE {{ <{ONE}> a ?t }}"),
    "a subclass of a class of ours": Update(
        text="INSERT DATA { <http://e/C> rdfs:subClassOf mq:Agreement }"
    ),
}


def main() -> None:
    """Print the seconds of each change."""
    build = Path(os.environ.get("KG_BUILD", ROOT / "build/current"))
    with tempfile.TemporaryDirectory() as home:
        writer = Writer(Path(home) / "written", ROOT, open_built(build), seconds=600)
        print(f"| change of {writer.count:,} triples | s | |\n|---|---|---|")
        for name, change in CHANGES.items():
            begun = time.perf_counter()
            try:
                done = writer.apply(change)
                told = f"+{done.added:,} −{done.removed:,}"
            except KgError as error:
                told = f"refused: {type(error).__name__}"
            print(f"| {name} | {time.perf_counter() - begun:.2f} | {told} |", flush=True)
        writer.close()


if __name__ == "__main__":
    main()

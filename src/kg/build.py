"""Build the graph: files in, a resolved and validated store on disk out, whole or not at all."""

from __future__ import annotations

import datetime
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, Store

from kg import __version__
from kg.check import Finding, suppressions
from kg.check.built import check_store
from kg.errors import BadData
from kg.files import Layout
from kg.resolve import resolve
from kg.settings import Settings
from kg.store import DUMP, inputs, load
from kg.vocab import PREFIXES

__all__ = ["build", "resolved"]


def resolved(settings: Settings, step: Callable[[str], None] = lambda name: None) -> Store:
    """Return an in-memory store of the files, with the rules run."""
    layout = Layout(settings.root)
    step("load")
    store = load(layout)
    resolve(store, layout.rules(), status_date=settings.status_date, step=step)
    return store


def build(
    settings: Settings, *, step: Callable[[str], None] = lambda name: None
) -> tuple[Store, list[Finding]]:
    """Build and publish the graph; return it with the findings of its checks.

    Nothing is published when a violation is found that no suppression accepts today: the last
    good build stays. Raises BadData for a file that cannot be read, BadShapes for suppressions.
    """
    key = inputs(settings)
    accepted = suppressions.read(
        settings.root / settings.check.suppressions, settings.check.suppressions
    )
    store = resolved(settings, step)
    found = check_store(store, settings, step=step)
    findings = suppressions.apply(
        accepted, found, today=datetime.datetime.now(datetime.UTC).date()
    )
    bad = [one for one in findings if one.severity == "violation" and not one.reason]
    if bad:
        raise BadData(
            f"{len(bad)} violations; nothing was published",
            details={"findings": findings},
            hint="`kg check` lists them with their files",
        )
    step("write")
    _publish(store, settings, key)
    return store, findings


def _publish(store: Store, settings: Settings, key: str) -> None:
    """Write a new folder beside, then move one link: a reader sees the old build or the new."""
    home = settings.build.parent
    home.mkdir(parents=True, exist_ok=True)
    fresh = home / f"graph-{key[:16]}-{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        _write(store, fresh, settings, key)
        link = home / f".link-{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(fresh.name)
        link.replace(settings.build)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    for old in home.glob("graph-*"):
        if old != fresh:
            shutil.rmtree(old, ignore_errors=True)


def _write(store: Store, folder: Path, settings: Settings, key: str) -> None:
    folder.mkdir()
    disk = Store(str(folder / "store"))
    disk.bulk_extend(store)
    disk.flush()
    store.dump(str(folder / DUMP), format=RdfFormat.TRIG, prefixes=dict(PREFIXES))
    manifest = {
        "version": __version__,
        "inputs": key,
        "fingerprint": key[:16],
        "triples": len(disk),
        "graphs": len(list(store.named_graphs())),
        "agreements": len(_agreements(store)),
        "built": settings.status_date,
    }
    with (folder / "manifest.json").open("w", encoding="utf-8") as file:
        file.write(json.dumps(manifest, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _agreements(store: Store) -> list[Quad]:
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    agreement = NamedNode("https://w3id.org/mithaq/ns#Agreement")
    return list(store.quads_for_pattern(None, kind, agreement, None))

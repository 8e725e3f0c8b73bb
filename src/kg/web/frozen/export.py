"""Write the whole site beside its place with several processes, and then put it there."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from pyoxigraph import Store

from kg import dumps as dumping
from kg.errors import BadData, BadParameter
from kg.queries import load
from kg.settings import Settings
from kg.store import manifest
from kg.web.app import create_app
from kg.web.frozen.addresses import LINK, LIVE, Links, file_of
from kg.web.frozen.around import surround
from kg.web.frozen.graph import Frozen
from kg.web.frozen.plan import LAST, Plan, plan
from kg.web.frozen.run import run
from kg.web.frozen.write import Writer
from kg.web.links import SHOWN, address

__all__ = ["FORMS", "Made", "export"]

#: Formats of the data of each thing, unless told; who says what is in TriG alone.
FORMS = ("ttl", "jsonld", "nt", "rdf")
#: What says that a folder is ours to replace.
MARK = "site.json"
#: Pages that only a server can answer, though they are linked to without a question: of pages of
#: two states there are those that are planned.
SERVED = ("/sparql", "/find", "/store", "/metrics", "/between", "/static", "/dumps", "/panels")


@dataclass(frozen=True)
class Made:
    """What was written: how many files, and which of those planned are not there."""

    files: int
    bytes: int
    missing: tuple[str, ...]


def export(
    settings: Settings,
    out: Path,
    *,
    base_url: str = "",
    live: str = "",
    processes: int = 0,
    forms: tuple[str, ...] = FORMS,
    step: Callable[[int, int], None] = lambda done, all_: None,
) -> Made:
    """Write every page and file of a build into a folder, which is put in place whole.

    Links are relative, or begin with `base_url`; what needs a server leads to `live`, or to a
    page that says so. `step` is told how many of how many things are done. Raises BadData when
    the folder is there and is not ours, or cannot be written; BadParameter for another format.
    """
    _check(out, forms)
    base_url = base_url and base_url.rstrip("/") + "/"
    root = base_url or settings.base_iri
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    except OSError as error:
        raise BadData(f"{out}: cannot be written: {error.strerror}") from error
    try:
        site = Frozen(replace(settings, dumps=part / "dumps"), load(settings.root / "queries"))
        app = create_app(site.settings, serving=site)
        with app.test_request_context("/", base_url=root):
            planned = plan(site.store, site.queries, settings.base_iri)
        pages = _linked(app, planned, root)
        there = _files(planned, pages, forms) | _static(app, part)
        prefix = urlsplit(root).path
        links = Links(there, planned.leads, base_url=base_url, live=live, prefix=prefix)
        writer = Writer(app, part, links, root, forms)
        writer.dumps = partial(_dumps, settings, part / "dumps", site.store)
        run(writer, planned, pages, processes or os.cpu_count() or 1, step)
        leads = {file_of(address("page", one)) for one in (*planned.records, *planned.moved)}
        surround(app, writer, part, base_url or root, leads)
        about = dict(site.graph.about)
        (part / MARK).write_text(json.dumps(about, indent=1) + "\n", "utf-8")
        found = _walked(part)
        made = Made(len(found), sum(found.values()), tuple(sorted(there - found.keys())))
        part.chmod(0o755)
        dumping.put(part, out)
    except OSError as error:
        raise BadData(f"{out}: cannot be written: {error}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return made


def _check(out: Path, forms: Sequence[str]) -> None:
    if unknown := sorted({*forms} - {*SHOWN}):
        raise BadParameter(f"No format {unknown[0]!r} here", hint=f"Use {', '.join(SHOWN)}")
    if out.exists() and not (out.is_dir() and ((out / MARK).is_file() or not any(out.iterdir()))):
        raise BadData(f"{out}: is there, and is no site of ours", hint="Name a new folder")


def _dumps(settings: Settings, folder: Path, store: Store) -> None:
    """Take the dumps of this graph where there are some, or write them."""
    about = manifest(settings.build)
    if dumping.read(settings.dumps_folder, str(about["fingerprint"])):
        shutil.copytree(settings.dumps_folder, folder)
    else:
        dumping.write(settings.build, folder, store=store)


def _dumped() -> set[str]:
    """Return the paths of the dumps that there will be."""
    names = [
        f"{dumping.NAME}.{one}.{coding}" for one in dumping.FORMATS for coding in ("gz", "zst")
    ]
    return {f"dumps/{name}" for name in (*names, dumping.INDEX, dumping.SUMS)}


def _static(app: Flask, part: Path) -> set[str]:
    folder = Path(str(app.static_folder))
    shutil.copytree(folder, part / "static")
    return {f"static/{one.relative_to(folder)}" for one in folder.rglob("*") if one.is_file()}


def _linked(app: Flask, planned: Plan, root: str) -> list[str]:
    """Return the pages that the pages about no one thing lead to, two steps far."""
    client = app.test_client()
    known = {*LAST[:2], *(one for one in planned.alone if _alone(one) and "." not in one)}
    new = sorted(known)
    for _ in range(2):
        found = set()
        for path in new:
            answer = client.get(path, base_url=root, headers={"Accept": "text/html"})
            if answer.status_code == 200 and answer.mimetype == "text/html":
                found |= {link for _, link in LINK.findall(answer.get_data(as_text=True))}
        new = sorted(one for one in found - known if _alone(one))
        known |= set(new)
    others = sorted(known - {*planned.alone, *LAST})
    return [one for one in others if client.get(one, base_url=root).status_code == 200]


def _alone(path: str) -> bool:
    things = ("/page/", "/data/", "/id/", "/cite/", *SERVED)
    saved = path.startswith("/queries/") and path != "/queries/"
    return not (saved or re.search(r"[?#]", path) or path.startswith(things))


def _files(planned: Plan, pages: Sequence[str], forms: Sequence[str]) -> set[str]:
    """Return the path of every file that there will be, but for static ones and dumps."""
    paths = [*planned.alone, *planned.pairs, *LAST, *pages]
    for path in planned.things:
        paths.append(address("page", path))
        paths += [address("data", path, one) for one in forms]
        if path.startswith("agreement/"):
            paths += [address("cite", path, one) for one in ("bib", "ris", "csl.json")]
    paths += [address("page", path) for path in (*planned.records, *planned.moved)]
    paths += [address("data", path, "ttl") for path in planned.graphs]
    return {LIVE, *map(file_of, paths), *_dumped()}


def _walked(part: Path) -> dict[str, int]:
    """Return each file of a folder with its size."""
    found, folders = {}, [""]
    while folders:
        way = folders.pop()
        with os.scandir(part / way) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(f"{way}{entry.name}/")
                else:
                    found[way + entry.name] = entry.stat().st_size
    return found

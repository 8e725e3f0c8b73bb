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
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from xml.sax.saxutils import escape

from flask import Flask, render_template
from pyoxigraph import Store

from kg import dumps as dumping
from kg.errors import BadData, KgError
from kg.queries import load
from kg.settings import Settings
from kg.store import manifest
from kg.web.app import create_app
from kg.web.frozen.addresses import LINK, LIVE, Links, file_of
from kg.web.frozen.graph import Frozen
from kg.web.frozen.hosts import hosts
from kg.web.frozen.plan import LAST, Plan, plan
from kg.web.frozen.write import Writer
from kg.web.links import address

__all__ = ["Made", "export"]

#: What says that a folder is ours to replace; things that a process writes at a time.
MARK, AT_ONCE = "site.json", 40
#: Jobs that may take long, so that each is taken alone.
LONG = 400
#: Addresses of one sitemap.
PART = 50_000
SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
#: Pages that only a server can answer, though they are linked to without a question.
SERVED = ("/sparql", "/find", "/store", "/metrics", "/between", "/static", "/dumps", "/panels")

Job = tuple[str, str, str]


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
    step: Callable[[int, int], None] = lambda done, all_: None,
) -> Made:
    """Write every page and file of a build into a folder, which is put in place whole.

    Links are relative, or begin with `base_url`; what needs a server leads to `live`, or to a
    page that says so. `step` is told how many of how many things are done. Raises BadData when
    the folder is there and is not ours, or cannot be written.
    """
    _check(out)
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
        there = _files(planned, pages) | _static(app, part)
        writer = Writer(app, part, Links(there, planned.leads, base_url=base_url, live=live), root)
        jobs = _jobs(planned, pages)
        writer.dumps = partial(_dumps, settings, part / "dumps", site.store)
        _run(writer, planned, jobs, processes or os.cpu_count() or 1, step)
        _frame(app, writer, part, base_url or root)
        about = dict(site.graph.about)
        (part / MARK).write_text(json.dumps(about, indent=1) + "\n", "utf-8")
        made = _count(part, there)
        part.chmod(0o755)
        dumping.put(part, out)
    except OSError as error:
        raise BadData(f"{out}: cannot be written: {error}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return made


def _check(out: Path) -> None:
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
    known = {*LAST[:2], *(one for one in planned.alone if "." not in one)}
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
    things = ("/page/", "/data/", "/id/", "/cite/", "/queries/", *SERVED)
    return not re.search(r"[?#]", path) and not path.startswith(things)


def _files(planned: Plan, pages: Sequence[str]) -> set[str]:
    """Return the path of every file that there will be, but for static ones and dumps."""
    paths = [*planned.alone, *LAST, *pages]
    for path in planned.things:
        paths.append(address("page", path))
        paths += [address("data", path, one) for one in ("ttl", "jsonld", "nt", "rdf", "trig")]
        if path.startswith("agreement/"):
            paths += [address("cite", path, one) for one in ("bib", "ris", "csl.json")]
    paths += [address("page", path) for path in (*planned.records, *planned.moved)]
    paths += [address("data", path, "ttl") for path in (*planned.records, *planned.graphs)]
    return {LIVE, *map(file_of, paths), *_dumped()}


def _jobs(planned: Plan, pages: Sequence[str]) -> list[Job]:
    """Return what there is to do, what takes longest first."""
    jobs: list[Job] = [("dumps", "", "")]
    jobs += [("page", path, "") for path in (*planned.alone, *pages)]
    jobs += [("graph", path, "") for path in planned.graphs]
    jobs += [("thing", path, iri) for path, iri in planned.things.items()]
    jobs += [("record", path, of) for path, of in planned.records.items()]
    jobs += [("moved", path, to) for path, to in planned.moved.items()]
    return jobs


def _do(writer: Writer, job: Job, base: str) -> None:
    kind, path, other = job
    if kind == "dumps":
        writer.dumps()
    elif kind == "thing":
        writer.thing(path, other)
    elif kind == "graph":
        writer.page(address("data", path, "ttl"))
    elif kind == "page":
        writer.page(path)
    else:
        writer.stub(path, other)
        if kind == "record":
            writer.data(path, f"{base}id/{path}", ("ttl",))


def _run(
    writer: Writer,
    planned: Plan,
    jobs: list[Job],
    processes: int,
    step: Callable[[int, int], None],
) -> None:
    """Do all jobs in processes that have the graph of this one; raise what one of them met."""
    for path in (
        *[p for p in planned.things if p.startswith("state/")][:1],
        *list(planned.things)[:1],
    ):
        writer.page(address("page", path))  # What is made once, is made once for all.
    context = get_context("fork")
    at, told = context.Value("l", 0), context.SimpleQueue()
    base = writer.base
    workers = [
        context.Process(target=_work, args=(writer, jobs, base, at, told))
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    done, left, faults = 0, len(workers), []
    try:
        while left:
            count, fault = told.get()
            done, left = done + count, left - (count == 0)
            faults += [fault] if fault else []
            step(done, len(jobs))
    finally:
        for worker in workers:
            worker.terminate() if left else worker.join()
    if faults:
        raise KgError(f"The site is not written: {faults[0]}")


def _work(
    writer: Writer,
    jobs: list[Job],
    base: str,
    at: Synchronized[int],
    told: SimpleQueue[tuple[int, str]],
) -> None:
    """Take jobs until there are no more; the last word is (0, what went wrong)."""
    fault = ""
    try:
        while True:
            with at.get_lock():
                start = at.value
                at.value = start + (AT_ONCE if start >= LONG else 1)
                mine = jobs[start : at.value]
            if not mine:
                return
            for job in mine:
                _do(writer, job, base)
            told.put((len(mine), ""))
    except (KgError, OSError) as error:
        fault = str(error)
    finally:
        told.put((0, fault))


def _frame(app: Flask, writer: Writer, part: Path, root: str) -> None:
    """Write what a site needs beside its pages: 404, the sitemap, rules of hosts."""
    for path in LAST:
        writer.page(path)
    writer.page("/nothing-has-this-name", file="404.html", status=404)
    with app.test_request_context("/", base_url=writer.root):
        writer.put(LIVE, render_template("live.html"))
    pages = sorted(str(one.relative_to(part)) for one in part.rglob("*.html"))
    listed = [
        root + one for one in pages if one not in ("404.html", LIVE) and not _stub(part / one)
    ]
    parts = [listed[start : start + PART] for start in range(0, len(listed), PART)]
    for number, some in enumerate(parts, 1):
        lines = "".join(f"<url><loc>{escape(one)}</loc></url>\n" for one in some)
        _xml(part / f"sitemap-{number}.xml", f'<urlset xmlns="{SITEMAPS}">\n{lines}</urlset>\n')
    lines = "".join(
        f"<sitemap><loc>{escape(root)}sitemap-{number}.xml</loc></sitemap>\n"
        for number in range(1, len(parts) + 1)
    )
    _xml(part / "sitemap.xml", f'<sitemapindex xmlns="{SITEMAPS}">\n{lines}</sitemapindex>\n')
    (part / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {root}sitemap.xml\n")
    for name, text in hosts().items():
        (part / name).write_text(text, "utf-8")


def _stub(path: Path) -> bool:
    return path.stat().st_size < 1000 and b'http-equiv="refresh"' in path.read_bytes()


def _xml(path: Path, body: str) -> None:
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}', "utf-8")


def _count(part: Path, there: set[str]) -> Made:
    found, size = set(), 0
    for folder, _, names in os.walk(part):
        for name in names:
            path = Path(folder) / name
            found.add(str(path.relative_to(part)))
            size += path.stat().st_size
    return Made(len(found), size, tuple(sorted(there - found)))

"""Write what a site needs beside its pages: 404, the sitemap, rules of hosts."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

from flask import Flask, render_template

from kg.web.frozen.addresses import LIVE, LOST, SAFE
from kg.web.frozen.hosts import hosts
from kg.web.frozen.plan import LAST
from kg.web.frozen.write import Writer

__all__ = ["surround"]

#: Addresses of one sitemap.
PART = 50_000
SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def surround(app: Flask, writer: Writer, part: Path, root: str, leads: AbstractSet[str]) -> None:
    """Write it all into a folder that has the pages; `leads` are those that only lead on."""
    for path in LAST:
        writer.page(path)
    writer.page("/nothing-has-this-name", file=LOST, status=404)
    with app.test_request_context("/", base_url=writer.root):
        writer.put(LIVE, render_template("live.html"))
    pages = (str(one.relative_to(part)) for one in part.rglob("*.html"))
    _sitemaps(part, root, sorted(one for one in pages if one not in leads | {LOST, LIVE}))
    (part / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {root}sitemap.xml\n")
    for name, text in hosts().items():
        (part / name).write_text(text, "utf-8")


def _sitemaps(part: Path, root: str, files: list[str]) -> None:
    listed = [root + quote(one, safe=SAFE) for one in files]
    parts = [listed[start : start + PART] for start in range(0, len(listed), PART)]
    for number, some in enumerate(parts, 1):
        lines = "".join(f"<url><loc>{escape(one)}</loc></url>\n" for one in some)
        _xml(part / f"sitemap-{number}.xml", f'<urlset xmlns="{SITEMAPS}">\n{lines}</urlset>\n')
    lines = "".join(
        f"<sitemap><loc>{escape(root)}sitemap-{number}.xml</loc></sitemap>\n"
        for number in range(1, len(parts) + 1)
    )
    _xml(part / "sitemap.xml", f'<sitemapindex xmlns="{SITEMAPS}">\n{lines}</sitemapindex>\n')


def _xml(path: Path, body: str) -> None:
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}', "utf-8")

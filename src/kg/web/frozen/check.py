"""Follow each link of a site made of files, knowing nothing of how it was written."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote, urlsplit

__all__ = ["dead"]

LOST = "404.html"
#: What has a link in a page: attributes, and the meta element that leads on at once.
ATTRIBUTE = re.compile(
    r'\s(?:(?:href|src|action|poster|data-(?:href|src|suggest))="|content="\d+; url=)([^"]*)"'
)
#: What has one in a style sheet, and in a sitemap.
RULE = re.compile(r"""url\(["']?([^)"']*)["']?\)""")
LISTED = re.compile(r"<loc>([^<]*)</loc>")
ID = re.compile(r'\sid="([^"]*)"')
KINDS = {".html": ATTRIBUTE, ".css": RULE, ".xml": LISTED}


def dead(folder: Path, base_url: str = "") -> Iterator[str]:
    """Yield the links of pages, style sheets and sitemaps that lead to no file, or no place in it.

    Links that begin with `base_url` are ours too; others that name a host are not followed.
    """
    base = base_url and base_url.rstrip("/") + "/"
    files = set(_walked(folder))
    seen: dict[tuple[str, str], tuple[str, str] | None] = {}
    places: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for name in sorted(files):
        if (kind := KINDS.get(Path(name).suffix)) is None:
            continue
        # A host shows the page of what is not found in any folder, so its links begin at the root.
        way = LOST if name == LOST else name.rpartition("/")[0]
        for raw in kind.findall((folder / name).read_text("utf-8")):
            if (way, raw) not in seen:
                seen[way, raw] = _target(unescape(raw), way, base)
            if (target := seen[way, raw]) is None:
                continue
            file = target[0] or name
            if file not in files:
                yield f"{name}: {raw} leads to no file"
            elif target[1] and file.endswith(".html"):
                places[file].setdefault(target[1], f"{name}: {raw}")
    for file, wanted in places.items():
        ids = set(map(unescape, ID.findall((folder / file).read_text("utf-8"))))
        yield from (f"{said} leads to no place" for one, said in wanted.items() if one not in ids)


def _target(link: str, way: str, base: str) -> tuple[str, str] | None:
    """Return the file that a link in a folder leads to, "" for its own page, and the place in it.

    None is a link that leads elsewhere.
    """
    ours = bool(base) and link.startswith(base)
    parts = urlsplit(link.removeprefix(base) if ours else link)
    if parts.scheme or parts.netloc:
        return None
    path = unquote(parts.path)
    if not path:
        return ("index.html" if ours else ""), unquote(parts.fragment)
    # What begins with a slash leaves the folder of a site that is not at the root of its host.
    if path.startswith("/"):
        return (path[1:] or "index.html") if way == LOST else path, unquote(parts.fragment)
    found = normpath(f"{'' if ours else way}/{path}").lstrip("/")
    return found, unquote(parts.fragment)


def _walked(folder: Path) -> Iterator[str]:
    for way, _, names in os.walk(folder):
        for name in names:
            yield str((Path(way) / name).relative_to(folder))

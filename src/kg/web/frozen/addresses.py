"""Where an address of the server is in a folder of files, and how a page there links to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from html import escape, unescape
from posixpath import relpath
from urllib.parse import quote, unquote, urlsplit

__all__ = ["LIVE", "LOST", "Links", "file_of"]

#: The page that stands for whatever only a server can answer.
LIVE = "live.html"
#: The page that hosts show for what is not there.
LOST = "404.html"
LINK = re.compile(r'(?<=[\s"])(href|src|action|poster|data-href)="(/(?!/)[^"]*)"')
#: Suffixes of files that are not pages.
FILES = (
    *("bib", "css", "csv", "gexf", "graphml", "gz", "ico", "jpg", "js", "json", "jsonl", "jsonld"),
    *("nq", "nt", "parquet", "png", "rdf", "ris", "rq", "svg", "trig", "tsv", "ttl", "txt"),
    *("webp", "woff2", "xlsx", "xml", "zst", "html"),
)
SAFE = "/:@!$&'()*+,;=~-._"


def file_of(path: str) -> str:
    """Return the file in which the answer for a path is; a page has the suffix `.html`."""
    plain = unquote(path).lstrip("/")
    if not plain or plain.endswith("/"):
        return f"{plain}index.html"
    is_file = plain.rpartition(".")[2] in FILES or plain.endswith("SHA256SUMS")
    return plain if is_file else f"{plain}.html"


class Links:
    """Rewrites the links of a page to files that are there."""

    def __init__(
        self,
        there: Collection[str],
        leads: Mapping[str, str],
        *,
        base_url: str = "",
        live: str = "",
    ) -> None:
        """Know which files there will be, and where a server answers what no file can.

        `leads` has the path of the page that shows what has no page of its own.
        """
        self._there = there
        self._leads = leads
        self._base = base_url
        self._live = live.rstrip("/")
        #: Attributes as they were, to what they are in a folder: most links are on many pages.
        self._done: dict[str, dict[str, str]] = {}

    def rewrite(self, html: str, file: str) -> str:
        """Return a page with each of its links led to a file."""

        # The page of what is not found may be shown in any folder.
        done = self._done.setdefault(file if file == LOST else file.rpartition("/")[0], {})

        def replace(match: re.Match[str]) -> str:
            if (found := done.get(match[0])) is None:
                link = escape(self.link(unescape(match[2]), file))
                found = done[match[0]] = f'{match[1]}="{link}"'
            return found

        return LINK.sub(replace, html)

    def link(self, address: str, file: str) -> str:
        """Return what leads from a file to an address of the server."""
        parts = urlsplit(address)
        path = unquote(parts.path)
        found = next((one for one in self._files(path) if one in self._there), None)
        # Another day or language, or values of one's own: no file has the answer.
        if found is None or (parts.query and not path.startswith("/static/")):
            return f"{self._live}{address}" if self._live else self._to(LIVE, file)
        return self._to(found, file) + (f"#{parts.fragment}" if parts.fragment else "")

    def _files(self, path: str) -> Iterator[str]:
        """Yield the files that may have the answer for a path, the likeliest first."""
        way, _, rest = path.strip("/").partition("/")
        if way == "id":
            way = "page"
        yield file_of(f"/{way}/{rest}" if rest else path)
        yield f"{path.strip('/')}/index.html"
        if way == "page":
            pieces = rest.split("/")
            whole = "/".join(pieces[: 3 if pieces[0] == "record" else 2])
            yield file_of(f"/page/{self._leads.get(rest) or self._leads.get(whole, whole)}")

    def _to(self, target: str, file: str) -> str:
        quoted = quote(target, safe=SAFE)
        if self._base:
            return self._base + quoted
        if file == LOST:
            return f"/{quoted}"
        start = file.rpartition("/")[0] or "."
        return relpath(quoted, quote(start, safe=SAFE))

"""Where an address of the server is in a folder of files, and how a page there links to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from html import escape, unescape
from urllib.parse import quote, unquote, urlsplit

__all__ = ["LIVE", "LOST", "SAFE", "Links", "file_of"]

#: The page that stands for whatever only a server can answer.
LIVE = "live.html"
#: The page that hosts show for what is not there.
LOST = "404.html"
LINK = re.compile(r'(?<=[\s"])(href|src|action|poster|data-href)="(/(?!/)[^"]*)"')
#: Scripts of ours, which ask a server, and what they ask; each page does without them.
SCRIPT = re.compile(
    r'<script src="/static/[^"]*"[^>]*></script>\n?|\sdata-(?:suggest|src)="[^"]*"'
)
#: Links to the data of a thing in one format, in the head of its page and in its text.
OTHER = re.compile(
    r'(?:<link rel="alternate"[^>]* href="|<a href="(?=[^"]*\.(?:ttl|jsonld|nt|rdf|trig)"))'
    r'(/data/[^"]*)"[^>]*>(?:\n|\w+</a> ?)'
)
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
        prefix: str = "",
    ) -> None:
        """Know which files there will be, and where a server answers what no file can.

        `leads` has the path of the page that shows what has no page of its own; `prefix` is the
        path of the site that the pages were asked of.
        """
        self._there = there
        self._leads = leads
        self._base = base_url
        self._live = live.rstrip("/")
        self._prefix = f'="{prefix.rstrip("/")}/'
        #: Attributes as they were, to what they are in a folder: most links are on many pages.
        self._done: dict[str, dict[str, str]] = {}

    def rewrite(self, html: str, file: str) -> str:
        """Return a page with each of its links led to a file."""

        # The page of what is not found may be shown in any folder.
        done = self._done.setdefault(file if file == LOST else file.rpartition("/")[0], {})

        def replace(match: re.Match[str]) -> str:
            if (found := done.get(match[0])) is None:
                link = escape(self._led(match[1], unescape(match[2]), file))
                found = done[match[0]] = f'{match[1]}="{link}"'
            return found

        html = SCRIPT.sub("", html.replace(self._prefix, '="/'))
        if not self._live:
            html = OTHER.sub(self._kept, html)
        return LINK.sub(replace, html)

    def _kept(self, match: re.Match[str]) -> str:
        """Return a link to data as it is, or nothing when the site has no data in this format."""
        return match[0] if file_of(unescape(match[1])) in self._there else ""

    def _led(self, attribute: str, address: str, file: str) -> str:
        """Return where an attribute leads; a form asks what no file can answer."""
        return self._asked(address, file) if attribute == "action" else self.link(address, file)

    def _asked(self, address: str, file: str) -> str:
        return f"{self._live}{address}" if self._live else self._to(LIVE, file)

    def link(self, address: str, file: str) -> str:
        """Return what leads from a file to an address of the server."""
        parts = urlsplit(address)
        path = unquote(parts.path)
        found = next((one for one in self._files(path) if one in self._there), None)
        # Another day or language, or values of one's own: no file has the answer.
        if found is None or (parts.query and not path.startswith("/static/")):
            return self._asked(address, file)
        return self._to(found, file) + (f"#{parts.fragment}" if parts.fragment else "")

    def _files(self, path: str) -> Iterator[str]:
        """Yield the files that may have the answer for a path, the likeliest first."""
        way, _, rest = path.strip("/").partition("/")
        if way == "id":
            way = "page"
        yield file_of(f"/{way}/{rest}" if rest else path)
        yield f"{path.strip('/')}/index.html"
        if way == "statements":
            yield f"data/{rest}.ttl"
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
        return _beside(quoted, quote(file, safe=SAFE))


def _beside(target: str, file: str) -> str:
    """Return what leads from one file to another."""
    here, there = file.split("/"), target.split("/")
    same = 0
    while same < min(len(here), len(there)) - 1 and here[same] == there[same]:
        same += 1
    return "../" * (len(here) - 1 - same) + "/".join(there[same:])

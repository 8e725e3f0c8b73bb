"""Put what a benchmark measured into its section of docs/performance.md, and leave the others."""

from __future__ import annotations

import re
from pathlib import Path

from kg.files import replace_file

__all__ = ["put"]

PAGE = Path(__file__).resolve().parent.parent / "docs/performance.md"


def put(section: str, text: str) -> None:
    """Replace a section, which begins with a comment of its name; add it when there is none."""
    page = PAGE.read_text("utf-8")
    begin, end = f"<!-- {section} -->\n", f"<!-- end of {section} -->\n"
    new = begin + text.rstrip() + "\n" + end
    found = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.S)
    if found.search(page):
        page = found.sub(lambda match: new, page)
    else:
        page = page.rstrip() + "\n\n" + new
    replace_file(PAGE, page)

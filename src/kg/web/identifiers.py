"""Read a question that is an identifier, in the ways that people write it."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["matched", "plain", "read"]

#: Series of treaties, cited as VOLUME SERIES PAGE or SERIES VOLUME:PAGE.
SERIES = ("UNTS", "LNTS", "UST", "PTS", "UKTS", "CTS", "NZTS", "ITS", "TIAS")
#: Datasets whose numbers stand behind their names.
SCHEMES = ("ATOP", "COW", "DCAD", "WTI", "UNCTAD", "FCDO", "IEADB", "BLA", "DESTA", "NCA", "TFDD")
#: What may stand before a volume, a page or a number.
OF = r"(?:(?:VOL(?:UME)?|PP?|PAGE|NO|NR|NUMBER|ID)\.? ?|#)?"
PAGED = re.compile(rf"{OF}(\d+) ?,? ?({'|'.join(SERIES)}) ?,? ?{OF}(\d+)")
TURNED = re.compile(rf"({'|'.join(SERIES)}) ?,? ?{OF}(\d+)(?: ?[:,/] ?| ){OF}(\d+)")
REGISTERED = re.compile(rf"(?:UNTS |UN |UNTS ?)?{OF}(I{{1,2}})-? ?(\d+)|UNTS ?{OF}(\d+)")
NUMBERED = re.compile(rf"({'|'.join(SCHEMES)}) ?{OF}([0-9][0-9A-Z_.-]*)")


def plain(text: str) -> str:
    """Return an identifier without what is written in more than one way."""
    return " ".join(text.upper().split())


def read(question: str) -> tuple[str, ...]:
    """Return the identifiers that a question can mean, the likeliest first; none for words."""
    asked = plain(re.sub(r"\b([A-Za-z])\.(?=[A-Za-z]\b|[A-Za-z]\.)", r"\1", question))
    asked = re.sub(r"\b((?:UN|LN|UK|NZ|U|C|P|I)(?:TS|ST))\.", r"\1", asked)
    if found := PAGED.fullmatch(asked):
        volume, series, page = found.groups()
        return (f"{series} {int(volume)}:{int(page)}",)
    if found := TURNED.fullmatch(asked):
        series, volume, page = found.groups()
        return (f"{series} {int(volume)}:{int(page)}",)
    if found := REGISTERED.fullmatch(asked):
        part, number, alone = found.groups()
        parts = (part,) if part else ("I", "II")
        return tuple(f"UNTS {one}-{int(number or alone)}" for one in parts)
    if found := NUMBERED.fullmatch(asked):
        return (f"{found[1]} {found[2]}",)
    return ()


def matched(codes: Iterable[str], asked: Iterable[str]) -> str:
    """Return the identifier that has every number among the words asked for; "" for none."""
    numbers = {word for word in asked if any(char.isdigit() for char in word)}
    if not numbers:
        return ""
    fitting = [code for code in codes if numbers <= set(re.findall(r"[^\W_]+", code.lower()))]
    return max(fitting, key=len, default="")

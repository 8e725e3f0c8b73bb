"""Write a registration number of the United Nations in one form, whatever a source writes."""

from __future__ import annotations

import re

__all__ = ["registered"]

#: Of six digits the first is the series: I registered, II filed and recorded.
INDEXED = re.compile(r"([12])([0-9]{5})")
BARE = re.compile(r"[1-9][0-9]{0,4}")


def registered(number: str) -> str:
    """Return `I-2858` of `2858` or of an index's `102858`; "" for what is no such number.

    The form is that of the United Nations Treaty Collection: the series, and the number in it.
    """
    if found := INDEXED.fullmatch(number):
        return f"{'I' * int(found[1])}-{int(found[2])}"
    return f"I-{number}" if BARE.fullmatch(number) else ""

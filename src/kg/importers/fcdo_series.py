"""Find an agreement's place in the printed treaty series, in the references of UK Treaties Online.

`references` separates its parts by a semicolon: `Treaty Series 028/1921: Cmd. 1576||address`,
`League of Nations Treaty Series Vol.5 (p.59) /0: 0`, `UN Registration United/0: 167 91`. Volume
and page of a registration are those of the League's series before the Second World War, and a
number of registration is that of the United Nations after it. Both may be the parent's where
the row prolongs or amends an agreement.
"""

from __future__ import annotations

import re

from kg.importers.rows import Row, iso_date

__all__ = ["number", "printed", "volume"]

#: A series of volumes, and what it is called here.
VOLUMES = {"League of Nations Treaty Series": "LNTS", "United Nations Treaty Series": "UNTS"}
PLACE = re.compile(r"(?:Vol\.? ?)?([0-9]+)[^0-9]+([0-9]+)")
REGISTERED = re.compile(r"UN Registration .*/[0-9]*: ?([1-9][0-9]*) ([1-9][0-9]*)")
NUMBERED = re.compile(r"UN Registration (?:NO\.)?([0-9]+)(?:,[0-9, .]*)? ?/")
PRINTED = re.compile(r"Treaty Series (?:TS )?0*([0-9]+)/([0-9]{4}): *(C[a-z]*)\.? ?([0-9]+)", re.I)
#: Volumes of the League's series that were printed in the war years.
LATE_VOLUMES = range(195, 206)


def volume(row: Row) -> str:
    """Return volume and page in the series of the League or of the United Nations: LNTS 5:59."""
    parts = _parts(row)
    named = [_named(part) for part in parts]
    registered = [_registered(row, part) for part in parts]
    return next(filter(None, [*named, *registered]), "")


def number(row: Row) -> str:
    """Return the number of registration with the United Nations."""
    found = next((match for match in map(NUMBERED.match, _parts(row)) if match), None)
    return found[1] if found and iso_date(row, "signed") > "1945" else ""


def printed(row: Row) -> str:
    """Return the number in the United Kingdom's own series, with its command paper."""
    found = next((match for match in map(PRINTED.fullmatch, _parts(row)) if match), None)
    if not found:
        return ""
    return f"UK Treaty Series {found[1]} ({found[2]}), {found[3].capitalize()}. {found[4]}."


def _parts(row: Row) -> list[str]:
    return [part.split("||")[0].strip() for part in row["references"].split(";")]


def _named(part: str) -> str:
    series = next((name for name in VOLUMES if part.startswith(name)), "")
    place = PLACE.match(part.removeprefix(series).rsplit("/", 1)[0].strip()) if series else None
    return f"{VOLUMES[series]} {place[1]}:{place[2]}" if place else ""


def _registered(row: Row, part: str) -> str:
    place, year = REGISTERED.fullmatch(part), iso_date(row, "signed")[:4]
    if not place:
        return ""
    league = year < "1940" or (year < "1945" and int(place[1]) in LATE_VOLUMES)
    return f"{'LNTS' if league else 'UNTS'} {place[1]}:{place[2]}"

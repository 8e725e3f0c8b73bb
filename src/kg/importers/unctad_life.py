"""Say what a row of UNCTAD's 2020 edition tells of the life of a treaty: its force and its end.

A termination without entry into force says only that the agreement is not in force. The end of a
denounced treaty is the day it took effect; nobody says who gave notice, nor when. The two days of
each amendment are the same, so one of them is a copy.
"""

from __future__ import annotations

import re

from kg.importers.base import Report
from kg.importers.entry import Step
from kg.importers.rows import Row, iso_date

__all__ = ["END", "LIFE", "STATUS", "confused", "endings", "note", "steps"]

#: The columns read here.
LIFE = ["in_force", "terminated", "termination_type", "amendment_protocols", "side_instruments"]
#: The day of the 2020 edition.
END = "2020-01-02"
#: status to whether the agreement was in force on that day; None is an agreement not yet made.
STATUS = {"In force": True, "Signed": False, "Terminated": False, "In negotiation": None}
#: termination_type to the kind of event; who denounced is not said, nor when notice was given.
ENDINGS = {
    "": "termination",
    "Unilaterally denounced": "termination",
    "Terminated by consent": "termination",
    "Replaced by new treaty": "replacement",
    "Expired": "termination",
}
SIGNED_ON = re.compile(r"sign date: ([0-9]{2})/([0-9]{2})/([0-9]{4})")
LABEL_YEAR = re.compile(r"\(([0-9]{4})\)$")


def steps(row: Row, end: str) -> list[Step]:
    """Return the amendments and the end."""
    found = [Step(kind="amendment", date=day) for day in _days(row, "amendment_protocols")]
    if end:
        found.append(Step(kind=row.code("termination_type", ENDINGS), date=end))
    return sorted(found, key=lambda step: step.date)


def endings(row: Row, force: str, end: str) -> str:
    """Return in words what the record's properties cannot say."""
    words = []
    if end and row["termination_type"]:
        words.append(f"Ending as UNCTAD has it: {row['termination_type'].lower()}.")
    if end and not force:
        words.append("No entry into force is given, so there is no end of force either.")
    if _days(row, "amendment_protocols"):
        words.append("UNCTAD gives the amendment one day, as signature and as entry into force.")
    if days := _days(row, "side_instruments"):
        words.append(f"It has a side instrument of {', '.join(days)}.")
    return " ".join(words)


def confused(row: Row) -> str:
    """Return how the label and the day of signature differ in the year; "" when they agree."""
    year = LABEL_YEAR.search(row["short_title"])
    if not year or year[1] == row["signed"][:4]:
        return ""
    return f"the label has the year {year[1]}, the signature is of {row['signed']}"


def note(row: Row, report: Report, key: str) -> None:
    """Note what is odd in the dates and the status of a row."""
    force, end, signed = (iso_date(row, name) for name in ("in_force", "terminated", "signed"))
    in_force = row["status"] == "In force"
    odd = {
        confused(row): confused(row),
        f"status In force, entry into force {force or 'blank'}: not attested": in_force
        and (not force or force > END),
        "terminated, and no entry into force is given: no end of force is loaded": end
        and not force,
        f"terminated on {end}, status {row['status']}": end and row["status"] != "Terminated",
        f"enters into force ({force}) before signature ({signed})": force and force < signed,
        f"ends ({end}) before it enters into force ({force})": end and force and end < force,
    }
    for what, holds in odd.items():
        if holds:
            report.note(key, what)


def _days(row: Row, column: str) -> list[str]:
    """Return the days of signature in a cell such as `- sign date: 06/04/2009, entry …`."""
    if row[column] == "No":
        return []
    found = ["-".join(reversed(parts)) for parts in SIGNED_ON.findall(row[column])]
    if not found or len(found) != row[column].count("sign date"):
        raise row.bad(column, f"{row[column]!r}; expected No, or - sign date: DD/MM/YYYY")
    dates = [Row(row.place, {column: day}) for day in found]
    return [iso_date(date, column) for date in dates]

"""Accept findings for a time: the suppressions that people wrote down, with reason and owner."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from kg.errors import BadShapes
from kg.files import read_bytes
from kg.findings import Finding, Place, Span

__all__ = ["RULES", "Suppression", "apply", "read", "unused"]

#: The rules of this file: severity and what is wrong.
RULES = {
    "check/suppression-expired": ("warning", "A suppression that is past its day"),
    "check/suppression-unused": ("warning", "A suppression that no finding needs"),
}
NEEDED = ("rule", "reason", "owner", "expires")
KEYS = {*NEEDED, "focus", "file"}
ENTRY = re.compile(r"^[ \t]*\[\[\s*suppress\s*\]\]", re.MULTILINE)


@dataclass(frozen=True)
class Suppression:
    """Findings that someone accepts until a day."""

    #: Name or glob of rules.
    rule: str
    reason: str
    owner: str
    expires: datetime.date
    #: IRI or glob of nodes, and path or glob of files; "" for any.
    focus: str
    file: str
    place: Place

    def fits(self, finding: Finding) -> bool:
        """Say whether a finding is one of those."""
        file = finding.place.file if finding.place else ""
        asked = ((finding.rule, self.rule), (finding.focus, self.focus), (file, self.file))
        return all(not glob or told == glob or fnmatchcase(told, glob) for told, glob in asked)


def read(path: Path, name: str) -> list[Suppression]:
    """Return the suppressions of a file, none when it is not there.

    Raises BadShapes that names the entry and the key that is wrong.
    """
    if not path.is_file():
        return []
    text = read_bytes(path).decode("utf-8")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadShapes(f"{name}: {error}") from error
    entries = table.pop("suppress", [])
    if table or not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise BadShapes(f"{name}: write [[suppress]] tables, and nothing else")
    lines = [text.count("\n", 0, match.end()) + 1 for match in ENTRY.finditer(text)]
    lines += [1] * (len(entries) - len(lines))
    places = [Place(name, Span(line)) for line in lines]
    return [_entry(entry, place) for entry, place in zip(entries, places, strict=False)]


def _entry(entry: dict[str, object], place: Place) -> Suppression:
    for key in sorted(entry.keys() - KEYS):
        raise BadShapes(f"{place}: unknown key {key!r}; it may have: {', '.join(sorted(KEYS))}")
    for key in NEEDED:
        if not str(entry.get(key, "")).strip():
            raise BadShapes(f"{place}: no {key!r}; a suppression has {', '.join(NEEDED)}")
    texts = {key: str(entry.get(key, "")) for key in KEYS - {"expires"}}
    if not texts["focus"] and not texts["file"]:
        raise BadShapes(f"{place}: name the node with 'focus' or the file with 'file'")
    return Suppression(**texts, expires=_date(entry["expires"], place), place=place)


def _date(value: object, place: Place) -> datetime.date:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError as error:
        raise BadShapes(
            f"{place}: expires = {value!r} is not a date such as 2027-01-31"
        ) from error


def apply(
    suppressions: Iterable[Suppression], findings: Iterable[Finding], *, today: datetime.date
) -> list[Finding]:
    """Return the findings with the reason of the first suppression that fits and holds.

    One that is past its day accepts nothing more, and is itself a finding.
    """
    suppressions = list(suppressions)
    holds = [one for one in suppressions if today <= one.expires]
    found: list[Finding] = []
    for finding in findings:
        fit = next((one for one in holds if not finding.reason and one.fits(finding)), None)
        reason = f"{fit.reason} ({fit.owner}, until {fit.expires})" if fit else finding.reason
        found.append(replace(finding, reason=reason))
    return found + [_expired(one) for one in suppressions if one not in holds]


def unused(
    suppressions: Iterable[Suppression], findings: Iterable[Finding], *, today: datetime.date
) -> Iterator[Finding]:
    """Yield a finding for each suppression that holds and fits no finding of a whole run."""
    findings = list(findings)
    for one in suppressions:
        if today <= one.expires and not any(map(one.fits, findings)):
            message = f"Nothing is found by {one.rule} here any more; remove the suppression."
            yield _finding("check/suppression-unused", message, one)


def _expired(one: Suppression) -> Finding:
    message = (
        f"Expired on {one.expires}: mend what {one.rule} finds, or have {one.owner} give"
        " a new day and reason."
    )
    return _finding("check/suppression-expired", message, one)


def _finding(rule: str, message: str, one: Suppression) -> Finding:
    about = f"{one.rule} {one.focus} {one.file}"
    return Finding(rule, "warning", message, value=one.rule, place=one.place, key=about)

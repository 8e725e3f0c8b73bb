"""Judge the written form of a literal by its datatype (XML Schema 1.1, part 2)."""

from __future__ import annotations

import calendar
import re

from kg.vocab import XSD

__all__ = ["canonical", "fault", "known"]

ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
YEAR = r"(?P<year>-?(?:[1-9][0-9]{3,}|0[0-9]{3}))"
MONTH, DAY = r"(?P<month>0[1-9]|1[0-2])", r"(?P<day>0[1-9]|[12][0-9]|3[01])"
TIME = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
INTEGER, DECIMAL = r"[+-]?[0-9]+", r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
CLOCK = r"(?:T(?=.)(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
YEARS, DAYS = r"(?:[0-9]+Y)?(?:[0-9]+M)?", rf"(?:[0-9]+D)?{CLOCK}"
#: Datatype to the pattern of its lexical forms, and an example.
FORMS = {
    "boolean": (r"true|false|1|0", "true or false"),
    "decimal": (DECIMAL, "1.5"),
    "double": (rf"{DECIMAL}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN", "1.5E0"),
    "float": (rf"{DECIMAL}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN", "1.5E0"),
    "date": (f"{YEAR}-{MONTH}-{DAY}{ZONE}", "2026-01-31"),
    "dateTime": (f"{YEAR}-{MONTH}-{DAY}T{TIME}{ZONE}", "2026-01-31T12:00:00Z"),
    "dateTimeStamp": (f"{YEAR}-{MONTH}-{DAY}T{TIME}(?!$){ZONE}", "2026-01-31T12:00:00Z"),
    "time": (f"{TIME}{ZONE}", "12:00:00"),
    "gYear": (f"{YEAR}{ZONE}", "2026"),
    "gYearMonth": (f"{YEAR}-{MONTH}{ZONE}", "2026-01"),
    "gMonth": (f"--{MONTH}{ZONE}", "--01"),
    "gMonthDay": (f"--{MONTH}-{DAY}{ZONE}", "--01-31"),
    "gDay": (f"---{DAY}{ZONE}", "---31"),
    "duration": (rf"-?P(?=.){YEARS}{DAYS}", "P1Y6M"),
    "dayTimeDuration": (rf"-?P(?=.){DAYS}", "P1DT12H"),
    "yearMonthDuration": (rf"-?P(?=.){YEARS}", "P1Y6M"),
    "language": (r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*", "en"),
    "anyURI": (r"[^\s<>\"{}|\\^`]*", "https://example.org/"),
    "hexBinary": (r"(?:[0-9A-Fa-f]{2})*", "0FB7"),
}
#: Bounds of the datatypes that are integers; None is no bound.
INTEGERS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    **{
        name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        for name, bits in (("long", 64), ("int", 32), ("short", 16), ("byte", 8))
    },
    **{
        f"unsigned{name}": (0, 2**bits - 1)
        for name, bits in (("Long", 64), ("Int", 32), ("Short", 16), ("Byte", 8))
    },
}
#: Datatypes whose forms are not judged.
FREE = frozenset(
    """string normalizedString token Name NCName NMTOKEN base64Binary QName NOTATION anyType
    anySimpleType anyAtomicType""".split()  # noqa: SIM905
)
PATTERNS = {name: re.compile(form) for name, (form, _) in FORMS.items()}
PATTERNS |= {name: re.compile(INTEGER) for name in INTEGERS}
#: Letters of which the longest number that is judged by its bounds has no more.
DIGITS = 4000


def known(datatype: str) -> bool:
    """Say whether XML Schema has a datatype; those of others are not for it to say."""
    name = datatype.removeprefix(XSD)
    return name == datatype or name in PATTERNS or name in FREE


def fault(value: str, datatype: str) -> str:
    """Return why a value is none of its datatype, and what to write; empty when it is one."""
    name = datatype.removeprefix(XSD)
    pattern = PATTERNS.get(name) if datatype.startswith(XSD) else None
    if pattern is None:
        return ""
    found = pattern.fullmatch(value)
    if found is None:
        return f"{value!r} is no xsd:{name}; write it like {_like(value, name)}"
    if name in INTEGERS and not _within(value, *INTEGERS[name]):
        return f"{value} is beyond the bounds of xsd:{name}; correct it, or take xsd:integer"
    parts = found.groupdict()
    if "day" in parts and int(parts["day"]) > _days(parts):
        return f"{value} is a day that does not exist; correct it"
    return ""


def canonical(value: str, datatype: str) -> str:
    """Return the form of a number or a boolean that is written once and for all.

    Digits after a point stay: 1.50 says how exactly something is known.
    """
    name = datatype.removeprefix(XSD)
    if name == "boolean":
        return {"1": "true", "0": "false"}.get(value, value)
    if name not in INTEGERS and name not in ("decimal", "double", "float"):
        return value
    value = value.removeprefix("+")
    sign, digits = ("-", value[1:]) if value.startswith("-") else ("", value)
    digits = re.sub(r"^0+(?=[0-9])", "", digits)
    if name in INTEGERS and digits == "0":
        return "0"
    if name == "decimal":
        digits = re.sub(r"^\.", "0.", digits)
        digits = re.sub(r"\.$", "", digits)
    return sign + digits


def _like(value: str, name: str) -> str:
    if name == "boolean" and value.strip().lower() in ("true", "false"):
        return value.strip().lower()
    return FORMS[name][1] if name in FORMS else "1954"


def _within(value: str, least: int | None, most: int | None) -> bool:
    if (least is None and most is None) or len(value) > DIGITS:
        return True
    number = int(value)
    return (least is None or number >= least) and (most is None or number <= most)


def _days(parts: dict[str, str]) -> int:
    """Return the days of a month; a month of no year has as many as it ever has."""
    if not parts.get("month"):
        return 31
    year = int(parts["year"]) % 400 + 400 if parts.get("year") else 400
    return calendar.monthrange(year, int(parts["month"]))[1]

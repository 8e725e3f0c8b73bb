"""What a reader chose for every page: the day, the language of names, state succession."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from babel.dates import format_date
from flask import Flask, g, request
from jinja2 import pass_context
from jinja2.runtime import Context

from kg.errors import BadChoice
from kg.web.language import LABELS, interface
from kg.web.site import site

__all__ = ["KEPT", "Frame", "frame", "init", "kept", "switched"]

#: Arguments that a link to another page takes along.
KEPT = ("on", "lang", "succession")
SUCCESSION = ("no", "yes")
#: Endpoints whose arguments are their own: SPARQL's protocols and files.
OTHERS = ("static", "protocol", "store", "running")


@dataclass(frozen=True)
class Frame:
    """The day that a page speaks of, and whether predecessor states count."""

    day: datetime.date
    #: Whether the reader chose the day; else it is the day of the build.
    chosen: bool = False
    succession: bool = False

    @property
    def text(self) -> str:
        """Return the day for a reader."""
        return str(format_date(self.day, "d MMM y", locale=interface()))


def frame() -> Frame:
    """Return what the reader of this page chose."""
    if "frame" not in g:
        g.frame = Frame(_built())
    return g.frame  # type: ignore[no-any-return]


def init(app: Flask) -> None:
    """Read the choices before each page, and have templates know them."""
    app.before_request(_read)
    app.add_template_filter(_kept, "kept")
    app.context_processor(lambda: {"frame": frame(), "kept_fields": _fields, "switched": switched})


def kept(path: str | None) -> str:
    """Return a link of ours with the reader's choices; a link elsewhere as it is."""
    if not path or not path.startswith("/") or path.startswith("//"):
        return path or ""
    if "kept_query" not in g:
        g.kept_query = urlencode(_fields())
    if not g.kept_query:
        return path
    if "?" in path or "#" in path:
        return _with(path, _fields())
    return f"{path}?{g.kept_query}"


@pass_context
def _kept(_context: Context, path: str | None) -> str:
    """Keep as `kept` does; knowing its context, it is not worked out when a template compiles."""
    return kept(path)


def switched(**changes: str | None) -> str:
    """Return the address of this page with other choices; None takes one away."""
    values = {name: value for name, value in request.args.items(multi=True) if name not in changes}
    values |= {name: value for name, value in changes.items() if value is not None}
    return _with(request.path, values)


def _with(path: str, values: dict[str, str]) -> str:
    if not values:
        return path
    parts = urlsplit(path)
    query = "&".join(filter(None, (parts.query, urlencode(values))))
    return parts._replace(query=query).geturl()


def _fields() -> dict[str, str]:
    """Return the choices that this address spells out, for links and for hidden fields."""
    if "kept_fields" not in g:
        args = request.args
        g.kept_fields = {name: args[name] for name in KEPT if args.get(name)}
    return g.kept_fields  # type: ignore[no-any-return]


def _read() -> None:
    """Read the choices; BadChoice says what is allowed."""
    if (request.endpoint or "").split(".")[0] in OTHERS:
        return
    g.frame = Frame(_built())
    _one_of("lang", LABELS)
    succession = _one_of("succession", SUCCESSION)
    wish = request.args.get("on", "")
    g.frame = Frame(_day(wish) if wish else _built(), bool(wish), succession == "yes")


def _one_of(name: str, allowed: tuple[str, ...]) -> str:
    value = request.args.get(name, "")
    if value and value not in allowed:
        raise _bad(name, value, f"one of {', '.join(allowed)}")
    return value


def _day(value: str) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise _bad("on", value, "a day such as 2026-01-31 (YYYY-MM-DD)")
    return day


def _bad(name: str, value: str, allowed: str) -> BadChoice:
    details = {"parameter": name, "value": value[:100], "allowed": allowed}
    return BadChoice(f"{name} = {value[:100]!r}: allowed is {allowed}", details=details)


def _built() -> datetime.date:
    """Return the day of the build, for which it gives each status."""
    told = str(site().graph.about.get("built") or site().settings.status_date)
    try:
        return datetime.date.fromisoformat(told[:10])
    except ValueError:
        return datetime.date.fromisoformat(site().settings.status_date)

"""Choose the language of a page: of its own words, and of the names in the graph."""

from __future__ import annotations

from babel import Locale
from flask import Flask, g, request
from flask_babel import Babel, gettext, ngettext
from markupsafe import Markup

__all__ = [
    "INTERFACE",
    "LABELS",
    "TONGUES",
    "direction",
    "init",
    "interface",
    "told",
    "wanted",
    "written",
]

#: Languages in which the graph has names, the first one for want of others.
LABELS = ("en", "ar", "fa", "tr", "ur", "fr", "ms", "id")
#: Languages that the pages are written in; catalogues are in `kg/translations`.
INTERFACE = ("en", "fr", "ar", "tr")
#: Languages by what they call themselves.
TONGUES = {
    "en": "English",
    "ar": "العربية",
    "fa": "فارسی",
    "tr": "Türkçe",
    "ur": "اردو",
    "fr": "Français",
    "ms": "Bahasa Melayu",
    "id": "Bahasa Indonesia",
}
#: Texts of the catalogues by language and msgid: as many as the code and templates have.
_TOLD: dict[tuple[str, str], str] = {}
#: The same as templates put them into a page, without what is still to be put into them.
_WRITTEN: dict[tuple[str, str], Markup] = {}


def wanted() -> str:
    """Return the language of names that the client likes best: `lang=`, or Accept-Language."""
    known = g.get("language")
    if known is None:
        wish = request.args.get("lang", "")
        if wish not in LABELS:
            wish = request.accept_languages.best_match(LABELS) or LABELS[0]
        known = g.language = wish
    return str(known)


def interface() -> str:
    """Return the language of a page's own words."""
    found = g.get("interface")
    if found is None:
        language = wanted()
        found = g.interface = language if language in INTERFACE else INTERFACE[0]
    return str(found)


def direction(language: str) -> str:
    """Return "rtl" for a language that is written from right to left, else "ltr"."""
    return "rtl" if Locale.parse(language).text_direction == "rtl" else "ltr"


def told(text: str) -> str:
    """Return a text of ours in the page's language; each is looked up once."""
    key = (interface(), text)
    if (found := _TOLD.get(key)) is None:
        found = _TOLD[key] = str(gettext(text)) if text else ""
    return found


def written(text: str, **values: object) -> Markup:
    """Return a text of ours as a template writes it; what is put into it is escaped."""
    if values:
        return Markup(told(text)) % values
    key = (interface(), text)
    if (found := _WRITTEN.get(key)) is None:
        found = _WRITTEN[key] = Markup(told(text)) % {}
    return found


def init(app: Flask) -> None:
    """Have templates know `_()`, the languages and their direction."""
    Babel(app, locale_selector=interface)
    app.jinja_env.install_gettext_callables(told, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = written  # called thousands of times on a long page
    app.context_processor(
        lambda: {
            "language": interface(),
            "names_in": wanted(),
            "direction": direction,
            "languages": LABELS,
            "tongues": TONGUES,
        }
    )

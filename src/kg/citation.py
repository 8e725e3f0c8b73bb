"""Cite an agreement, or a version of the dataset, in BibTeX, RIS and CSL-JSON."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.dcat import LICENCE, TITLE

__all__ = ["FORMATS", "MEDIA", "Citation", "dataset", "facts", "text"]

#: Words for what is known of it, when it is not simply attested.
NOTES = {
    "alleged": "Alleged; no source shows the text or the signature",
    "reported": "Reported in the press; no register or text of it is known here",
}
#: Letters after which BibTeX would read a command.
TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
LETTERS = {ord(char): written for char, written in TEX.items()}


@dataclass(frozen=True)
class Citation:
    """What a citation says, whatever its format; a date is as precise as it is known."""

    key: str
    kind: str
    title: str
    date: str = ""
    parties: tuple[str, ...] = ()
    place: str = ""
    number: str = ""
    series: str = ""
    url: str = ""
    text_url: str = ""
    publisher: str = ""
    version: str = ""
    accessed: str = ""
    note: str = ""


def facts(
    iri: str, page: str, about: Mapping[str, str | int], found: Mapping[str, Sequence[str]]
) -> Citation:
    """Return the citation of an agreement.

    `found` has its values by the last part of their property, things by their names, and the
    addresses of its texts as "page".
    """
    how = next((one.rpartition("/")[2].lower() for one in found.get("evidence", [])), "")
    titles = sorted(found.get("prefLabel", ()) or found.get("title", ()))
    made = "true" in found.get("titleGenerated", [])
    notes = [NOTES[how]] if how in NOTES else []
    notes += ["Title made from the parties, the field and the date; the source gives none"] * made
    notes.append(f"As in Mithaq {version(about)}, {iri}")
    return Citation(
        key=iri.rpartition("/")[2],
        kind="treaty",
        title=titles[0] if titles else iri,
        date=_first(found, "signedOn"),
        parties=tuple(sorted(set(found.get("party", [])))),
        place=_first(found, "place"),
        number=_first(found, "untsNumber"),
        series=_first(found, "treatySeries"),
        url=page,
        text_url=_first(found, "page"),
        accessed=str(about.get("built", "")),
        note=". ".join(notes),
    )


def dataset(root: str, about: Mapping[str, str | int], folder: Path) -> Citation:
    """Return the citation of this version of the dataset; the folder may have CITATION.cff."""
    said = _cff(folder / "CITATION.cff")
    return Citation(
        key=f"mithaq-{about.get('fingerprint', '')}",
        kind="dataset",
        title=said.get("title", TITLE),
        date=said.get("date-released", str(about.get("built", ""))),
        parties=(said.get("name", "Mithaq contributors"),),
        url=root,
        publisher="Mithaq",
        version=version(about),
        accessed=str(about.get("built", "")),
        note=f"Licence: {LICENCE}",
    )


def version(about: Mapping[str, str | int]) -> str:
    """Return the version of a dataset: of the code that made it, and of what is in it."""
    return f"{about.get('version', '')}+{about.get('fingerprint', '')}".strip("+")


def bibtex(cite: Citation) -> str:
    """Return a BibTeX entry: @misc, since BibTeX has no type for treaties, or @dataset."""
    year, _, rest = cite.date.partition("-")
    fields = {
        "title": f"{{{_tex(cite.title)}}}",
        "author": " and ".join(f"{{{_tex(name)}}}" for name in cite.parties),
        "year": year,
        "month": rest[:2],
        "date": cite.date,
        "address": _tex(cite.place),
        "number": _tex(cite.number),
        "series": _tex(cite.series),
        "publisher": _tex(cite.publisher),
        "version": _tex(cite.version),
        "howpublished": "Treaty" if cite.kind == "treaty" else "",
        "url": _url(cite.url),
        "note": _tex(". ".join(filter(None, (_text_at(cite), cite.note)))),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    kind = "misc" if cite.kind == "treaty" else "dataset"
    return f"@{kind}{{{re.sub(r'[^A-Za-z0-9.:-]', '-', cite.key)},\n{lines}}}\n"


def ris(cite: Citation) -> str:
    """Return a RIS record; its tags end where a line ends, so no value has line ends."""
    day = cite.date.replace("-", "/")
    pairs = [
        ("TY", "STAT" if cite.kind == "treaty" else "DATA"),
        ("ID", cite.key),
        ("TI", cite.title),
        *(("AU", name) for name in cite.parties),
        ("PY", cite.date[:4]),
        ("DA", day + "/" * (3 - day.count("/") - 1) + "/" if day else ""),
        ("CY", cite.place),
        ("M1", cite.number),
        ("T2", cite.series),
        ("PB", cite.publisher),
        ("ET", cite.version),
        ("UR", cite.url),
        ("L2", cite.text_url),
        ("Y2", cite.accessed.replace("-", "/")),
        ("N1", cite.note),
    ]
    lines = [f"{tag}  - {_line(value)}" for tag, value in pairs if value]
    return "\r\n".join([*lines, "ER  - ", ""])


def csl(cite: Citation) -> str:
    """Return CSL-JSON: an array with one item (schema 1.0.2)."""
    item: dict[str, object] = {
        "id": cite.key,
        "type": cite.kind,
        "title": _line(cite.title),
        "author": [{"literal": _line(name)} for name in cite.parties],
        "issued": _parts(cite.date),
        "accessed": _parts(cite.accessed),
        "event-place": _line(cite.place),
        "number": _line(cite.number),
        "container-title": _line(cite.series),
        "publisher": cite.publisher,
        "version": cite.version,
        "URL": cite.url,
        "archive_location": cite.text_url,
        "note": _line(cite.note),
    }
    shown = {name: value for name, value in item.items() if value}
    return json.dumps([shown], ensure_ascii=False, indent=1) + "\n"


def text(cite: Citation) -> str:
    """Return a citation as a reader would write it."""
    who = "–".join(cite.parties)
    facts = [
        f"{cite.title} ({who})" if cite.kind == "treaty" and who else f"{who}. {cite.title}",
        cite.version and f"Version {cite.version}",
        f"{'signed ' if cite.kind == 'treaty' else ''}{cite.date}" if cite.date else "",
        cite.place if cite.kind == "treaty" else "",
        ", ".join(filter(None, (cite.series, cite.number))),
    ]
    return ", ".join(filter(None, facts)) + f". {cite.url}"


#: Suffix to what writes it, and to its media type.
FORMATS: dict[str, Callable[[Citation], str]] = {"bib": bibtex, "ris": ris, "csl.json": csl}
MEDIA = {
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "csl.json": "application/vnd.citationstyles.csl+json",
}


def _first(found: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(sorted(found.get(name, []))), "")


def _text_at(cite: Citation) -> str:
    return f"Page cited: {cite.text_url}" if cite.text_url else ""


def _line(value: str) -> str:
    """Return a value on one line, without what steers a terminal or the order of reading."""
    if value.isprintable():  # None of those is.
        return " ".join(value.split())
    spaced = (" " if char.isspace() else char for char in value)
    kept = (c for c in spaced if c in JOINERS or unicodedata.category(c) not in HIDDEN)
    return " ".join("".join(kept).split())


#: Categories of characters that are not seen: controls, formats (bidi overrides among them).
HIDDEN = ("Cc", "Cf", "Cs")
#: Formats that Persian and Urdu are spelt with.
JOINERS = "\u200c\u200d"


def _tex(value: str) -> str:
    return _line(value).translate(LETTERS)


def _url(value: str) -> str:
    return re.sub(r"[\\{}\s]", lambda match: f"%{ord(match[0]):02X}", value)


def _parts(date: str) -> dict[str, object] | None:
    if not re.fullmatch(r"\d{4}(-\d\d){0,2}", date):
        return None
    return {"date-parts": [[int(part) for part in date.split("-")]]}


def _cff(path: Path) -> dict[str, str]:
    """Return the plain values of a CITATION.cff; none when there is no such file."""
    try:
        lines = path.read_text("utf-8")
    except OSError:
        return {}
    found = re.findall(r'^[\s-]*([\w-]+):\s*"?(.+?)"?\s*$', lines, re.MULTILINE)
    return dict(found)

"""An agreement: each value with who says so, its life, its identity."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from babel.units import format_unit

from kg.vocab import local
from kg.web.dossier import Dossier, dossier
from kg.web.dossier import value as _value
from kg.web.frame import Frame
from kg.web.language import interface
from kg.web.lives import absent
from kg.web.names import Ref, Source, clean, name, ref, sources
from kg.web.pages.absences import Absence, absences
from kg.web.pages.facts import living
from kg.web.pages.life import Promised, Step, commitments, life, spells
from kg.web.pages.matches import Identity, Related, identities, judged, relations
from kg.web.pages.values import Line, Mark, When, chips, mark, title, when
from kg.web.site import Cell
from kg.web.terms import page_of
from kg.web.words import N_

__all__ = ["Merged", "Page", "Property", "Said", "Value", "view"]

#: The properties of the table, in its order, with what the page calls them.
PROPERTIES = {
    "title": N_("Title"),
    "party": N_("Parties"),
    "signedOn": N_("Signed"),
    "inEffectFrom": N_("In effect from"),
    "inForceFrom": N_("In force from"),
    "inForceUntil": N_("In force until"),
    "lastAttestedInForce": N_("Last attested in force"),
    "notInForceOn": N_("Attested not in force"),
    "term": N_("Term"),
    "renewal": N_("Renewal"),
    "instrument": N_("Instrument"),
    "bindingness": N_("Binding force"),
    "domain": N_("Fields"),
    "place": N_("Place of signature"),
    "evidence": N_("Evidence"),
}
#: Properties that are told "not known" when nobody says anything.
ASKED = ("signedOn", "inForceFrom", "inForceUntil", "instrument", "bindingness")
IDENTIFIERS = {
    "untsNumber": "UNTS",
    "treatySeries": "Treaty series",
    "atopId": "ATOP",
    "cowAllianceId": "COW alliance",
    "dcadId": "DCAD",
    "wtiId": "World Treaty Index",
    "destaId": "DESTA",
    "unctadId": "UNCTAD",
    "ieadbId": "IEADB",
    "tfddId": "TFDD",
    "blaId": "BLA",
    "ncaId": "NCA",
    "fcdoId": "UK FCDO",
}


@dataclass(frozen=True)
class Merged:
    """An agreement that was merged into another."""

    into: str


@dataclass(frozen=True)
class Said:
    """Who says a value, and in which record."""

    source: Source
    record: str | None


@dataclass(frozen=True)
class Value:
    """One value, whether the answer view has it, and who says it."""

    ref: Ref
    when: When | None
    chosen: bool
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Property:
    """One row of the table."""

    key: str
    label: str
    values: tuple[Value, ...]
    disputed: bool


@dataclass(frozen=True)
class Record:
    """What the page says of a record itself."""

    source: Source
    href: str | None
    locator: str
    retrieved: When
    confidence: Ref
    evidence: str
    pages: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Page:
    """What the page of an agreement shows."""

    iri: str
    key: str
    title: Ref
    generated: bool
    others: tuple[Ref, ...]
    line: Line
    status: Mark
    parties: tuple[Ref, ...]
    #: The parties that did not exist on the day, where its status is due to that.
    absent: tuple[Absence, ...]
    pair: str | None
    properties: tuple[Property, ...]
    steps: tuple[Step, ...]
    promised: tuple[Promised, ...]
    identities: tuple[Identity, ...]
    relations: tuple[Related, ...]
    identifiers: tuple[tuple[str, str], ...]
    records: tuple[Record, ...]


def view(iri: str, frame: Frame) -> Page | Merged | None:
    """Return the page of an agreement on a day, where it went to, or None."""
    known = dossier(iri)
    own = known.own
    if "isReplacedBy" in own:
        return Merged(page_of(own["isReplacedBy"][0]["value"]) or "/")
    if "prefLabel" not in own and "signedOn" not in own and "party" not in own:
        return None
    records = dict(sorted(known.records.items(), key=_tier))
    status = _status(known, frame)
    said_by = chips(records_source(cells) for cells in records.values())
    parties = tuple(cell["value"] for cell in own.get("party", ()))
    several = any(local(cell["value"]) == "PlurilateralAgreement" for cell in own.get("type", ()))
    gone = frozenset() if several or frame.succession else absent(frame.day)
    status = living(status, parties, gone, frame.day)
    label = title(_first(own, "prefLabel"), iri)
    line = Line(
        iri,
        label,
        when(_value(own, "signedOn")),
        status,
        local(_value(own, "evidence")) or "attested",
        local(_value(own, "bindingness")) or "unknown",
        said_by,
        parties,
        several,
    )
    return Page(
        iri=iri,
        key=local(iri),
        title=label,
        generated=_value(own, "titleGenerated") == "true",
        others=_others(own, label),
        line=line,
        status=status,
        parties=tuple(ref(party) for party in parties),
        absent=absences(parties, gone, frame.day) if status.answer == "gone" else (),
        pair=_pair(parties),
        properties=tuple(_properties(own, records)),
        steps=life(known, frame.day),
        promised=commitments(known, frame.day),
        identities=identities(iri) if iri in judged() else (),
        relations=relations(iri) if iri in judged() else (),
        identifiers=tuple(
            (label, cell["value"])
            for key, label in IDENTIFIERS.items()
            for cell in own.get(key, ())
        ),
        records=tuple(_record(record, cells) for record, cells in records.items()),
    )


def records_source(cells: Mapping[str, list[Cell]]) -> str:
    """Return the IRI of the source of a record."""
    return _value(cells, "source")


def _tier(item: tuple[str, Mapping[str, list[Cell]]]) -> tuple[int, str]:
    order = {"official": 0, "scholarly": 1, "news": 2}
    known = sources().get(records_source(item[1]))
    return (order.get(known.tier, 3) if known else 3, item[0])


def _status(known: Dossier, frame: Frame) -> Mark:
    then = frame.day.isoformat()
    spell = next((one for one in spells(known) if one.since <= then < one.until), None)
    if spell:
        return mark(spell.status, spell.rule)
    return mark("not-yet-signed" if _value(known.own, "signedOn") > then else "")


def _properties(
    own: Mapping[str, list[Cell]], records: Mapping[str, Mapping[str, list[Cell]]]
) -> list[Property]:
    """Return the rows of the table, those that nobody speaks of left out."""
    disputed = {local(cell["value"]) for cell in own.get("disputed", ())}
    found = []
    for key, label in PROPERTIES.items():
        values = _values(key, own, records)
        if values or key in ASKED:
            found.append(Property(key, label, tuple(values), key in disputed))
    return found


def _values(
    key: str, own: Mapping[str, list[Cell]], records: Mapping[str, Mapping[str, list[Cell]]]
) -> list[Value]:
    """Return each value once with who says it, the chosen first."""
    chosen = [cell["value"] for cell in own.get("prefLabel" if key == "title" else key, ())]
    said: defaultdict[str, list[Said]] = defaultdict(list)
    cells: dict[str, Cell] = {}
    for record, its in records.items():
        iri = records_source(its)
        source = sources().get(iri) or Source(iri, local(iri), "")
        made = key == "title" and _value(its, "titleGenerated") == "true"
        for cell in its.get(key, ()) if not made else ():
            cells.setdefault(cell["value"], cell)
            said[cell["value"]].append(Said(source, page_of(record)))
    for cell in own.get("prefLabel" if key == "title" else key, ()):
        cells.setdefault(cell["value"], cell)
    order = sorted(cells, key=lambda value: (value not in chosen, len(said[value]) * -1, value))
    return [
        _shown(cells[value], value in chosen, tuple(said[value]))
        for value in order
        if not value.endswith("/unknown")
    ]


def _shown(cell: Cell, chosen: bool, said: tuple[Said, ...]) -> Value:
    value = cell["value"]
    if cell["type"] == "uri":
        return Value(ref(value), None, chosen, said)
    kind = local(cell.get("datatype", ""))
    if kind in ("date", "gYear", "gYearMonth"):
        found = when(value)
        return Value(Ref(found.text), found, chosen, said)
    if kind == "duration":
        return Value(Ref(_term(value)), None, chosen, said)
    return Value(Ref(clean(value), None, cell.get("xml:lang", "")), None, chosen, said)


def _term(value: str) -> str:
    """Return a length of time for a reader; one of another form as it is."""
    found = re.fullmatch(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?", value)
    if not found:
        return clean(value)
    parts = [
        format_unit(int(number), f"duration-{unit}", locale=interface())
        for number, unit in zip(found.groups(), ("year", "month", "day"), strict=True)
        if number
    ]
    return ", ".join(parts)


def _record(record: str, cells: Mapping[str, list[Cell]]) -> Record:
    iri = records_source(cells)
    return Record(
        sources().get(iri) or Source(iri, local(iri), ""),
        page_of(record),
        clean(_value(cells, "locator")),
        when(_value(cells, "retrievedOn")),
        name(_value(cells, "confidence")) if "confidence" in cells else Ref(""),
        local(_value(cells, "evidence")) or "attested",
        tuple(cell["value"] for cell in cells.get("page", ()) if _web(cell["value"])),
        clean(_value(cells, "description")),
    )


def _web(address: str) -> bool:
    return address.startswith(("http://", "https://"))


def _others(own: Mapping[str, list[Cell]], label: Ref) -> tuple[Ref, ...]:
    cells = [*own.get("altLabel", ()), *own.get("prefLabel", ())]
    found = {clean(cell["value"]): cell.get("xml:lang", "") for cell in cells}
    return tuple(Ref(text, None, lang) for text, lang in found.items() if text != label.text)


def _pair(parties: tuple[str, ...]) -> str | None:
    states = sorted(local(party) for party in parties if "/state/" in party)
    return f"/between/{'/'.join(states)}" if len(parties) == 2 == len(states) else None


def _first(cells: Mapping[str, list[Cell]], key: str) -> Cell | None:
    found = cells.get(key, [])
    return next(
        (cell for cell in found if cell.get("xml:lang") == "en"), found[0] if found else None
    )

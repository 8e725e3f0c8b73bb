"""What the columns of the dyad-year panel mean, and the codebook that says so (W3C CSVW)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["COLUMNS", "DCA", "PLEDGES", "SOURCES", "Column", "codebook"]

#: Column of a promise to its commitment kind.
PLEDGES = {
    "defence": "defence",
    "offence": "offence",
    "neutrality": "neutrality",
    "nonaggression": "non-aggression",
    "consultation": "consultation",
}
#: Last part of a DCA column to the field of cooperation that DCAD's category stands for.
DCA = {
    "defence": "defence",
    "industry": "defence-industry",
    "arms": "arms-transfer",
    "training": "military-training",
    "research": "defence-rd",
    "commission": "defence-policy-dialogue",
}
#: A source with a coverage flag to the columns that it codes, with 0 where it has none.
SOURCES = {
    "atop": frozenset({*PLEDGES, "alliances"}),
    "cow": frozenset({*PLEDGES, "alliances"} - {"offence"}),
    "dcad": frozenset({"dca"}),
}
FLAG = {"base": "integer", "minimum": 0, "maximum": 1}
COUNT = {"base": "integer", "minimum": 0}
NOT_COVERED = "Blank: no source that codes it covers the year; 0 is never put for not covered."


@dataclass(frozen=True)
class Column:
    """A column: its name, heading, meaning, CSVW datatype, and where its values come from."""

    name: str
    title: str
    description: str
    datatype: object = "string"
    source: str = "Mithaq"
    required: bool = False


def _actors() -> Iterator[Column]:
    said = (
        ("ccode", "COW code", "Correlates of War code of that year. Blank: has none.", "integer"),
        (
            "gwcode",
            "Gleditsch–Ward code",
            "Gleditsch–Ward code of the state of that year. Blank: the graph has none.",
            "integer",
        ),
        (
            "iso3_",
            "ISO 3166 code",
            "ISO 3166-1 alpha-3, or the withdrawn ISO 3166-3 code. Blank: never had one.",
            "string",
        ),
        (
            "state",
            "state",
            "Last part of the state's IRI, …/id/state/KEY: of the states that share a COW code,"
            " the one that existed on 1 July of the year.",
            "string",
        ),
        ("name", "name", "English name of the state.", "string"),
    )
    for name, title, meaning, datatype in said:
        for side, who in ((1, "obligor"), (2, "obligee")):
            about = f"{meaning} Side {side}: the {who} in a directed panel."
            required = name in ("state", "name")
            yield Column(f"{name}{side}", f"{title} {side}", about, datatype, required=required)


def _pledges() -> Iterator[Column]:
    for name, kind in PLEDGES.items():
        yield Column(
            name,
            f"{kind} pledge",
            f"1: on some day of the year a promise of {kind} of side 1 to side 2 holds"
            f" (undirected: of either to the other). 0: none, in a covered year. {NOT_COVERED}",
            FLAG,
            "ATOP v5.1" if name == "offence" else "ATOP v5.1; COW alliances v4.1",
        )
    yield Column(
        "alliances",
        "number of alliances",
        "Alliances of which both are members on more than one common day, and on some day of"
        f" the year. {NOT_COVERED}",
        COUNT,
        "ATOP v5.1; COW alliances v4.1",
    )


def _cooperation() -> Iterator[Column]:
    said = {
        "dca_signed": "signed in the year",
        "dca_in_force": "known to be in force on some day of the year; many dates of force are"
        " not known, so it is a lower bound",
    }
    for name, when in said.items():
        about = f"Bilateral defence cooperation agreements {when}, in any field. {NOT_COVERED}"
        yield Column(name, name.replace("_", " ").replace("dca", "DCA"), about, COUNT, "DCAD v1.0")
        for part, domain in DCA.items():
            yield Column(
                f"{name}_{part}",
                f"{name.replace('_', ' ').replace('dca', 'DCA')}: {domain}",
                f"Bilateral agreements in the field {domain} {when}. {NOT_COVERED}",
                COUNT,
                "DCAD v1.0",
            )


def _covered() -> Iterator[Column]:
    for source in SOURCES:
        yield Column(
            f"{source}_covered",
            f"{source.upper()} covers the year",
            f"1: the year lies in the coverage that the graph states for {source.upper()}."
            " 0: it does not.",
            FLAG,
            required=True,
        )


#: The columns of the panel, in order.
COLUMNS = (
    Column("year", "year", "Calendar year.", "gYear", required=True),
    *_actors(),
    *_pledges(),
    *_cooperation(),
    *_covered(),
)


def codebook(url: str, provenance: str) -> str:
    """Return the codebook of a panel at `url` as CSVW metadata in JSON.

    `provenance` says from what and how the panel was made. See W3C, Metadata Vocabulary for
    Tabular Data, 2015.
    """
    table = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": url,
        "dc:title": "Dyad-years of the states of the Organisation of Islamic Cooperation",
        "dc:description": "One row a pair of states and year in which they share an alliance or"
        " a defence cooperation agreement; one of them is, or was succeeded by, an OIC state.",
        "dc:provenance": provenance,
        "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\n"]},
        "tableSchema": {
            "columns": [_column(column) for column in COLUMNS],
            "primaryKey": ["year", "ccode1", "state1", "ccode2", "state2"],
        },
    }
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


def _column(column: Column) -> dict[str, object]:
    return {
        "name": column.name,
        "titles": column.title,
        "datatype": column.datatype,
        "dc:description": column.description,
        "dc:source": column.source,
        "null": "",
        "required": column.required,
    }

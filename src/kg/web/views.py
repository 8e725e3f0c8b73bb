"""Choose how an answer is shown beside its table: as a chart, a map or a network.

`#+ view:` in the header of a saved query decides; else the columns do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.vocab import BASE, XSD, local
from kg.web.results import heading
from kg.web.ring import Ring, ring
from kg.web.site import Row
from kg.web.terms import View

__all__ = ["Bar", "Picture", "picture"]

VIEWS = ("table", "chart", "map", "network")
STATE = f"{BASE}id/state/"
NUMBERS = {XSD + name for name in ("integer", "decimal", "double", "int", "long")}
#: Bars of one chart, series of one answer, and columns that are bars on end.
BARS, SERIES, COLUMNS = 40, 3, 200
WIDTH, HEIGHT = 900.0, 240.0


@dataclass(frozen=True)
class Bar:
    """A bar: what it is of, how much, in hundredths of the longest, and its place on end."""

    label: View
    value: float
    text: str
    share: float
    x: float = 0.0
    width: float = 0.0


@dataclass(frozen=True)
class Series:
    """A column of numbers as bars."""

    name: str
    bars: tuple[Bar, ...]
    upright: bool
    ticks: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Picture:
    """What is shown; `offered` are the views that this answer can have."""

    view: str
    offered: tuple[str, ...] = ("table",)
    series: tuple[Series, ...] = ()
    left_out: int = 0
    numbers: dict[str, float] = field(default_factory=dict)
    ring: Ring | None = None


def picture(
    wish: str, names: Sequence[str], rows: Sequence[Row], cells: Sequence[Sequence[View | None]]
) -> Picture:
    """Return how to show rows: as wished where they fit it, else as their columns suggest."""
    states = [name for name in names if _all(rows, name, _state)]
    numbers = [name for name in names if _all(rows, name, _number)]
    measures = [name for name in numbers if name != names[0]]
    can = {
        "network": len(states) > 1,
        "map": len(states) == 1 and bool(measures) and _unique(rows, states[0]),
        "chart": bool(measures) and len(rows) > 1 and _unique(rows, names[0]),
    }
    offered = tuple(view for view in VIEWS if can.get(view, True))
    view = wish if wish in offered else next((one for one in can if can[one]), "table")
    if view == "network":
        return Picture(view, offered, ring=ring(_network(states, numbers, rows, names, cells)))
    if view == "map":
        found = {row[states[0]]["value"]: float(row[measures[0]]["value"]) for row in rows}
        return Picture(view, offered, numbers=found)
    if view == "chart":
        return _chart(offered, names, measures, rows, cells)
    return Picture(view, offered)


def _chart(
    offered: tuple[str, ...],
    names: Sequence[str],
    measures: list[str],
    rows: Sequence[Row],
    cells: Sequence[Sequence[View | None]],
) -> Picture:
    upright = len(rows) > BARS and _all(rows, names[0], _number)
    most = COLUMNS if upright else BARS
    series = tuple(_series(name, names, rows[:most], cells, upright) for name in measures[:SERIES])
    return Picture("chart", offered, series=series, left_out=max(0, len(rows) - most))


def _series(
    name: str,
    names: Sequence[str],
    rows: Sequence[Row],
    cells: Sequence[Sequence[View | None]],
    upright: bool,
) -> Series:
    values = [float(row[name]["value"]) if name in row else 0.0 for row in rows]
    top = max(max(values, default=0.0), 1e-9)
    step = WIDTH / max(len(rows), 1)
    first = 1 if names[0] not in ("label",) and _labelled(names) else 0
    bars = tuple(
        Bar(
            label=cells[at][first] or cells[at][0] or View("–"),
            value=value,
            text=f"{value:,.0f}" if value == int(value) else f"{value:,.2f}",
            share=round(100 * max(value, 0.0) / top, 2),
            x=round(step * at, 2),
            width=round(max(step - 1, 0.5), 2),
        )
        for at, value in enumerate(values)
    )
    every = max(1, len(rows) // 8)
    ticks = tuple(
        (round(step * (at + 0.5), 1), bars[at].label.text) for at in range(0, len(rows), every)
    )
    return Series(heading(name), bars, upright, ticks if upright else ())


def _labelled(names: Sequence[str]) -> bool:
    """Say whether the second column names what is in the first."""
    return len(names) > 2 and names[1].lower().endswith(("name", "label"))


def _network(
    states: list[str],
    numbers: list[str],
    rows: Sequence[Row],
    names: Sequence[str],
    cells: Sequence[Sequence[View | None]],
) -> dict[str, Any]:
    one, other = states[:2]
    at = {name: place for place, name in enumerate(names)}
    nodes: dict[str, dict[str, Any]] = {}
    links: dict[tuple[str, str], dict[str, Any]] = {}
    for row, shown in zip(rows, cells, strict=False):
        for name in (one, other):
            iri = row[name]["value"]
            view = shown[at[name]]
            label = view.text if view else local(iri)
            node = nodes.setdefault(iri, {"id": iri, "name": label, "member": True, "ours": True})
            node["page"] = f"/page/{iri.removeprefix(BASE + 'id/')}"
            node["agreements"] = node.get("agreements", 0) + 1
        weight = int(float(row[numbers[-1]]["value"])) if numbers and numbers[-1] in row else 1
        pair = (row[one]["value"], row[other]["value"])
        link = links.setdefault(pair, {"source": pair[0], "target": pair[1], "known": 0})
        link |= {"known": link["known"] + weight, "unknown": 0, "strength": "framework"}
    ordered = sorted(nodes.values(), key=lambda node: str(node["name"]))
    return {"nodes": ordered, "links": list(links.values())}


def _all(rows: Sequence[Row], name: str, test: Any) -> bool:
    return bool(rows) and all(name in row and test(row[name]) for row in rows)


def _state(cell: Any) -> bool:
    return cell["type"] == "uri" and str(cell["value"]).startswith(STATE)


def _number(cell: Any) -> bool:
    return cell.get("datatype") in NUMBERS


def _unique(rows: Sequence[Row], name: str) -> bool:
    values = [row[name]["value"] for row in rows if name in row]
    return len(values) == len(set(values)) == len(rows)

"""A map of the members, shaded by how many agreements of a field may bind them on a day.

In force, or not known whether in force: few sources tell of a day after their own end.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from kg.vocab import local
from kg.web.derived import derived
from kg.web.find import index
from kg.web.language import wanted
from kg.web.ledger import Ledger
from kg.web.terms import page_of

__all__ = ["Country", "WorldMap", "world_map"]

WORLD = Path(__file__).parent.parent / "static/vendor/natural-earth/world.json"
#: The least number of agreements of each shade, from the lightest.
SHADES = (0, 1, 10, 30, 60)


@dataclass(frozen=True)
class Country:
    """A member on the map: a shape, a point where it is small, or neither."""

    key: str
    iri: str
    name: str
    page: str
    known: int
    unknown: int
    shade: int
    path: str
    point: tuple[int, int] | None


@dataclass(frozen=True)
class WorldMap:
    """The members by name, and the rest of the land."""

    width: int
    height: int
    land: str
    members: tuple[Country, ...]
    shades: tuple[int, ...] = SHADES


def world_map(on: str, domain: str = "defence") -> WorldMap:
    """Return the map of a day."""
    ledger = cast(Ledger, derived("ledger"))
    names, world = index().by_iri, _world()
    shapes = {ledger.codes.get(one["id"], ""): one for one in world["countries"]}
    members = []
    for iri, (known, unknown) in ledger.counts(on, domain).items():
        shape = shapes.get(iri, {})
        members.append(
            Country(
                key=local(iri),
                iri=iri,
                name=names[iri].label(wanted()) if iri in names else local(iri),
                page=page_of(iri) or iri,
                known=known,
                unknown=unknown,
                shade=max(at for at, least in enumerate(SHADES) if known + unknown >= least),
                path=shape.get("path", ""),
                point=(shape["x"], shape["y"]) if "x" in shape else None,
            )
        )
    drawn = {ledger.codes.get(one["id"], "") for one in world["countries"]} & ledger.ours(on)
    land = "".join(
        one["path"] for one in world["countries"] if ledger.codes.get(one["id"], "") not in drawn
    )
    ordered = tuple(sorted(members, key=lambda one: one.name))
    return WorldMap(int(world["width"]), world["height"], land, ordered)


@cache
def _world() -> dict[str, Any]:
    return dict(json.loads(WORLD.read_text("utf-8")))

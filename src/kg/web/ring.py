"""Place a network on a ring, for a picture that needs no script: members above, partners below."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

__all__ = ["Lines", "Ring", "ring"]

#: Partners outside the organisation that the picture has; the table has them all.
PARTNERS = 36
RADIUS, SIZE = 330.0, 1000.0
#: Degrees between the members and the partners.
GAP = 10.0


@dataclass(frozen=True)
class Dot:
    """A party: its place, and its name turned outwards."""

    node: dict[str, Any]
    x: float
    y: float
    radius: float
    turn: float
    anchor: str
    label_x: float


@dataclass(frozen=True)
class Lines:
    """All links that look alike, each bent towards the middle, as one path."""

    strength: str
    known: bool
    width: float
    path: str


@dataclass(frozen=True)
class Ring:
    """The picture."""

    size: float
    dots: tuple[Dot, ...]
    lines: tuple[Lines, ...]
    left_out: int


def ring(found: dict[str, Any]) -> Ring:
    """Return the picture of a network as `kg.web.network` gives it."""
    members = [node for node in found["nodes"] if node["ours"]]
    others = [node for node in found["nodes"] if not node["ours"]]
    partners = sorted(others, key=lambda node: (-node["agreements"], node["name"]))[:PARTNERS]
    partners.sort(key=lambda node: str(node["name"]), reverse=True)
    share = (360 - 2 * GAP) * _share(len(members), len(partners))
    angles = _spread(members, -90 - share / 2, share)
    angles += _spread(partners, 90 - (340 - share) / 2, 340 - share)
    dots = {node["id"]: _dot(node, angle) for node, angle in angles}
    return Ring(SIZE, tuple(dots.values()), _lines(found, dots), len(others) - len(partners))


def _share(members: int, partners: int) -> float:
    return members / (members + partners) if members + partners else 1.0


def _spread(nodes: list[Any], start: float, share: float) -> list[tuple[Any, float]]:
    step = share / max(len(nodes), 1)
    return [(node, start + step * (at + 0.5)) for at, node in enumerate(nodes)]


def _dot(node: dict[str, Any], angle: float) -> Dot:
    turn = math.radians(angle)
    left = math.cos(turn) < 0
    radius = 3 + min(8.0, math.sqrt(node["agreements"]) * 0.9)
    return Dot(
        node=node,
        x=round(SIZE / 2 + RADIUS * math.cos(turn), 1),
        y=round(SIZE / 2 + RADIUS * math.sin(turn), 1),
        radius=round(radius, 1),
        turn=round(angle + 180 if left else angle, 1),
        anchor="end" if left else "start",
        label_x=-16 if left else 16,
    )


def _lines(found: dict[str, Any], dots: dict[str, Dot]) -> tuple[Lines, ...]:
    """Return the links between the dots, the widest and the best known on top."""
    alike: defaultdict[tuple[bool, float, str], list[str]] = defaultdict(list)
    for link in found["links"]:
        one, other = dots.get(link["source"]), dots.get(link["target"])
        if one and other:
            count = link["known"] + link["unknown"]
            width = round(2 * (0.7 + min(4.0, math.sqrt(count) * 0.6))) / 2
            alike[link["known"] > 0, width, link["strength"]].append(_bent(one, other))
    return tuple(
        Lines(strength, known, width, "".join(paths))
        for (known, width, strength), paths in sorted(alike.items())
    )


def _bent(one: Dot, other: Dot) -> str:
    middle = SIZE / 2
    cx = round(middle + (one.x + other.x - 2 * middle) * 0.16, 1)
    cy = round(middle + (one.y + other.y - 2 * middle) * 0.16, 1)
    return f"M{one.x} {one.y}Q{cx} {cy} {other.x} {other.y}"

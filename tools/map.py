"""Make the world of the maps from Natural Earth: `python tools/map.py FOLDER`.

FOLDER is the unpacked npm package world-atlas 2.0.2 (ISC), which has Natural Earth's countries
(public domain) as TopoJSON. The result, `src/kg/static/vendor/natural-earth/world.json`, has for
each country its M49 code, its name and a path in Equal Earth projection; for a country too small
to see, a point from the finer map instead. It is made once and kept, not at each build.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent / "src/kg/static/vendor/natural-earth/world.json"
WIDTH = 1600.0
#: Countries left out: Antarctica.
OUT = {"010"}
#: Square units of the picture below which a country gets a point.
SMALL = 30.0
SOUTH, NORTH = -40.0, 72.0

Ring = list[tuple[float, float]]


def main(folder: Path) -> None:
    """Write the map."""
    coarse = countries(folder / "countries-110m.json")
    fine = countries(folder / "countries-50m.json")
    left, top = project(-180, 0)[0], project(0, NORTH)[1]
    scale = WIDTH / (project(180, 0)[0] - left)
    height = (top - project(0, SOUTH)[1]) * scale

    def place(ring: Ring) -> Ring:
        return [((x - left) * scale, (top - y) * scale) for x, y in (project(*p) for p in ring)]

    shapes = []
    for code, (name, rings) in sorted(fine.items()):
        placed = [place(ring) for ring in rings]
        drawn = [place(ring) for ring in coarse.get(code, ("", []))[1]]
        size = sum(abs(area(ring)) for ring in placed)
        shape: dict[str, object] = {"id": code, "name": name, "path": path(drawn)}
        if size < SMALL or not drawn:
            x, y = centre(max(placed, key=lambda ring: abs(area(ring))))
            shape |= {"x": round(x), "y": round(y)}
        shapes.append(shape)
    world = {"width": WIDTH, "height": round(height), "countries": shapes}
    HOME.parent.mkdir(parents=True, exist_ok=True)
    HOME.write_text(json.dumps(world, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


def countries(file: Path) -> dict[str, tuple[str, list[Ring]]]:
    """Return name and rings of each country by its code; those without one share their name."""
    world = json.loads(file.read_text("utf-8"))
    (sx, sy), (tx, ty) = world["transform"]["scale"], world["transform"]["translate"]
    arcs: list[Ring] = []
    for arc in world["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    found: dict[str, tuple[str, list[Ring]]] = {}
    for one in world["objects"]["countries"]["geometries"]:
        name = one["properties"]["name"]
        code = one.get("id") or name
        if code in OUT:
            continue
        polygons = one["arcs"] if one["type"] == "MultiPolygon" else [one["arcs"]]
        whole = (ring(parts, arcs) for polygon in polygons for parts in polygon)
        rings = [half for one in whole for half in halves(one)]
        found[code] = (name, [*found.get(code, (name, []))[1], *rings])
    return found


def ring(parts: list[int], arcs: list[Ring]) -> Ring:
    """Return the points of a ring; a part below nought is an arc backwards."""
    found: Ring = []
    for part in parts:
        points = arcs[part] if part >= 0 else arcs[~part][::-1]
        found += points[1:] if found else points
    return found


def halves(ring: Ring) -> Iterator[Ring]:
    """Yield a ring that crosses the 180th meridian as a part on each side of it."""
    turned: Ring = []
    for longitude, latitude in ring:
        last = turned[-1][0] if turned else longitude
        turned.append((longitude + 360 * round((last - longitude) / 360), latitude))
    for turn in (-360, 0, 360):
        part = [(min(180.0, max(-180.0, x + turn)), y) for x, y in turned]
        if any(abs(x) < 180 for x, _ in part):
            yield part


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """Return the place of a point in the Equal Earth projection (Šavrič and others 2018)."""
    a = (1.340264, -0.081106, 0.000893, 0.003796)
    t = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    t2, t6 = t * t, t**6
    slope = a[0] + 3 * a[1] * t2 + t6 * (7 * a[2] + 9 * a[3] * t2)
    x = math.radians(longitude) * math.cos(t) * 2 * math.sqrt(3) / (3 * slope)
    return x, t * (a[0] + a[1] * t2 + t6 * (a[2] + a[3] * t2))


def area(ring: Ring) -> float:
    """Return the area of a ring, below nought where it runs the other way."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def centre(ring: Ring) -> tuple[float, float]:
    """Return the middle of a ring's points."""
    return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)


def path(rings: list[Ring]) -> str:
    """Return the SVG path of rings, in whole steps, without those that vanish."""
    return "".join(part for one in rings for part in steps(one))


def steps(ring: Ring) -> Iterator[str]:
    points = list(dict.fromkeys((round(x), round(y)) for x, y in ring))
    if len(points) < 3:
        return
    (x, y), *rest = points
    yield f"M{x} {y}"
    line = []
    for px, py in rest:
        line.append(f"{px - x} {py - y}".replace(" -", "-"))
        x, y = px, py
    yield "l" + " ".join(line) + "z"


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""A strip of years with a dot for each agreement, as numbers that an SVG can take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from kg.web.pages.values import Line

__all__ = ["Dot", "Strip", "strip"]

#: Of the drawing: its width, the margin at each end, the distance of dots one above another.
WIDTH, MARGIN, STEP = 960, 20, 11
#: Dots above one another; more are drawn on the highest.
HIGHEST = 14


@dataclass(frozen=True)
class Dot:
    """An agreement in the drawing."""

    x: float
    y: float
    line: Line


@dataclass(frozen=True)
class Strip:
    """The dots, and the years written under them."""

    dots: tuple[Dot, ...]
    ticks: tuple[tuple[float, int], ...]
    height: int
    base: int
    width: int = WIDTH


def strip(lines: Iterable[Line]) -> Strip | None:
    """Return the drawing of dated agreements; None when there are fewer than two."""
    dated = [line for line in lines if line.signed and line.signed.machine[:4].isdigit()]
    if len(dated) < 2:
        return None
    years = [int(line.signed.machine[:4]) for line in dated]
    first, last = min(years) // 10 * 10, -(-(max(years) + 1) // 10) * 10
    scale = (WIDTH - 2 * MARGIN) / (last - first)
    most = min(HIGHEST, max(Counter(years).values()))
    base = most * STEP + 8
    seen: Counter[int] = Counter()
    dots = []
    for year, line in zip(years, dated, strict=True):
        level = min(seen[year], HIGHEST - 1)
        seen[year] += 1
        x = round(MARGIN + (year - first + 0.5) * scale, 1)
        dots.append(Dot(x, base - 7 - level * STEP, line))
    every = 10 if last - first <= 120 else 50
    ticks = range(first, last + 1, every)
    marks = tuple((round(MARGIN + (tick - first) * scale, 1), tick) for tick in ticks)
    return Strip(tuple(dots), marks, base + 24, base)

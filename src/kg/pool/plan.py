"""What the holder of a graph is to hold and to start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Plan", "Service", "Writing"]


@dataclass(frozen=True, kw_only=True)
class Service:
    """What the answers of fast workers depend on beside the graph."""

    version: str
    fingerprint: str
    #: Rows and bytes after which an answer is cut.
    rows: int
    size: int
    access_log: str = ""


@dataclass(frozen=True, kw_only=True)
class Writing:
    """A folder that is written to."""

    folder: Path
    #: A repository whose shapes every write must keep; None for no shapes.
    shapes: Path | None = None
    #: Files that a new folder begins with; None for the built graph.
    data: tuple[Path, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A graph, and how many workers of each kind; `memory` is in bytes for each.

    The graph is that of a build, or that of a folder which is written to.
    """

    build: Path
    slow: int
    memory: int
    fast: int = 0
    service: Service | None = None
    writing: Writing | None = None

    @property
    def slots(self) -> int:
        """Return how many slots its fast workers need: twice as many where they are renewed."""
        return self.fast if self.writing is None else 2 * self.fast

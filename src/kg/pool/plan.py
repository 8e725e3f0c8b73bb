"""What the holder of a graph is to hold and to start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Plan", "Service"]


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
class Plan:
    """A built graph, and how many workers of each kind; `memory` is in bytes for each."""

    build: Path
    slow: int
    memory: int
    fast: int = 0
    service: Service | None = None

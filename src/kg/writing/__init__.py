"""Write to a store: each change tried, held against the shapes, on disk before it is told."""

from __future__ import annotations

from kg.writing.changes import (
    ALL,
    DEFAULT,
    Body,
    Change,
    Committed,
    Drop,
    Expect,
    Load,
    Update,
)
from kg.writing.writer import Pending, Writer

__all__ = [
    "ALL",
    "DEFAULT",
    "Body",
    "Change",
    "Committed",
    "Drop",
    "Expect",
    "Load",
    "Pending",
    "Update",
    "Writer",
]

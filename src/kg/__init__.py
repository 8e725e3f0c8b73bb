"""Mithaq: read, check, build, serve and write the graph of agreements."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"

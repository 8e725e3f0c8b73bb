"""Serve the graph over HTTP: `serve(settings)` until interrupted."""

from __future__ import annotations

from kg.serving.server import serve

__all__ = ["serve"]

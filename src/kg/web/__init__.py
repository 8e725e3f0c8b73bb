"""Serve the graph over HTTP: `create_app` for a server of yours, `serve` for ours."""

from __future__ import annotations

from kg.web.app import create_app, serve

__all__ = ["create_app", "serve"]

"""The Flask application: endpoint, saved queries, linked data, pages."""

from __future__ import annotations

from kg.web.app import create_app

__all__ = ["create_app"]

"""Pages about one thing each: a state, two states, an agreement, an organisation …"""

from __future__ import annotations

from kg.web.pages.blueprint import blueprint

__all__ = ["blueprint"]

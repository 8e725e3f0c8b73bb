"""Write everything that the server shows as files for any web host."""

from __future__ import annotations

from kg.web.frozen.check import dead
from kg.web.frozen.export import FORMS, Made, export

__all__ = ["FORMS", "Made", "dead", "export"]

"""Write everything that the server shows as files for any web host."""

from __future__ import annotations

from kg.web.frozen.export import Made, export

__all__ = ["Made", "export"]

"""Write the dyad-year panel: what two states promised each other, year by year."""

from __future__ import annotations

from kg.panel.columns import COLUMNS, codebook
from kg.panel.rows import CHOICES, rows
from kg.panel.write import FORMATS, put

__all__ = ["CHOICES", "COLUMNS", "FORMATS", "codebook", "put", "rows"]

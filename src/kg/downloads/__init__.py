"""Write tables and networks as files that people open in other programs."""

from __future__ import annotations

from kg.downloads.network import NETWORKS, Edge, Network, as_network
from kg.downloads.tables import MEDIA, TABLES, Column, Table, Value, as_table

__all__ = [
    "MEDIA",
    "NETWORKS",
    "TABLES",
    "Column",
    "Edge",
    "Network",
    "Table",
    "Value",
    "as_network",
    "as_table",
]

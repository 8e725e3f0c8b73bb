"""Registration numbers of the United Nations are written in one form."""

from __future__ import annotations

import pytest

from kg.importers.unts import registered


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("2858", "I-2858"),
        ("102858", "I-2858"),
        ("200054", "II-54"),
        ("54321", "I-54321"),
        ("802041", ""),
        ("02858", ""),
        ("1234567", ""),
        ("", ""),
    ],
)
def test_registered(number: str, said: str):
    assert registered(number) == said

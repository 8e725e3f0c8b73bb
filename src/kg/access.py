"""Write a line of JSON for each answer."""

from __future__ import annotations

import json
import os
import time

__all__ = ["AccessLog"]


class AccessLog:
    """A file that several processes write lines to; a line is written whole or not at all."""

    def __init__(self, path: str) -> None:
        """Open the file for appending; "-" is standard error, "" is none."""
        self._file = -1
        if path == "-":
            self._file = 2
        elif path:
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)

    @property
    def open(self) -> bool:
        """Say whether lines are written at all."""
        return self._file >= 0

    def write(self, **fields: object) -> None:
        """Write one line: the time in UTC, then the fields."""
        if self._file >= 0:
            now = time.time()
            stamp = (
                time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{now % 1 * 1000:03.0f}Z"
            )
            line = json.dumps({"time": stamp} | fields, ensure_ascii=False)
            os.write(self._file, line.encode() + b"\n")

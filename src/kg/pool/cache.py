"""Keep the answers asked for last, up to so many bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

__all__ = ["Cache"]

Value = TypeVar("Value")
#: Bytes that an entry takes beside its value.
ENTRY = 512


class Cache(Generic[Value]):
    """A mapping that forgets what was used longest ago once it holds too many bytes."""

    def __init__(self, size: int, *, largest: float = 0.25) -> None:
        """Hold so many bytes in all, and no value of more than that share of them."""
        self._size = size
        self._largest = int(size * largest)
        self._held = 0
        self._entries: OrderedDict[Hashable, tuple[int, Value]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        """Return the value of a key, which is then the last to be forgotten."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[1]

    def put(self, key: Hashable, value: Value, size: int) -> None:
        """Keep a value that takes so many bytes, key and all; one too large is not kept."""
        size += ENTRY
        if size > self._largest:
            return
        with self._lock:
            if old := self._entries.pop(key, None):
                self._held -= old[0]
            self._entries[key] = (size, value)
            self._held += size
            while self._held > self._size:
                self._held -= self._entries.popitem(last=False)[1][0]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._held = 0

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self._entries)

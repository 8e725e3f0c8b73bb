"""Memory that the workers share with those who watch over them: who runs what since when.

Each worker has a slot of 64-bit words that it alone writes. Its first word is a sequence: odd
while a query runs, even else. A table beside the slots remembers queries that took too long, and
the last word of all counts the writes, after each of which older workers answer no more.
"""

from __future__ import annotations

import mmap
import os
import time

__all__ = ["BOUNDS", "COUNTERS", "Slot", "Slots"]

WORDS = 64
REMEMBERED = 4096
SEQUENCE, STARTED, CONNECTION, HASH = range(4)
#: Counters of a slot, from this word on.
COUNTERS = ("requests", "hits", "unchanged", "rows", "bytes", "nanoseconds", "passed")
FIRST = 8
#: Upper bounds of the histogram of durations, in seconds; its words follow the counters.
BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
HISTOGRAM = FIRST + len(COUNTERS)


class Slots:
    """The slots of so many workers, in one file of memory."""

    def __init__(self, count: int, descriptor: int | None = None) -> None:
        """Make the memory, or map the one that a descriptor of another process leads to."""
        self.count = count
        size = (count * WORDS + REMEMBERED + 1) * 8
        self.descriptor = os.memfd_create("slots") if descriptor is None else descriptor
        if descriptor is None:
            os.ftruncate(self.descriptor, size)
        self._memory = mmap.mmap(self.descriptor, size)
        self._words = memoryview(self._memory).cast("q")
        self._table = self._words[count * WORDS :]

    def slot(self, number: int) -> Slot:
        """Return one worker's slot."""
        return Slot(self._words[number * WORDS : (number + 1) * WORDS])

    @property
    def writes(self) -> int:
        """Return how often the graph was written to since the start."""
        return self._table[REMEMBERED]

    def written(self) -> None:
        """Say that the graph was written to: the workers of before are out of date."""
        self._table[REMEMBERED] += 1

    def remember(self, hashed: int) -> None:
        """Remember a query that took too long, by its hash."""
        if hashed:
            self._table[hashed % REMEMBERED] = hashed

    def forget(self) -> None:
        """Forget what took too long, since it may have been the moment and not the query."""
        for at in range(REMEMBERED):
            self._table[at] = 0

    def remembers(self, hashed: int) -> bool:
        """Say whether this query took too long lately."""
        return self._table[hashed % REMEMBERED] == hashed

    def total(self, counter: str) -> int:
        """Return a counter summed over the workers."""
        at = FIRST + COUNTERS.index(counter)
        return sum(self._words[n * WORDS + at] for n in range(self.count))

    def histogram(self) -> list[int]:
        """Return how many requests took at most each of BOUNDS, and one more for the others."""
        found = []
        for at in range(HISTOGRAM, HISTOGRAM + len(BOUNDS) + 1):
            found.append(sum(self._words[n * WORDS + at] for n in range(self.count)))
        return found


class Slot:
    """What one worker says of itself."""

    def __init__(self, words: memoryview[int]) -> None:
        self._words = words

    def begin(self, connection: int, hashed: int) -> None:
        """Say that a query runs from now on."""
        words = self._words
        words[CONNECTION], words[HASH] = connection, hashed
        words[STARTED] = time.monotonic_ns()
        words[SEQUENCE] |= 1

    def end(self) -> None:
        """Say that it is over; only then may bytes be taken from the connection."""
        self._words[SEQUENCE] = (self._words[SEQUENCE] | 1) + 1

    def settle(self) -> None:
        """Say in place of a dead worker that nothing runs."""
        if self.sequence & 1:
            self.end()

    @property
    def sequence(self) -> int:
        """Return the sequence: odd while a query runs."""
        return self._words[SEQUENCE]

    @property
    def running(self) -> tuple[int, int, int]:
        """Return the start in nanoseconds, the connection and the hash of the query."""
        words = self._words
        return words[STARTED], words[CONNECTION], words[HASH]

    def add(self, counter: str, amount: int = 1) -> None:
        """Add to a counter."""
        self._words[FIRST + COUNTERS.index(counter)] += amount

    def took(self, nanoseconds: int) -> None:
        """Count a request by how long it took."""
        seconds = nanoseconds / 1e9
        at = next((i for i, bound in enumerate(BOUNDS) if seconds <= bound), len(BOUNDS))
        self._words[HISTOGRAM + at] += 1
        self._words[FIRST + 5] += nanoseconds

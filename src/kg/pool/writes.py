"""Take the writes of a store one at a time, while the process that holds it does other things."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from kg.errors import KgError
from kg.pool import wire
from kg.writing import Change, Committed, Pending, Writer

__all__ = ["Outcome", "Writes"]


@dataclass(frozen=True)
class Outcome:
    """What came of a write, and what the store is after it."""

    done: Committed | KgError
    about: dict[str, str | int]


class Writes:
    """The write that is being tried, if there is one."""

    def __init__(self, writer: Writer, apart: Callable[[Callable[[], Committed]], Committed]):
        """Commit in a thread of its own by `apart`, for the sake of random numbers."""
        self._writer = writer
        self._apart = apart
        self._pending: Pending | None = None
        self._number = 0

    @property
    def about(self) -> dict[str, str | int]:
        """Return what a manifest says of a build: version, triples, graphs."""
        return {
            "fingerprint": self._writer.version,
            "triples": self._writer.count,
            "graphs": sum(1 for _ in self._writer.store.named_graphs()),
        }

    @property
    def descriptor(self) -> int | None:
        """Return what is readable when there is news of the trial."""
        return self._pending.trial.descriptor if self._pending else None

    def begin(self, number: int, file: int) -> Outcome | None:
        """Begin with the write in a file; return its outcome when there is one at once."""
        self._number = number
        change: Change = wire.opened(file)
        try:
            self._pending = self._writer.begin(change)
        except KgError as error:
            return Outcome(error, self.about)
        return None

    def tend(self, ready: bool) -> tuple[int, Outcome] | None:
        """Hear the trial; return the number and outcome of its write when that is over."""
        pending = self._pending
        if pending is None:
            return None
        late = time.monotonic() > pending.trial.deadline
        if not late and not (ready and pending.trial.read()):
            return None
        self._pending = None
        try:
            done: Committed | KgError = self._apart(lambda: self._writer.finish(pending))
        except KgError as error:
            done = error
        return self._number, Outcome(done, self.about)

    def reaped(self, pid: int, status: int) -> None:
        """Hear that a child of this process ended, which may be the trial."""
        if self._pending and self._pending.trial.pid == pid:
            self._pending.trial.reaped(status)

    def forget(self) -> None:
        """Close in a forked process what only this one needs."""
        self._writer.forget()

    def close(self) -> None:
        """End the trial and free the folder."""
        self._writer.close()

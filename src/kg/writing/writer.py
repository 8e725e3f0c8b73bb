"""A store that is written to: each change is tried, judged, put on disk, and then made."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad

from kg.errors import CannotWrite, Invalid, PreconditionFailed
from kg.files import Layout
from kg.validate import shapes_graph
from kg.writing.changes import ALL, DEFAULT, Change, Committed, Drop, Expect, Update
from kg.writing.difference import make
from kg.writing.journal import LEAST, Journal
from kg.writing.judge import Judge
from kg.writing.patch import apply, read, write
from kg.writing.trial import Trial

__all__ = ["MEMORY", "SECONDS", "Pending", "Writer"]

#: Bytes that a write may take beside the store, and seconds.
MEMORY, SECONDS = 4 * 1024**3, 120.0


@dataclass(frozen=True)
class Pending:
    """A change that is being tried."""

    change: Change
    trial: Trial
    created: bool


class Writer:
    """The one that writes a folder: its store, and the changes to it, one at a time.

    The process must have one thread, since it forks. `apply` waits for all of a change; a process
    with other things to do calls `begin`, polls the trial's descriptor, and then calls `finish`.
    """

    def __init__(
        self,
        folder: Path,
        shapes: Path | None,
        seed: Iterable[Quad] = (),
        *,
        seconds: float = SECONDS,
        memory: int = MEMORY,
        least: int = LEAST,
    ) -> None:
        """Open the folder, as the last commit left it; a new one begins with the seed.

        `shapes` is a repository, whose shapes every write must keep; None for no shapes. Raises
        CannotWrite when another writes there, BadData when the folder is broken. A journal of
        fewer bytes than `least` is not folded into a snapshot.
        """
        self._judge = None if shapes is None else Judge(shapes_graph(Layout(shapes).shapes()))
        self._limits = seconds, memory
        self._journal = Journal(folder, least=least)
        try:
            self.store = self._journal.open(seed)
        except BaseException:
            self._journal.close()
            raise
        #: Quads in the store; counting them takes a while.
        self.count = len(self.store)
        self._pending: Pending | None = None

    @property
    def version(self) -> str:
        """Return what changes with each commit."""
        return self._journal.version

    def apply(self, change: Change) -> Committed:
        """Make a change and return when it is on disk; raise why not, and nothing has changed.

        A change that changes nothing is not written down.
        """
        return self.finish(self.begin(change))

    def begin(self, change: Change) -> Pending:
        """Fork a process that tries the change; PreconditionFailed when it is not to be made."""
        if self._pending is not None:
            raise CannotWrite("One change at a time")
        there = self._there(change)
        self._check(change.expect, there)
        seconds, memory = self._limits
        trial = Trial(
            lambda: self._try(change),
            seconds=seconds,
            memory=memory,
            forget=self._journal.forget,
        )
        self._pending = Pending(change, trial, created=not there)
        return self._pending

    def finish(self, pending: Pending) -> Committed:
        """Commit what a trial found; what it raised is raised here."""
        self._pending = None
        lines: bytes = pending.trial.result()
        difference = read(lines, "change")
        if difference:
            self._journal.append(lines)
            try:
                apply(self.store, difference)
            except BaseException:
                # Committed, and not made: only reading the folder anew puts that right.
                self._journal.close()
                raise
            self.count += len(difference.added) - len(difference.removed)
            self._fold()
        return Committed(
            added=len(difference.added),
            removed=len(difference.removed),
            created=pending.created,
            version=self.version,
            changed=bool(difference),
        )

    def cancel(self, pending: Pending) -> None:
        """End a trial whose change nobody wants any more."""
        self._pending = None
        pending.trial.end()

    def close(self) -> None:
        """Free the folder."""
        if self._pending is not None:
            self.cancel(self._pending)
        self._journal.close()

    def forget(self) -> None:
        """Close the files of the folder in a forked process, such as a worker."""
        self._journal.forget()

    def _try(self, change: Change) -> bytes:
        """Make the change in a store of which this process has a copy; return its lines."""
        difference = make(self.store, change, self.count)
        lines = write(difference)
        if self._judge is not None and difference:
            try:
                self._judge.check(self.store, difference)
            except Invalid as error:
                if not isinstance(change, Update):
                    error.status = 409
                raise
        return lines

    def _there(self, change: Change) -> bool:
        """Say whether the graph of a change is there already; what names none always is."""
        if isinstance(change, Update) or change.graph == ALL:
            return True
        if change.graph == DEFAULT:
            held = self.store.quads_for_pattern(None, None, None, DefaultGraph())
            return isinstance(change, Drop) or next(held, None) is not None
        try:
            return self.store.contains_named_graph(NamedNode(change.graph))
        except ValueError:
            return True

    def _check(self, expect: Expect, there: bool) -> None:
        if expect.exists is not None and expect.exists != there:
            state = "is there already" if there else "is not there"
            raise PreconditionFailed(f"The graph {state}; nothing was written")
        if expect.versions is not None and self.version not in expect.versions:
            raise PreconditionFailed(
                "The store has changed since then; nothing was written",
                hint="GET the graph again, and send its new ETag",
            )

    def _fold(self) -> None:
        """Fold a long journal into a new snapshot; where that fails the journal goes on."""
        if self._journal.due:
            with contextlib.suppress(CannotWrite):
                self._journal.compact(self.store)

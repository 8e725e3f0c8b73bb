"""A folder that holds a store through every crash: a snapshot, and a journal of what came after.

The files of generation 3 are `graph-3.nq` and `journal-3.rdfp`; the state is the snapshot with the
journal's committed transactions done to it. A new generation begins with a new snapshot. It is
there from the moment its snapshot has its name, which it gets when it is whole and on disk; its
journal is empty then, and of the older files nothing is read again. So whatever a crash leaves,
one generation is the newest, and no transaction is lost or done twice.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO
from uuid import uuid4

from pyoxigraph import Quad, RdfFormat, Store, parse

from kg.errors import BadData, CannotWrite
from kg.writing.folder import seize, sync
from kg.writing.heads import Head, add_graphs, read_head
from kg.writing.patch import BEGIN, COMMIT, apply, transactions

__all__ = ["LEAST", "Journal"]

#: A journal is folded into a new snapshot when it is larger than the snapshot, and than this.
SHARE, LEAST = 1.0, 8 * 1024**2
SNAPSHOT = re.compile(r"graph-([1-9][0-9]*)\.nq")
OURS = re.compile(r"(?:graph|journal)-[1-9][0-9]*\.(?:nq|rdfp)(?:\.part)?")


class Journal:
    """The open folder, locked for as long as it is."""

    def __init__(self, folder: Path, *, least: int = LEAST) -> None:
        """Lock the folder, which is made where it is missing; CannotWrite when another has it.

        A journal of fewer bytes than `least` is left as it is.
        """
        self._folder = folder
        self._least = least
        self._file: IO[bytes] | None = None
        self._head = Head("journal", uuid4().hex[:12], 0, 0)
        self._size = 0
        self._snapshot = 0
        self._lock = seize(folder)

    def open(self, seed: Iterable[Quad] = ()) -> Store:
        """Return the store as the last commit left it; a new folder begins with the seed.

        Raises BadData with file and line for what a crash does not explain.
        """
        store = Store()
        newest = max(self._generations(), default=0)
        if not newest:
            store.bulk_extend(seed)
            self._begin(store, self._head)
            return store
        self._head = self._load(store, newest)
        self._replay(store)
        self._sweep()
        return store

    @property
    def version(self) -> str:
        """Return what changes with each commit, and is never the same in another folder."""
        return f"{self._head.id}-{self._head.commits}"

    @property
    def due(self) -> bool:
        """Say whether the journal has outgrown the snapshot."""
        return self._size > max(self._least, SHARE * self._snapshot)

    def append(self, lines: bytes) -> None:
        """Write a transaction; when this returns it is on disk.

        When it raises CannotWrite nothing was written, or nothing more can be.
        """
        if self._file is None:
            raise CannotWrite(
                f"{self._folder}: a write failed before, and what is on disk is not known",
                hint="Start the server again: it reads what was committed",
            )
        data = BEGIN + lines + COMMIT
        try:
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            self._undo()
            raise CannotWrite(
                f"{self._folder}: the write was not made: {error.strerror}"
            ) from error
        self._sync()
        self._size += len(data)
        self._head = replace(self._head, commits=self._head.commits + 1)

    def compact(self, store: Store) -> None:
        """Begin a new generation with a snapshot of the store, which holds every commit."""
        self._begin(store, self._head)
        self._sweep()

    def forget(self) -> None:
        """Close the files in a forked process, which leaves the lock with its parent."""
        os.close(self._lock)
        if self._file is not None:
            os.close(self._file.fileno())

    def close(self) -> None:
        """Close the files and free the folder."""
        if self._file is not None:
            self._file.close()
            self._file = None
        with contextlib.suppress(OSError):
            os.close(self._lock)

    def _generations(self) -> Iterator[int]:
        for path in self._folder.iterdir():
            if match := SNAPSHOT.fullmatch(path.name):
                yield int(match[1])

    def _path(self, kind: str, generation: int) -> Path:
        return self._folder / f"{kind}-{generation}.{'nq' if kind == 'graph' else 'rdfp'}"

    def _begin(self, store: Store, before: Head) -> None:
        """Write the snapshot of a new generation, give it its name, begin its journal."""
        names = tuple(str(name) for name in store.named_graphs())
        generation = before.generation + 1
        head = Head("graph", before.id, generation, before.commits, len(store), names)
        path = self._path("graph", head.generation)
        part = path.with_name(path.name + ".part")
        try:
            with part.open("wb") as file:
                file.write(head.line())
                store.dump(file, format=RdfFormat.N_QUADS)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            part.unlink(missing_ok=True)
            self._snapshot = self._size
            raise CannotWrite(f"{path}: cannot be written: {error.strerror}") from error
        # From here on the old journal is not read again, so nothing more may be put into it.
        old, self._file = self._file, None
        if old is not None:
            old.close()
        try:
            part.replace(path)
            sync(self._folder)
            self._snapshot = path.stat().st_size
            self._start(head)
        except OSError as error:
            raise CannotWrite(f"{path}: cannot be written: {error.strerror}") from error

    def _start(self, head: Head) -> None:
        """Begin the journal of a generation whose snapshot is there."""
        self._head = Head("journal", head.id, head.generation, head.commits)
        path = self._path("journal", head.generation)
        part = path.with_name(path.name + ".part")
        with part.open("wb") as file:
            file.write(self._head.line())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync(self._folder)
        self._file = path.open("ab")
        self._size = path.stat().st_size

    def _load(self, store: Store, generation: int) -> Head:
        path = self._path("graph", generation)
        with path.open("rb") as file:
            head = read_head(path, file.readline(), "graph", generation)
        try:
            store.bulk_extend(parse(path=path, format=RdfFormat.N_QUADS))
        except SyntaxError as error:
            raise BadData(f"{path}:{error.lineno}: {error.msg}") from error
        add_graphs(store, head, path)
        if len(store) != head.quads:
            raise BadData(f"{path}:1: has {len(store)} quads, not {head.quads}")
        self._snapshot = path.stat().st_size
        return head

    def _replay(self, store: Store) -> None:
        """Do the committed transactions to the store, and cut off what was never committed."""
        path = self._path("journal", self._head.generation)
        if not path.exists():
            self._start(self._head)
            return
        data = path.read_bytes()
        head = read_head(path, data[: data.find(b"\n") + 1], "journal", self._head.generation)
        if (head.id, head.commits) != (self._head.id, self._head.commits):
            raise BadData(f"{path}:1: does not belong to {self._path('graph', head.generation)}")
        end, commits = data.find(b"\n") + 1, head.commits
        for difference, stop in transactions(data, end, str(path)):
            apply(store, difference)
            end, commits = stop, commits + 1
        self._head = Head("journal", head.id, head.generation, commits)
        self._file = path.open("r+b")
        self._file.seek(end)
        if end < len(data):
            self._file.truncate(end)
            os.fsync(self._file.fileno())
        self._size = end

    def _undo(self) -> None:
        """Take back what was written of a transaction that did not get through."""
        assert self._file is not None
        file, self._file = self._file, None
        with contextlib.suppress(OSError):
            file.close()
        with contextlib.suppress(OSError):
            path = self._path("journal", self._head.generation)
            again = path.open("r+b")
            again.truncate(self._size)
            os.fsync(again.fileno())
            again.seek(self._size)
            self._file = again

    def _sync(self) -> None:
        """Wait for the disk; when it fails nothing is known of what it holds (fsync(2))."""
        assert self._file is not None
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            self._file = None
            raise CannotWrite(f"{self._folder}: the disk failed: {error.strerror}") from error

    def _sweep(self) -> None:
        """Remove the files of older generations, and of those that never began."""
        kept = {self._path(kind, self._head.generation).name for kind in ("graph", "journal")}
        for path in self._folder.iterdir():
            if OURS.fullmatch(path.name) and path.name not in kept:
                path.unlink(missing_ok=True)

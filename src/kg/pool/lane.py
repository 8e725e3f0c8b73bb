"""A worker for queries that may take long: one at a time, until it is killed or worn."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

from pyoxigraph import Store

from kg.errors import KgError
from kg.pool.engine import answer
from kg.pool.jobs import Answer, Job
from kg.pool.wear import faults, worn

__all__ = ["End", "work"]

#: Bytes of a streamed answer sent at a time.
CHUNK = 128 * 1024
#: Long queries yield to short ones.
NICENESS = 15


@dataclass(frozen=True)
class End:
    """An answer is complete; a worn worker has ended with it."""

    worn: bool


def work(connection: Connection, store: Store) -> None:
    """Answer the jobs that come through the connection until it closes or the worker is worn."""
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    begun = faults()
    while True:
        try:
            job: Job = connection.recv()
        except EOFError:
            return
        _answer(connection, store, job)
        end = End(worn(begun))
        connection.send(end)
        if end.worn:
            return


def _answer(connection: Connection, store: Store, job: Job) -> None:
    chunks: list[_Chunks] = []

    def stream(head: Answer) -> Callable[[bytes], object]:
        connection.send(head)
        chunks.append(_Chunks(connection))
        return chunks[0].add

    try:
        found = answer(store, job, stream)
    except KgError as error:
        connection.send(error)
        return
    if chunks:
        chunks[0].flush()
    else:
        connection.send(found)


class _Chunks:
    """Small pieces of an answer, sent as larger ones."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._data = bytearray()

    def add(self, piece: bytes) -> None:
        self._data += piece
        if len(self._data) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        if self._data:
            self._connection.send(bytes(self._data))
            self._data = bytearray()

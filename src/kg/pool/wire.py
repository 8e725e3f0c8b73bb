"""Messages between our processes over sockets that keep their bounds, with open files attached."""

from __future__ import annotations

import os
import pickle
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["enclosed", "opened", "pair", "receive", "send"]

LARGEST = 1 << 16
FILES = 4


def pair() -> tuple[socket.socket, socket.socket]:
    """Return the two ends of a channel of whole messages."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(channel: socket.socket, message: object, *files: int, flags: int = 0) -> None:
    """Send one message; OSError when the other end is gone, or is full and not waited for."""
    socket.send_fds(channel, [pickle.dumps(message)], list(files), flags)


def receive(channel: socket.socket, flags: int = 0) -> tuple[Any, list[int]]:
    """Return the next message and its open files; EOFError when the other end is gone."""
    data, files, _, _ = socket.recv_fds(channel, LARGEST, FILES, flags)
    if not data:
        raise EOFError
    return pickle.loads(data), files


@contextmanager
def enclosed(content: object) -> Iterator[int]:
    """Give an open file with something too large for a message, to attach to one."""
    with os.fdopen(os.memfd_create("content"), "wb") as file:
        pickle.dump(content, file)
        file.flush()
        yield file.fileno()


def opened(descriptor: int) -> Any:
    """Return what is in an attached file, and close it."""
    with os.fdopen(descriptor, "rb") as file:
        file.seek(0)
        return pickle.load(file)

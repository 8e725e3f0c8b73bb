"""Take a folder for one server alone, and have the disk keep what names its files have."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from kg.errors import CannotWrite

__all__ = ["seize", "sync"]

#: Seconds for which the processes of a server that was killed may still hold its folder.
PATIENCE = 5.0


def seize(folder: Path) -> int:
    """Lock a folder, made where it is missing, and return the descriptor that holds the lock.

    Raises CannotWrite when another server has it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise CannotWrite(f"{folder}: cannot be written to: {error.strerror}") from error
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except OSError:
            if time.monotonic() > deadline:
                os.close(lock)
                raise CannotWrite(
                    f"{folder}: another server writes here",
                    hint="Stop it, or choose another folder: KG_WRITE_FOLDER=…",
                ) from None
            time.sleep(0.05)


def sync(folder: Path) -> None:
    """Wait until the names in a folder are on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

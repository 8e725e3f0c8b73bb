"""Start the server as a process of its own, on a free port of this machine."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.settings import Settings

__all__ = ["Running", "serving"]


@dataclass
class Running:
    """A server that answers."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def socket(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


@contextlib.contextmanager
def serving(settings: Settings, *options: str, **more: object) -> Iterator[Running]:
    """Run `kg serve` with settings given as `name=value`, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    names = {f"KG_{name.upper()}": str(value) for name, value in more.items()}
    command = [sys.executable, "-c", "from kg.cli import main; main()"]
    command += ["--root", str(settings.root), "serve", "--port", str(port), *options]
    with subprocess.Popen(command, env=os.environ | names) as process:
        try:
            wait(f"http://127.0.0.1:{port}/readyz", process)
            yield Running(port, process)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def wait(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait for a server to answer, for 30 seconds at most."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=30):
            return
        time.sleep(0.05)
    raise TimeoutError(f"{url}: no answer; the server's exit code is {process.poll()}")


def children(pid: int) -> list[int]:
    """Return all processes below one."""
    below: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it may end meanwhile
        for thread in Path(f"/proc/{pid}/task").glob("*/children"):
            below += [int(child) for child in thread.read_text().split()]
    return [*below, *(one for child in below for one in children(child))]

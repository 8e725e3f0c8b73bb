"""Other SPARQL servers, started on free ports of this machine: Oxigraph and Virtuoso."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "Peer",
    "bibutils_program",
    "comparable",
    "environment",
    "free_port",
    "nginx_program",
    "oxigraph",
    "rapper_program",
    "virtuoso",
    "virtuoso_program",
]

OXIGRAPH = Path(sys.executable).parent / "oxigraph"
#: Where `make virtuoso` unpacks the Debian packages.
UNPACKED = Path(__file__).parent.parent / ".peers"
INI = """[Database]
DatabaseFile = {place}/virtuoso.db
ErrorLogFile = {place}/virtuoso.log
LockFile = {place}/virtuoso.lck
TransactionFile = {place}/virtuoso.trx
xa_persistent_file = {place}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {place}/temp.db
TransactionFile = {place}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{inner}
DisableUnixSocket = 1
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = {place}
ServerThreads = 20
MaxKeepAlives = 20
[SPARQL]
ResultSetMaxRows = {rows}
"""


@dataclass
class Peer:
    """A server: where it answers, where it takes graphs, and its process."""

    query: str
    store: str
    process: subprocess.Popen[bytes]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextlib.contextmanager
def oxigraph(port: int = 0, location: Path | None = None, *options: str) -> Iterator[Peer]:
    """Run `oxigraph serve` in memory, or on a folder, until the block ends."""
    port = port or free_port()
    place = ["--location", str(location)] if location else []
    command = [str(OXIGRAPH), "serve", *place, "--bind", f"127.0.0.1:{port}", *options]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(400):
            if process.poll() is not None:  # somebody's connection has the port for a moment
                process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.02)
        url = f"http://127.0.0.1:{port}"
        yield Peer(f"{url}/query", f"{url}/store", process)
    finally:
        process.kill()
        process.wait()


def virtuoso_program() -> Path | None:
    """Return the program of Virtuoso, installed or unpacked; None when it is not here."""
    return _program("virtuoso-t", UNPACKED / "virtuoso/usr/bin/virtuoso-t")


def nginx_program() -> Path | None:
    """Return the program of nginx, likewise."""
    return _program("nginx", UNPACKED / "nginx/usr/sbin/nginx")


def rapper_program() -> Path | None:
    """Return the program of Raptor, likewise."""
    return _program("rapper", UNPACKED / "rapper/usr/bin/rapper")


def bibutils_program(name: str) -> Path | None:
    """Return a program of bibutils, likewise."""
    return _program(name, UNPACKED / "bibutils/usr/bin" / name)


def _program(name: str, unpacked: Path) -> Path | None:
    found = Path(shutil.which(name) or unpacked)
    return found if found.is_file() else None


def environment(program: str) -> dict[str, str]:
    """Return an environment in which the libraries beside an unpacked program are found."""
    libraries = ":".join(map(str, UNPACKED.glob(f"{program}/**/*-linux-gnu")))
    return os.environ | ({"LD_LIBRARY_PATH": libraries} if libraries else {})


@contextlib.contextmanager
def virtuoso(place: Path, *, rows: int = 100_000) -> Iterator[Peer]:
    """Run Virtuoso on an empty folder until the block ends; it cuts answers at so many rows."""
    port = free_port()
    ini = place / "virtuoso.ini"
    ini.write_text(INI.format(place=place, port=port, inner=free_port(), rows=rows))
    command = [str(virtuoso_program()), "+foreground", "+configfile", str(ini)]
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment("virtuoso"),
        cwd=place,
    ) as process:
        try:
            for _ in range(300):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"{url}/sparql?query=ASK%7B%7D", timeout=5).close()
                    break
                time.sleep(0.2)
            yield Peer(f"{url}/sparql", f"{url}/sparql-graph-crud-auth", process)
        finally:
            process.kill()


def comparable(head: list[str], body: list[list[str]]) -> list[object]:
    """Return rows in an order; the parts of a joined cell have none in SPARQL."""
    parts = re.compile(r" \| |; |–| ")
    return [head, *sorted([sorted(parts.split(cell)) for cell in row] for row in body)]

"""Time a full build, an unchanged one, and a start of the server, beside rdflib loading the files.

Each is a process of its own with all that it starts: wall seconds, CPU seconds, largest memory.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from kg import settings as config
from kg.store import manifest

ROOT = Path(__file__).resolve().parent.parent
KG = [str(Path(sys.executable).parent / "kg"), "--root", str(ROOT)]
RDFLIB = """
import sys
from pathlib import Path
from rdflib import Graph
from kg.files import Layout
graph = Graph()
for path in Layout(Path(sys.argv[1])).data():
    graph.parse(path)
print(len(graph))
"""
PORT = 8737
ASK = f"http://127.0.0.1:{PORT}/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D"


def main() -> int:
    """Print the figures; return 1 when a step fails."""
    header = f"{'step':34} {'wall s':>8} {'CPU s':>8} {'memory MB':>10}"
    print(header)
    ours = run("full build", [*KG, "build", "--force"])
    run("unchanged build", [*KG, "build"])
    serve()
    peer = run("rdflib loads the files, no more", [sys.executable, "-c", RDFLIB, str(ROOT)])
    quads = manifest(config.load(ROOT).build)["triples"]
    size = sum(path.stat().st_size for path in (ROOT / "data").rglob("*.ttl")) / 1e6
    print(f"\n{quads:,} quads from {size:.1f} MB of files; CPU of rdflib / ours {peer / ours:.2f}")
    return 0


def run(what: str, command: list[str]) -> float:
    """Run a command to its end, print its figures, and return its CPU seconds."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    spent: dict[str, float] = {}
    most = 0.0
    while process.poll() is None:
        pids = tree(process.pid)
        spent |= {pid: used for pid in pids if (used := cpu(pid))}
        most = max(most, memory(pids))
        time.sleep(0.1)
    if process.returncode:
        raise SystemExit(f"{what}: exit {process.returncode}")
    report(what, time.perf_counter() - start, sum(spent.values()), most)
    return sum(spent.values())


def serve() -> None:
    """Start the server, wait for its first answer, and add up the memory of its processes."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen([*KG, "serve", "--port", str(PORT)], stdout=log, stderr=log)
        try:
            while not answers():
                if server.poll() is not None or time.perf_counter() - start > 60:
                    raise SystemExit("the server did not answer")
                time.sleep(0.05)
            wall = time.perf_counter() - start
            report("server, to the first answer", wall, float("nan"), memory(tree(server.pid)))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)


def answers() -> bool:
    """Say whether the server answers a query."""
    try:
        with urllib.request.urlopen(ASK, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def tree(pid: int) -> list[str]:
    """Return a process and all that it has started."""
    pids = [str(pid)]
    for one in pids:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            pids += read(children).split()
    return pids


def cpu(pid: str) -> float:
    """Return the seconds of processor time that a process has used."""
    fields = read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK") if fields else 0.0


def memory(pids: list[str]) -> float:
    """Return the megabytes of processes; a page that several share is counted once."""
    lines = "".join(read(Path(f"/proc/{pid}/smaps_rollup")) for pid in pids).splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1e3


def read(path: Path) -> str:
    """Return what a file of /proc says; "" when its process has ended."""
    try:
        return path.read_text()
    except OSError:
        return ""


def report(what: str, wall: float, cpu: float, megabytes: float) -> None:
    """Print one row."""
    print(f"{what:34} {wall:8.1f} {cpu:8.1f} {megabytes:10.0f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""Measure the endpoint beside its peers, in one run, on the built graph.

Requests a second of short queries and of 10,000 rows, asked for the first time and again, beside
`oxigraph serve` in memory and rdflib-endpoint; start, memory, first byte of a full dump; how soon
runaway queries are stopped; and a light query under 60 seconds of attack. Peers are skipped, with
the reason, where they are not installed: `make bench-http` installs them. With --write the table
goes to docs/performance.md.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from page import put

from kg import settings as config
from kg.store import DUMP, manifest

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).parent
PEERS = Path(os.environ.get("BENCH", ROOT / ".venv-bench")) / "bin"
ROUNDS, SECONDS, ATTACK = 3, 4, 60
LIMIT = 1.0
CROSS = "?a ?p ?b . ?c ?q ?d . ?e ?r ?f"
NEVER = "CONTAINS(CONCAT(STR(?b), STR(?f)), 'none!')"
#: Kinds of query that have no end, each with a name.
RUNAWAYS = {
    "COUNT over a cross join": f"SELECT (COUNT(*) AS ?n) {{ {CROSS} FILTER(?b != ?f) }}",
    "ORDER BY": f"SELECT * {{ {CROSS} }} ORDER BY ?b ?f LIMIT 1",
    "GROUP BY": f"SELECT ?b (COUNT(?f) AS ?n) {{ {CROSS} }} GROUP BY ?b",
    "GROUP_CONCAT": f"SELECT (GROUP_CONCAT(?f) AS ?n) {{ {CROSS} }} GROUP BY ?a",
    "DISTINCT": f"SELECT DISTINCT ?b ?f {{ {CROSS} }} ORDER BY ?f LIMIT 1",
    "property path": "SELECT (COUNT(*) AS ?n) { ?a (!<x:x>|^!<x:x>)* ?b }",
    "regex": f"SELECT * {{ {CROSS} FILTER(REGEX(CONCAT(STR(?b), STR(?f)), '(a|b)*c.*x{{9}}$')) }}",
    "CONSTRUCT": f"CONSTRUCT {{ ?a ?p ?f }} {{ {CROSS} FILTER({NEVER}) }}",
}


class Server:
    """A server of our own starting, on a port of this machine."""

    def __init__(self, name: str, command: list[str], path: str, **more: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.name, self.path = name, path
        command = [word.replace("PORT", str(self.port)) for word in command]
        begin = time.monotonic()
        self.process = subprocess.Popen(
            command,
            env=os.environ
            | {key: value.replace("PORT", str(self.port)) for key, value in more.items()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.wait()
        self.started = time.monotonic() - begin

    def wait(self) -> None:
        for _ in range(12000):
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.get(f"{self.path}?query={quote('ASK { ?s ?p ?o }')}")[0] == 200:
                    return
            if self.process.poll() is not None:
                raise SystemExit(f"{self.name} ended with {self.process.returncode}")
            time.sleep(0.05)
        raise SystemExit(f"{self.name} does not answer")

    def get(self, path: str, *, timeout: float = 300, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            headers.setdefault("Accept", "application/sparql-results+json")
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def end(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    @property
    def processes(self) -> list[int]:
        return list(below(self.process.pid))

    @property
    def memory(self) -> float:
        """Return the memory of all its processes in MB, shared pages counted once (PSS)."""
        total = 0
        for pid in self.processes:
            with contextlib.suppress(OSError):
                text = Path(f"/proc/{pid}/smaps_rollup").read_text()
                total += int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1])  # type: ignore[index]
        return total / 1024


def below(pid: int) -> Iterator[int]:
    yield pid
    for child in children(pid):
        yield from below(child)


def children(pid: int) -> list[int]:
    """Return the processes that one has started."""
    found: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it may end meanwhile
        for thread in Path(f"/proc/{pid}/task").glob("*/children"):
            found += map(int, thread.read_text().split())
    return found


def main() -> int:
    """Print the table; return 1 when a number falls short of its target."""
    settings = config.load(ROOT)
    about = manifest(settings.build)
    kg = str(Path(sys.executable).parent / "kg")
    command = [kg, "--root", str(ROOT), "serve", "--port", "PORT"]
    out = Table(about)
    hasty = Server("hasty", command, "/sparql", KG_QUERY_TIME_LIMIT_MS=str(int(LIMIT * 1000)))
    try:
        stops(hasty, out)
        attacked(hasty, out)
    finally:
        hasty.end()
    ours = Server("kg serve", command, "/sparql", KG_QUERY_TIME_LIMIT_MS="60000")
    servers = [ours]
    try:
        out.row("start to first answer, s", f"{ours.started:.1f}")
        out.row("memory of all processes after the start, MB", f"{ours.memory:.0f}")
        dump(ours, out)
        servers += peers(settings.build, out)
        if shutil.which("wrk"):
            speed(servers, out)
        else:
            out.lines.append("\nSpeed is not measured: there is no `wrk` (Debian package wrk).\n")
    finally:
        for server in servers:
            server.end()
    text = out.text()
    print(text)
    if "--write" in sys.argv[1:]:
        put("endpoint", text)
    return int(bool(out.short))


class Table:
    """The page as it grows."""

    def __init__(self, about: dict[str, str | int]) -> None:
        self.short: list[str] = []
        self.lines = [
            "## The endpoint beside its peers\n",
            "Written by `benchmarks/endpoint.py --write` (`make bench-http`), in one run:"
            f" {about['triples']:,} triples, {os.cpu_count()} cores for servers and clients, other"
            " work beside. Figures of one run compare; those of two do not.\n",
            "| what | measured | target |",
            "|---|---|---|",
        ]

    def row(self, what: str, value: str, target: str = "", *, reached: bool = True) -> None:
        if not reached:
            self.short.append(what)
        mark = "" if reached else " (missed)"
        self.lines.append(f"| {what} | {value}{mark} | {target} |")
        print(self.lines[-1], file=sys.stderr, flush=True)

    def text(self) -> str:
        return "\n".join(self.lines).rstrip() + "\n"


def dump(server: Server, out: Table) -> None:
    """Time the first byte and the whole of everything, and watch the memory."""
    query = quote("CONSTRUCT { ?s ?p ?o } { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }")
    ways = {
        "all graphs by /store": ("/store", "application/trig"),
        "all triples by CONSTRUCT": (f"/sparql?query={query}", "application/n-triples"),
    }
    for name, (path, media) in ways.items():
        before, most, first, size = server.memory, 0.0, 0.0, 0
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
        with contextlib.closing(connection):
            begin = time.monotonic()
            connection.request("GET", path, headers={"Accept": media})
            answer = connection.getresponse()
            while piece := answer.read1(1 << 20):
                first = first or time.monotonic() - begin
                size += len(piece)
                if size % (1 << 24) < len(piece):
                    most = max(most, server.memory)
        took = time.monotonic() - begin
        out.row(f"{name}: first byte, s", f"{first:.3f}", "≤ 0.1", reached=first <= 0.1)
        out.row(f"{name}: in all", f"{size / 1e6:.0f} MB in {took:.1f} s")
        out.row(f"{name}: memory before and at most, MB", f"{before:.0f}, {most:.0f}")


def stops(server: Server, out: Table) -> None:
    """Ask each runaway three times and say how long after the limit it was stopped."""
    late, whole = {}, []
    for name, query in RUNAWAYS.items():
        over = []
        for number in range(3):
            begin = time.monotonic()
            status, _ = server.get(f"/sparql?query={quote(f'{query} #{number}')}", timeout=60)
            over.append((time.monotonic() - begin - LIMIT) * 1000)
            begin = time.monotonic()
            while idle(server) < 4 and time.monotonic() - begin < 5:
                time.sleep(0.002)
            whole.append((time.monotonic() - begin) * 1000)
            if status not in (503, 507):
                over[-1] = float("inf")
        late[name] = statistics.median(over)
    for name, value in late.items():
        out.row(
            f"stopped after the limit, ms: {name}", f"{value:.0f}", "≤ 100", reached=value <= 100
        )
    middle, most = statistics.median(whole), max(whole)
    out.row(
        "all workers idle again after that, ms: median, most",
        f"{middle:.0f}, {most:.0f}",
        "≤ 100",
        reached=middle <= 100,
    )


def idle(server: Server) -> int:
    text = server.get("/metrics")[1].decode()
    found = re.search(r'^kg_workers\{state="idle"\} ([\d.]+)', text, re.M)
    return int(float(found[1])) if found else 0


def attacked(server: Server, out: Table) -> None:
    """Ask a light query 20 times a second while eight clients send runaways without pause."""
    stop = time.monotonic() + ATTACK

    def attack(client: int) -> None:
        names, number = list(RUNAWAYS.values()), client
        while time.monotonic() < stop:
            number += 1
            query = f"{names[number % len(names)]} # {client} {number}"
            with contextlib.suppress(OSError, http.client.HTTPException):
                server.get(
                    f"/sparql?query={quote(query)}",
                    timeout=2,
                    **{"X-Forwarded-For": f"203.0.113.{client}"},
                )

    threads = [threading.Thread(target=attack, args=(client,)) for client in range(8)]
    for thread in threads:
        thread.start()
    times, wrong, number = [], 0, 0
    while time.monotonic() < stop:
        number += 1
        begin = time.monotonic()
        query = quote(f"SELECT ?s {{ ?s a <https://w3id.org/mithaq/ns#State> }} LIMIT 1 #{number}")
        status, body = server.get(f"/sparql?query={query}")
        wrong += status != 200 or len(json.loads(body)["results"]["bindings"]) != 1
        times.append((time.monotonic() - begin) * 1000)
        time.sleep(max(0.0, 0.05 - (time.monotonic() - begin)))
    for thread in threads:
        thread.join()
    times.sort()
    median, late = times[len(times) // 2], times[int(len(times) * 0.99)]
    out.row(
        f"light query under {ATTACK} s of attack, ms: median, p99, most",
        f"{median:.0f}, {late:.0f}, {times[-1]:.0f}",
        "p99 ≤ 1000",
        reached=late <= 1000,
    )
    out.row("of these wrong or refused", f"{wrong} of {len(times)}", "0", reached=not wrong)


def peers(build: Path, out: Table) -> list[Server]:
    """Start the peers that are installed, with the same graph."""
    found = []
    if (PEERS / "oxigraph").exists():
        bare = [str(PEERS / "oxigraph"), "serve", "--bind", "127.0.0.1:PORT"]
        found.append(_loaded(Server("oxigraph serve, in memory", bare, "/query"), build))
    if (PEERS / "rdflib-endpoint").exists():
        program = [
            str(PEERS / "rdflib-endpoint"),
            "serve",
            "--host",
            "127.0.0.1",
            "--port",
            "PORT",
        ]
        found.append(Server("rdflib-endpoint", [*program, str(build / DUMP)], "/"))
    if len(found) < 2:
        out.lines.append("\nPeers that are not installed are left out: run `make bench-http`.\n")
    return found


def _loaded(server: Server, build: Path) -> Server:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
    with contextlib.closing(connection), (build / DUMP).open("rb") as file:
        connection.request("POST", "/store", file, {"Content-Type": "application/trig"})
        if connection.getresponse().status >= 300:
            raise SystemExit("oxigraph serve did not take the graph")
    return server


def speed(servers: list[Server], out: Table) -> None:
    """Let wrk ask each server in turn, and compare the medians."""
    kinds = {
        "short queries, new": ({}, 0.5),
        "short queries, again": ({"BENCH_KEPT": "1"}, 1.5),
        "10,000 rows, new": ({"BENCH_ROWS": "1"}, 0.7),
        "10,000 rows, again": ({"BENCH_ROWS": "1", "BENCH_KEPT": "1"}, 1.5),
    }
    out.lines += ["", "Requests a second, the median of each server in turn, three times:", ""]
    names = [server.name for server in servers]
    out.lines += [
        f"| | {' | '.join(names)} | ours ÷ oxigraph | target |",
        "|---" * (len(names) + 3) + "|",
    ]
    for kind, (more, target) in kinds.items():
        found: dict[str, list[float]] = {name: [] for name in names}
        for _ in range(ROUNDS):
            for server in servers:
                found[server.name].append(wrk(server, more))
        middle = {name: statistics.median(values) for name, values in found.items()}
        cells = " | ".join(f"{middle[name]:,.1f}" for name in names)
        ratio = (
            statistics.median(
                a / b
                for a, b in zip(found[names[0]], found.get(names[1], [1] * ROUNDS), strict=True)
            )
            if len(names) > 1
            else float("nan")
        )
        mark = "" if ratio >= target else " (missed)"
        out.lines.append(f"| {kind} | {cells} | {ratio:.2f}{mark} | ≥ {target} |")
        print(out.lines[-1], file=sys.stderr, flush=True)
        if mark:
            out.short.append(kind)


def wrk(server: Server, more: dict[str, str]) -> float:
    """Return the requests a second that a server answers with 200."""
    where = {"BENCH_HOST": f"127.0.0.1:{server.port}", "BENCH_PATH": server.path}
    done = subprocess.run(
        [
            "wrk",
            "-t2",
            "-c8",
            f"-d{SECONDS}",
            "--timeout",
            "30s",
            "-s",
            str(HERE / "short.lua"),
            f"http://127.0.0.1:{server.port}",
        ],
        env={key: value for key, value in os.environ.items() if not key.startswith("BENCH_")}
        | where
        | more,
        capture_output=True,
        text=True,
        timeout=120,
    )
    if "Non-2xx" in done.stdout or done.returncode:
        raise SystemExit(f"{server.name}: {done.stdout}{done.stderr}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    return float(found[1]) if found else 0.0


if __name__ == "__main__":
    raise SystemExit(main())

"""Keep a server busy for an hour, and count what goes wrong.

The whole graph is served read-only, and beside it a store that is written to. Clients ask what has
a known answer (short queries by fast workers, saved queries, 10,000 rows, whole graphs), queries
without end, and what is no query; they leave in the middle and stop their queries; workers are
killed, the graph is reloaded. An answer that differs in one byte from that of an idle server is
wrong, and so is a write that was told and is not there. Memory is read once a minute. The seconds
are the argument, 3600 unless given; PACE=3 makes clients wait three times as long between two
requests; with --write the table goes to docs/performance.md.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

from endpoint import ROOT, RUNAWAYS, Server, children
from page import put

from kg import settings as config

TOKEN = "a token for the soak"
JSON = {"Accept": "application/sparql-results+json"}
#: Questions with one answer, each by the way that it takes.
SHORT = [
    f"SELECT ?p ?o {{ <https://w3id.org/mithaq/id/state/{key}> ?p ?o }} ORDER BY ?p ?o"
    for key in ("PAK", "TUR", "SAU", "IRN", "EGY", "IDN", "AZE", "DZA")
]
LARGE = "SELECT ?s ?o { ?s mq:signedOn ?o } ORDER BY ?s ?o LIMIT 10000"
ASKED = {
    "short query": [f"/sparql?query={quote(text)}" for text in SHORT],
    "short query, by Flask": [f"/sparql?query={quote(text)}&other=1" for text in SHORT],
    "10,000 rows": [f"/sparql?query={quote(LARGE)}"],
    "saved query": [
        *[f"/queries/support-map.csv?state={key}" for key in ("PAK", "TUR", "SAU")],
        *[
            f"/queries/who-must-defend-whom.json?date={day}"
            for day in ("1980-01-01", "2020-01-01")
        ],
        "/queries/status-of-agreement.tsv?agreement=PAK-TUR-1954-04-02",
    ],
    "page": ["/page/state/PAK", "/page/agreement/PAK-TUR-1954-04-02", "/queries/"],
}
GRAPH = f"/sparql?query={quote('CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 200000')}"
NONSENSE = ("/sparql?query=SELECT", "/sparql?query=" + "%28" * 500, "/queries/x.json", "/%00")
#: What may be answered when a worker is killed, or too many ask.
EXCUSED = {429, 503, 507}
MINUTE = 60.0
#: Seconds that a query may take.
LIMIT = 3.0


class Soak:
    """Two servers and what was counted of them."""

    def __init__(self, seconds: float, pace: float = 1.0) -> None:
        settings = config.load(ROOT)
        kg = [str(Path(sys.executable).parent / "kg"), "serve", "--port", "PORT"]
        limit = str(int(LIMIT * 1000))
        self.home = tempfile.TemporaryDirectory()
        self.reader = Server("reader", kg, "/sparql", KG_QUERY_TIME_LIMIT_MS=limit)
        self.writer = Server(
            "writer",
            [*kg, "--writable", "--empty"],
            "/sparql",
            KG_WRITE_FOLDER=f"{self.home.name}/written",
            KG_WRITE_TOKEN=TOKEN,
        )
        self.settings = settings
        self.seconds, self.pace = seconds, pace
        self.end = 0.0
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.lock = threading.Lock()
        self.memory: dict[str, list[float]] = {"reader": [], "writer": []}
        self.known: dict[str, bytes] = {}
        self.written = 0

    def run(self) -> None:
        """Do everything at once until the time is over."""
        for path in [path for paths in ASKED.values() for path in paths]:
            for _ in range(5):
                status, body = self.reader.get(path)
                if status == 200:
                    break
            assert status == 200, (status, path, body[:300])
            self.known[path] = body
        self.end = time.monotonic() + self.seconds
        jobs: list[Callable[[random.Random], None]] = [
            *[self.ask] * 4, self.runaway, self.leave, self.stop, self.stray, self.kill,
            self.reload, self.write, self.count, self.kill_writer,
        ]  # fmt: skip
        threads = [
            threading.Thread(target=self.again, args=(job, random.Random(number)))
            for number, job in enumerate(jobs)
        ]
        for thread in threads:
            thread.start()
        while time.monotonic() < self.end:
            for server in (self.reader, self.writer):
                self.memory[server.name].append(server.memory)
            time.sleep(min(MINUTE, max(0.0, self.end - time.monotonic())))
        for thread in threads:
            thread.join()
        # A graph that was just reloaded is there twice until the last query on the old one ends.
        settled = time.monotonic() + MINUTE
        while len(children(self.reader.process.pid)) > 1 and time.monotonic() < settled:
            time.sleep(0.5)
        time.sleep(5)
        for server in (self.reader, self.writer):
            self.memory[server.name].append(server.memory)
        for path, body in self.known.items():
            self.compare("asked again after it", path, *self.reader.get(path), body)

    def again(self, job: Callable[[random.Random], None], chance: random.Random) -> None:
        """Do one thing again and again; a connection that breaks is counted."""
        while time.monotonic() < self.end:
            try:
                job(chance)
            except (OSError, http.client.HTTPException) as error:
                self.add(f"connection broken: {job.__name__}")
                if job not in (self.kill, self.leave, self.stop):
                    self.fault(f"{job.__name__}: {error!r}")
                time.sleep(0.1)

    def rest(self, seconds: float) -> None:
        """Wait before the next, as long as the pace says."""
        time.sleep(min(self.pace * seconds, max(0.0, self.end - time.monotonic())))

    def ask(self, chance: random.Random) -> None:
        """Ask what has a known answer."""
        kind = chance.choice(list(ASKED))
        path = chance.choice(ASKED[kind])
        self.compare(kind, path, *self.reader.get(path), self.known[path])
        self.rest(chance.random() / 10)

    def runaway(self, chance: random.Random) -> None:
        """Ask what has no end."""
        query = chance.choice(list(RUNAWAYS.values())) + f" #{chance.random()}"
        begun = time.monotonic()
        status, _ = self.reader.get(f"/sparql?query={quote(query)}&other=1")
        self.add(f"query without end: {status}")
        if status not in EXCUSED:
            self.fault(f"{query}: {status}")
        if status == 503 and time.monotonic() - begun > 20 * LIMIT:
            self.fault(f"{query}: stopped after {time.monotonic() - begun:.1f} s")
        self.rest(chance.random() * 10)

    def leave(self, chance: random.Random) -> None:
        """Begin to read a large graph, and leave."""
        with socket.create_connection(("127.0.0.1", self.reader.port), timeout=30) as one:
            one.sendall(f"GET {GRAPH} HTTP/1.1\r\nHost: x\r\nAccept: text/turtle\r\n\r\n".encode())
            one.recv(chance.choice((1, 4096, 65536)))
        self.add("left in the middle of a graph")
        self.rest(chance.random() * 2)

    def stop(self, chance: random.Random) -> None:
        """Begin a query without end, leave or stop it by its id."""
        query = chance.choice(list(RUNAWAYS.values()))
        with socket.create_connection(("127.0.0.1", self.reader.port), timeout=30) as ours:
            path = f"/sparql?query={quote(query)}&other=1"
            ours.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(chance.random() / 2)
            _, running = self.reader.get("/queries/running/")
            for one in json.loads(running)[:1]:
                self.delete(one["id"])
        self.add("query begun and stopped")
        self.rest(chance.random())

    def delete(self, identifier: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.reader.port, timeout=30)
        with contextlib.closing(connection):
            connection.request("DELETE", f"/queries/running/{identifier}")
            if connection.getresponse().status not in (204, 404):
                self.fault("DELETE of a query failed")

    def stray(self, chance: random.Random) -> None:
        """Send what is no query."""
        status, _ = self.reader.get(chance.choice(NONSENSE))
        self.add("what is no query")
        if status not in (400, 404) and status not in EXCUSED:
            self.fault(f"no query: {status}")
        self.rest(0.2)

    def kill(self, chance: random.Random) -> None:
        """Kill a worker of the reader."""
        self.kill_one(self.reader, chance)
        self.rest(2 + chance.random() * 3)

    def kill_writer(self, chance: random.Random) -> None:
        """Kill a worker of the writer."""
        self.kill_one(self.writer, chance)
        self.rest(5 + chance.random() * 5)

    def kill_one(self, server: Server, chance: random.Random) -> None:
        holders = children(server.process.pid)
        grand = [worker for holder in holders for worker in children(holder)]
        with contextlib.suppress(ProcessLookupError, IndexError):
            os.kill(chance.choice(grand), signal.SIGKILL)
            self.add("worker killed")

    def reload(self, chance: random.Random) -> None:
        """Have the reader load its graph anew."""
        for _ in range(200):
            time.sleep(1)
            if time.monotonic() > self.end:
                return
        os.kill(self.reader.process.pid, signal.SIGHUP)
        self.add("graph reloaded")

    def write(self, chance: random.Random) -> None:
        """Insert a triple; once told, it is there."""
        number = self.written + 1
        text = f"INSERT DATA {{ <http://e/{number}> <http://e/p> {number} }}"
        status = self.send(text)
        if status == 204:
            self.written = number
            self.add("write")
        elif status not in EXCUSED:
            self.fault(f"write: {status}")
        self.rest(0.2)

    def send(self, text: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.writer.port, timeout=60)
        headers = {"Authorization": f"Bearer {TOKEN}",
                   "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        with contextlib.closing(connection):
            connection.request("POST", "/sparql", urlencode({"update": text}), headers)
            return connection.getresponse().status

    def count(self, chance: random.Random) -> None:
        """Count what was written: never less than was told before."""
        before = self.written
        query = quote("SELECT (COUNT(*) AS ?n) { ?s <http://e/p> ?o }")
        more = chance.choice(("", "&other=1"))
        status, body = self.writer.get(f"/sparql?query={query}{more}", Accept="text/csv")
        if status == 200:
            self.add("count of what was written")
            if not before <= int(body.split()[1]) <= self.written + 1:
                self.fault(f"{body.split()[1]!r} written, not {before} or more")
        elif status not in EXCUSED:
            self.fault(f"count: {status}")
        self.rest(chance.random() / 10)

    def compare(self, kind: str, path: str, status: int, body: bytes, known: bytes) -> None:
        if status == 200 and body == known:
            self.add(kind)
        elif status in EXCUSED:
            self.add(f"{kind}: {status}")
        else:
            self.fault(f"{path}: {status}, {len(body)} bytes, not {len(known)}")

    def add(self, kind: str) -> None:
        with self.lock:
            self.counts[kind] += 1

    def fault(self, what: str) -> None:
        print("WRONG", what[:500], file=sys.stderr, flush=True)
        with self.lock:
            self.wrong.append(what)

    @property
    def asked(self) -> float:
        """Return how many requests there were a second, of all kinds."""
        others = self.counts["worker killed"] + self.counts["graph reloaded"]
        return (self.counts.total() - others) / self.seconds

    def table(self) -> str:
        """Return what was counted as Markdown."""
        lines = [
            "## Under load\n",
            "Written by `benchmarks/soak.py --write` (`make soak`):"
            f" {self.seconds / 3600:.2g} h of mixed load, workers killed and the graph reloaded"
            f" meanwhile, {self.asked:.0f} requests a second. Wrong answers: {len(self.wrong)}."
            " With 429, 503 and 507 a query was refused or stopped.\n",
        ]
        lines += ["| what | times |", "|---|---|"]
        lines += [f"| {kind} | {count:,} |" for kind, count in sorted(self.counts.items())]
        lines += [
            "",
            "| memory (PSS, MB) | at first | median | most | at last |",
            "|---|---|---|---|---|",
        ]
        for name, seen in self.memory.items():
            shown = (seen[0], statistics.median(seen), max(seen), seen[-1])
            lines.append(f"| {name} | " + " | ".join(f"{one:.0f}" for one in shown) + " |")
        return "\n".join(lines) + "\n"


def main() -> int:
    """Run it and print what was counted; exit 1 when anything was wrong."""
    given = [word for word in sys.argv[1:] if not word.startswith("-")]
    soak = Soak(float(given[0]) if given else 3600.0, float(os.environ.get("PACE", "1")))
    try:
        soak.run()
    finally:
        soak.reader.end()
        soak.writer.end()
        soak.home.cleanup()
    table = soak.table()
    print(table)
    if "--write" in sys.argv:
        put("soak", table)
    return bool(soak.wrong)


if __name__ == "__main__":
    sys.exit(main())

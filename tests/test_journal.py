"""A written folder survives whatever ends its server, and says what it does not survive."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from kg.errors import BadData, CannotWrite
from kg.writing.journal import Journal
from kg.writing.patch import Difference, apply, write

P, G = NamedNode("http://e/p"), NamedNode("http://e/g")
#: What a server is killed before: these and no others change a folder or its files' names.
EVENTS = ("open", "os.rename", "os.remove")


def quad(number: int, graph: NamedNode = G) -> Quad:
    return Quad(NamedNode(f"http://e/{number}"), P, Literal(number), graph)


def state(store: Store) -> tuple[set[str], set[str]]:
    return {str(one) for one in store}, {str(name) for name in store.named_graphs()}


def reopened(folder: Path) -> Store:
    journal = Journal(folder)
    try:
        return journal.open()
    finally:
        journal.close()


def commit(journal: Journal, store: Store, difference: Difference) -> None:
    journal.append(write(difference))
    apply(store, difference)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three transactions after a seed of one quad."""
    journal = Journal(tmp_path / "written")
    store = journal.open([quad(0)])
    commit(journal, store, Difference(added=[quad(1), quad(2)]))
    commit(journal, store, Difference(removed=[quad(0)], made=[NamedNode("http://e/empty")]))
    commit(journal, store, Difference(added=[quad(3)], removed=[quad(1)]))
    journal.close()
    return tmp_path / "written"


def test_transactions_are_read_again(folder: Path):
    found, graphs = state(reopened(folder))
    assert found == {str(quad(2)), str(quad(3))}
    assert graphs == {"<http://e/g>", "<http://e/empty>"}


def test_version_counts_the_commits_and_is_kept(folder: Path):
    journal = Journal(folder)
    store = journal.open()
    before = journal.version
    assert before.endswith("-3")
    journal.compact(store)
    assert journal.version == before
    commit(journal, store, Difference(added=[quad(9)]))
    journal.close()
    again = Journal(folder)
    again.open()
    assert again.version == before.replace("-3", "-4")
    again.close()


def test_blank_nodes_keep_their_names(tmp_path: Path):
    node, graph = BlankNode("b1"), BlankNode("b2")
    journal = Journal(tmp_path)
    store = journal.open([Quad(node, P, BlankNode("seed"))])
    commit(journal, store, Difference(added=[Quad(node, P, Literal('"\n\r\t\\é\u2028'), graph)]))
    expected = state(store)
    journal.close()
    assert state(reopened(tmp_path)) == expected
    journal = Journal(tmp_path)
    journal.compact(journal.open())
    journal.close()
    assert state(reopened(tmp_path)) == expected


def test_tail_torn_at_any_byte_is_dropped(folder: Path, tmp_path: Path):
    data = (folder / "journal-1.rdfp").read_bytes()
    last = data.rindex(b"TX .\n")
    for end in range(last, len(data)):
        copy = Path(shutil.copytree(folder, tmp_path / str(end)))
        (copy / "journal-1.rdfp").write_bytes(data[:end])
        assert state(reopened(copy))[0] == {str(quad(1)), str(quad(2))}
        assert (copy / "journal-1.rdfp").read_bytes() == data[:last]


@pytest.mark.parametrize("tail", [b"\0" * 40, b"TX .\nA <a", b"TX .\nTC", b"\xff\xfe", b"TC ."])
def test_bad_bytes_at_the_end_are_dropped(folder: Path, tail: bytes):
    path = folder / "journal-1.rdfp"
    whole = path.read_bytes()
    path.write_bytes(whole + tail)
    assert len(reopened(folder)) == 2
    assert path.read_bytes() == whole


def test_last_transaction_that_never_reached_the_disk_is_dropped(folder: Path):
    path = folder / "journal-1.rdfp"
    whole = path.read_bytes()
    path.write_bytes(whole + b"TX .\nA <http://e/9> \0\0\0\0 .\nTC .\n")
    assert len(reopened(folder)) == 2
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (b"A <http://e/1>", b"A <http://e/1", 3),
        (b"A <http://e/2>", b"X <http://e/2>", 4),
        (b"TX .\nD", b"TY .\nD", 6),
        (b"GA <http://e/empty>", b"GA <empty>", 8),
        (b'"2"^^', b'\xff"2"^^', 4),
    ],
)
def test_journal_broken_before_its_tail_names_the_line(
    folder: Path, old: bytes, new: bytes, line: int
):
    path = folder / "journal-1.rdfp"
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    with pytest.raises(BadData, match=rf"journal-1\.rdfp:{line}: "):
        reopened(folder)


def test_broken_snapshot_names_the_line(folder: Path):
    path = folder / "graph-1.nq"
    path.write_bytes(path.read_bytes() + b"<http://e/1> <http://e/p> .\n")
    with pytest.raises(BadData, match=r"graph-1\.nq:3: "):
        reopened(folder)


def test_shortened_snapshot_is_told(folder: Path):
    path = folder / "graph-1.nq"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(BadData, match="has 0 quads, not 1"):
        reopened(folder)


def test_journal_of_another_store_is_told(folder: Path, tmp_path: Path):
    other = Journal(tmp_path / "other")
    other.open()
    other.close()
    shutil.copy(tmp_path / "other/journal-1.rdfp", folder)
    with pytest.raises(BadData, match="does not belong"):
        reopened(folder)


def test_two_servers_cannot_write_one_folder(folder: Path):
    journal = Journal(folder)
    journal.open()
    began = time.monotonic()
    with pytest.raises(CannotWrite, match="another server"):
        Journal(folder)
    assert time.monotonic() - began < 10
    journal.close()
    assert len(reopened(folder)) == 2


def test_full_disk_takes_the_write_back(folder: Path):
    """A file may not grow past a limit: the next write is refused, and what was stays."""
    child = os.fork()
    if not child:
        code = 1
        try:
            journal = Journal(folder)
            store = journal.open()
            _limit((folder / "journal-1.rdfp").stat().st_size + 20)
            try:
                commit(journal, store, Difference(added=[quad(7)]))
            except CannotWrite:
                code = 0
            _limit(1 << 30)
            commit(journal, store, Difference(added=[quad(8)]))
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert state(reopened(folder))[0] == {str(quad(n)) for n in (2, 3, 8)}


def _limit(size: int) -> None:
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_compaction_killed_between_any_two_steps_loses_nothing(folder: Path, tmp_path: Path):
    expected = state(reopened(folder))
    steps = 0
    for step in range(1, 100):
        copy = Path(shutil.copytree(folder, tmp_path / str(step)))
        killed = _compact_killed(copy, step)
        for _ in range(2):  # What opens it again may not spoil it either.
            assert state(reopened(copy)) == expected, f"killed before step {step}"
        names = {path.name for path in copy.iterdir()}
        assert len(names) == 3, names
        if not killed:
            steps = step
            break
    assert steps > 5


def _compact_killed(folder: Path, step: int) -> bool:
    """Compact in a process that is killed before that step; say whether it came so far."""
    child = os.fork()
    if not child:
        journal = Journal(folder)
        store = journal.open()
        seen = 0

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal seen
            if event in EVENTS and str(folder) in str(arguments[0]):
                seen += 1
                if seen == step:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        journal.compact(store)
        os._exit(0)
    return os.waitpid(child, 0)[1] != 0


WRITES = """
import random, sys
from pathlib import Path
from kg.writing import Update, Writer

writer = Writer(Path(sys.argv[1]), None, least=int(sys.argv[2]))
number = int(sys.argv[3])
while True:
    size = 1 + number % 7
    data = "".join(f"<http://e/{number}> <http://e/p{n}> {number} . " for n in range(size))
    gone = f"; DELETE WHERE {{ <http://e/{number - 5}> ?p ?o }}" if number % 3 == 0 else ""
    writer.apply(Update(text=f"INSERT DATA {{ {data} }} {gone}"))
    print(number, flush=True)
    number += 1
"""


def wanted(number: int, last: int) -> int:
    """Return how many quads the write of that number has left when `last` is written."""
    gone = (number + 5) % 3 == 0 and number + 5 <= last
    return 0 if gone or number < 0 else 1 + number % 7


@pytest.mark.parametrize("least", [600, 1 << 20], ids=["compacting", "plain"])
def test_killed_at_any_moment_no_write_that_was_told_is_lost(tmp_path: Path, least: int):
    chance, number = random.Random(4), 0
    for _ in range(12):
        command = [sys.executable, "-c", WRITES, str(tmp_path), str(least), str(number)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            last = int(process.stdout.readline())
            time.sleep(chance.random() * 0.15)
            process.kill()
            last = max([last, *(int(one) for one in process.stdout.read().split("\n")[:-1])])
        store = reopened(tmp_path)
        found = [
            len(list(store.quads_for_pattern(NamedNode(f"http://e/{n}"), None, None)))
            for n in range(last + 2)
        ]
        told = [wanted(n, last) for n in range(last + 1)] + [0]
        more = [wanted(n, last + 1) for n in range(last + 2)]
        assert found in (told, more)
        number = last + (2 if found == more and found != told else 1)

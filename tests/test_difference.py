"""`kg diff` says what a change means; its patch makes the new graph of the old one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, serialize

from kg import settings as config
from kg.build import resolved
from kg.cli import main
from kg.difference import FORMATS, compare, patch
from kg.errors import BadData
from tests.conftest import ROOT

GOLDEN = ROOT / "tests/cases/difference"
HEAD = re.sub(r"(?s)\n\n<.*", "\n", (ROOT / "tests/cases/mini/records/all.ttl").read_text("utf-8"))


def edit(root: Path, name: str, *pairs: tuple[str, str]) -> None:
    path = root / name
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def add(root: Path, name: str, turtle: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{HEAD}\n{turtle}\n", "utf-8")


RECORDS = "data/records/all.ttl"
FRUS = """
src:FRUS a mq:Source ; dcterms:title "Foreign Relations"@en ; mq:tier tier:official ;
  mq:namedGraph <https://w3id.org/mithaq/graph/FRUS> .
<https://w3id.org/mithaq/id/record/FRUS/1> a mq:Record ; mq:describes agr:%s ; mq:source src:FRUS ;
  mq:locator "p. 7" ; mq:retrievedOn "2026-11-22"^^xsd:date ; mq:confidence conf:high ;
  mq:evidence ev:attested ; mq:title "%s"@en ; mq:party state:%s, state:%s ;
  mq:domain dom:defence ;
  mq:instrument it:agreement ; mq:bindingness bind:binding ; %s .
"""


def ended(root: Path) -> None:
    end = 'mq:inForceUntil "1960-01-01"^^xsd:date'
    add(root, "data/records/frus.ttl", FRUS % ("PAK-TUR-1954-04-02", "Pact", "PAK", "TUR", end))


def ends_first(root: Path) -> None:
    end = 'mq:inForceUntil "2020-01-01"^^xsd:date'
    add(root, "data/records/frus.ttl", FRUS % ("PAK-SAU-2005", "Defence", "PAK", "SAU", end))


def corrected(root: Path) -> None:
    edit(root, RECORDS, ('mq:signedOn "2013-09-17"', 'mq:signedOn "2013-09-18"'))


def founded(root: Path) -> None:
    day = 'mq:signedOn "1961-05-01"^^xsd:date'
    new = FRUS % ("IRN-PAK-1961-05-01", "Border agreement", "IRN", "PAK", day)
    add(root, "data/records/frus.ttl", new)


def withdrawn(root: Path) -> None:
    text = (root / RECORDS).read_text("utf-8")
    kept = [line for line in text.splitlines() if "record/handbook/2>" not in line]
    (root / RECORDS).write_text("\n".join(kept) + "\n", "utf-8")


def merged(root: Path) -> None:
    edit(root, RECORDS, ("mq:verdict ver:candidate", "mq:verdict ver:confirmed"))


def readdressed(root: Path) -> None:
    edit(root, RECORDS, ("agr:PAK-SAU-2005 ", "agr:PAK-SAU-2005-07-21 "))


def promised(root: Path) -> None:
    path = "<https://w3id.org/mithaq/id/record/gazette/1/commitment/"
    edit(
        root,
        RECORDS,
        (f"mq:commitment {path}1>, {path}2>", f"mq:commitment {path}1>, {path}3>"),
        (
            f"{path}2> a mq:Commitment ; mq:kind ck:defence",
            f"{path}3> a mq:Commitment ; mq:kind ck:arms-supply",
        ),
        (
            "mq:obligor state:SAU ; mq:obligee state:PAK ; mq:bindingness bind:binding",
            "mq:obligor state:SAU ; mq:obligee state:PAK ; mq:bindingness bind:political",
        ),
    )


def happened(root: Path) -> None:
    event = "<https://w3id.org/mithaq/id/record/gazette/1/event/1>"
    edit(root, RECORDS, ('mq:term "P10Y"', f'mq:event {event} ; mq:term "P10Y"'))
    path = root / RECORDS
    new = (
        f"{event} a mq:Event ; mq:kind ek:ratification ; mq:actor state:SAU ;"
        ' mq:date "2025-10-01"^^xsd:date .\n'
    )
    path.write_text(path.read_text("utf-8") + new, "utf-8")


def renamed_state(root: Path) -> None:
    edit(root, "data/actors/states.ttl", ('"Türkiye"@en', '"Turkey"@en'))


def joined(root: Path) -> None:
    new = (
        "<https://w3id.org/mithaq/id/membership/OIC/CHN> a mq:Membership ; mq:member state:CHN ;"
        ' mq:organisation org:OIC ; mq:role role:observer ; mq:from "2020"^^xsd:gYear ;'
        ' mq:source src:list ; mq:locator "row CHN" ; mq:confidence conf:high .'
    )
    add(root, "data/organisations/more.ttl", new)


def modelled(root: Path) -> None:
    owl = "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
    new = (
        'mq:Protocol a owl:Class ; skos:prefLabel "protocol"@en ; skos:definition "Annex."@en .\n'
        "mq:place owl:deprecated true ; dcterms:isReplacedBy mq:placeOfSignature .\n"
    )
    add(root, "ontology/extra.ttl", owl + new)
    edit(
        root,
        "ontology/schemes/verdict.ttl",
        ('skos:prefLabel "Probable"@en', 'skos:prefLabel "Likely"@en'),
    )


def asked(root: Path) -> None:
    edit(
        root,
        "ontology/shapes/commitment.ttl",
        ('sh:message "Write the article as', 'sh:message "Give the article as'),
    )
    (root / "ontology/checks/zero-term-violation.rq").unlink()
    (root / "queries/extra.rq").write_text(
        "#+ summary: All agreements\nSELECT ?a WHERE { ?a ?p ?o } ORDER BY ?a\n"
    )


def hostile(root: Path) -> None:
    bad = (
        r"<script>alert(1)</script> [x](http://evil.example) @all #1 | `rm` **b** \u202E\u001B[31m"
    )
    edit(root, RECORDS, ('mq:title "Mutual Defence Agreement"', f'mq:title "{bad}"'))


def foreign(root: Path) -> None:
    rdfs = "http://www.w3.org/2000/01/rdf-schema#"
    ex = f"@prefix ex: <http://example.org/> .\n@prefix rdfs: <{rdfs}> .\n"
    new = (
        'ex:Ship rdfs:label "ship"@en . ex:tonnes rdfs:label "tonnes"@en .\n'
        'ex:s1 a ex:Ship ; rdfs:label "Alamgir" ; ex:tonnes 3000 .\n'
    )
    add(root, "data/sources/ships.ttl", ex + new)


def many(root: Path) -> None:
    new = "\n".join(
        f'src:many{n} a mq:Source ; dcterms:title "Source {n}"@en ; mq:tier tier:news .'
        for n in range(20)
    )
    add(root, "data/sources/many.ttl", new)


CASES: dict[str, Callable[[Path], None]] = {
    one.__name__.replace("_", "-"): one
    for one in (
        ended, ends_first, corrected, founded, withdrawn, merged, readdressed, promised, happened,
        renamed_state, joined, modelled, asked, hostile, foreign, many,
    )
}  # fmt: skip


def git(root: Path, *words: str) -> None:
    who = (
        "-c",
        "user.name=Test",
        "-c",
        "user.email=test@example.org",
        "-c",
        "commit.gpgsign=false",
    )
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(
        ["git", "-C", str(root), *who, *words], check=True, capture_output=True, env=env
    )


@pytest.fixture(scope="module")
def repository(mini: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository of the mini data, with one commit."""
    root = tmp_path_factory.mktemp("git") / "repo"
    shutil.copytree(mini, root, ignore=shutil.ignore_patterns("build"))
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "First")
    return root


@pytest.fixture
def repo(repository: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(repository, tmp_path / "repo"))


def whole(root: Path) -> Store:
    return resolved(config.load(root, {}))


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_told_in_the_words_of_the_graph(repo: Path, name: str):
    before = whole(repo)
    CASES[name](repo)
    found = compare("HEAD", ".", repo)
    text = FORMATS["markdown"](found)
    golden = GOLDEN / f"{name}.md"
    if os.environ.get("WRITE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")
    after = whole(repo)
    assert patch.apply(found.patch(), before) == patch.named(after)


def test_revisions_folders_builds_and_files_are_the_same_sides(repo: Path, tmp_path: Path):
    corrected(repo)
    git(repo, "commit", "-q", "-a", "-m", "Second")
    shutil.copytree(repo, tmp_path / "new")
    (tmp_path / "built").mkdir()
    whole(repo).dump(str(tmp_path / "built/graph.trig"), format=RdfFormat.TRIG)
    whole(repo).dump(str(tmp_path / "new.nq"), format=RdfFormat.N_QUADS)
    told = FORMATS["json"](compare("HEAD~1", "HEAD", repo))
    for side in ("new", "built", "new.nq"):
        other = FORMATS["json"](compare("HEAD~1", str(tmp_path / side), repo))
        assert json.loads(other)["changes"] == json.loads(told)["changes"]


def test_long_texts_are_shown_from_where_they_differ(repo: Path):
    long = "A sentence that goes on. " * 8
    edit(repo, RECORDS, ('mq:locator "no. 1"', f'mq:locator "{long}One."'))
    git(repo, "commit", "-q", "-a", "-m", "Long")
    edit(repo, RECORDS, (f"{long}One.", f"{long}Two."))
    entries = compare("HEAD", ".", repo).entries
    texts = [line.text for entry in entries for line in entry.lines]
    assert any(re.search(r"locator: …[^→]*One\. → …[^→]*Two\.$", text) for text in texts)


def test_nothing_changed_is_said(repo: Path):
    found = compare("HEAD", ".", repo)
    assert not found
    assert "No difference" in FORMATS["text"](found)
    assert "No difference" in FORMATS["markdown"](found)
    assert found.patch().count("\n") == 3


def test_a_patch_is_the_same_bytes_whatever_the_order(repo: Path):
    founded(repo)
    one, two = compare("HEAD", ".", repo), compare("HEAD", ".", repo)
    assert one.patch() == two.patch()
    rows = one.patch().splitlines()
    assert rows[0].startswith("H id <urn:uuid:")
    assert (rows[1], rows[-1]) == ("TX .", "TC .")
    assert rows[2:-1] == sorted(rows[2:-1], key=lambda row: (row[0] != "D", row))


def test_a_patch_row_that_is_none_is_refused():
    with pytest.raises(BadData, match="patch:2"):
        patch.apply("TX .\nA <x:a> nonsense .\nTC .\n", [])
    with pytest.raises(BadData, match="patch:1"):
        patch.apply("DROP ALL", [])


def test_blank_nodes_are_known_by_what_is_said_of_them():
    def store(text: str) -> Store:
        made = Store()
        made.load(text.encode(), format=RdfFormat.TURTLE)
        return made

    one = store("<x:a> <x:p> [ <x:q> [ <x:r> 1 ] ] .")
    same = store("<x:a> <x:p> _:z . _:z <x:q> _:y . _:y <x:r> 1 .")
    other = store("<x:a> <x:p> [ <x:q> [ <x:r> 2 ] ] .")
    loop = store("_:a <x:p> _:b . _:b <x:p> _:a .")
    assert patch.differ(one, same) == (set(), set())
    removed, added = patch.differ(one, other)
    assert len(removed) == len(added) == 3
    assert patch.apply(patch.write(removed, added), one) == patch.named(other)
    assert patch.differ(loop, loop) == (set(), set())
    assert serialize(one, format=RdfFormat.N_QUADS)


@pytest.mark.parametrize(
    "bad", ["nowhere", "HEAD~9", "--output=x", "queries", "README.txt", "broken.trig"]
)
def test_a_side_that_is_none_is_refused(repo: Path, bad: str):
    (repo / "README.txt").write_text("words")
    (repo / "broken.trig").write_text("<x:a> <x:b")
    with pytest.raises(BadData) as error:
        compare(bad, ".", repo)
    assert bad in str(error.value)


def test_a_broken_file_in_a_revision_is_named(repo: Path):
    (repo / RECORDS).write_text("broken")
    with pytest.raises(BadData, match=r"data/records/all\.ttl:1"):
        compare("HEAD", ".", repo)


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str):
    monkeypatch.setattr("sys.argv", ["kg", *words])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0), capsys.readouterr()


def test_the_command_exits_as_git_does(
    repo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    root = ("--root", str(repo), "diff")
    assert run(monkeypatch, capsys, *root, "HEAD", "--exit-code")[0] == 0
    corrected(repo)
    code, out = run(monkeypatch, capsys, *root, "HEAD")
    assert code == 0
    assert "signature: 2013-09-17 → 2013-09-18, said by news" in out.out
    out_file = tmp_path / "change.rdfp"
    words = (*root, "HEAD", "--exit-code", "--format", "patch", "--out", str(out_file))
    assert run(monkeypatch, capsys, *words)[0] == 1
    assert out_file.read_text("utf-8").startswith("H id")
    code, out = run(monkeypatch, capsys, *root, "nowhere")
    assert code == 2
    assert "neither a path nor a git revision" in out.err

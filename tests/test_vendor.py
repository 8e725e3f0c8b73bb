"""What comes from others is listed with its licence, unchanged, and loaded from here alone."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from kg.web import create_app
from tests.conftest import ROOT

FOLDERS = [ROOT / "src/kg/static/vendor", ROOT / "tests/browser/vendor"]
FILES = [
    (folder, package, file)
    for folder in FOLDERS
    for package in json.loads((folder / "manifest.json").read_text("utf-8"))
    for file in package["files"]
]
#: What a page may take from another host: nothing. Links that a reader follows are no such thing.
LOADS = re.compile(
    r"""<(?:script|img|link(?!\srel="license")|iframe|source|image|use)\b[^>]*?"""
    r"""(?:src|href)\s*=\s*["']?(?:https?:)?//"""
    r"""|@import|url\(\s*["']?(?:https?:)?//|(?:fetch|importScripts|import)\(\s*["'`]https?://""",
    re.IGNORECASE,
)
OURS = [
    path
    for folder in ("templates", "static")
    for path in sorted((ROOT / "src/kg" / folder).rglob("*"))
    if path.suffix in (".html", ".css", ".js", ".svg") and "vendor" not in path.parts
]


@pytest.mark.parametrize(
    ("folder", "package", "file"), FILES, ids=[file["file"] for *_, file in FILES]
)
def test_vendored_file_is_the_published_one(folder: Path, package: dict, file: dict):
    found = hashlib.sha256((folder / file["file"]).read_bytes()).hexdigest()
    assert found == file["sha256"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
    assert len((folder / package["text"]).read_text("utf-8")) > 500
    assert package["licence"]
    assert package["for"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.parts[-3])
def test_every_vendored_file_is_listed(folder: Path):
    packages = json.loads((folder / "manifest.json").read_text("utf-8"))
    listed = {file["file"] for package in packages for file in package["files"]}
    there = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("LICENSE")
    }
    assert there - {"manifest.json"} == listed


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_nothing_is_loaded_from_elsewhere(path: Path):
    assert not LOADS.search(path.read_text("utf-8"))


def test_files_are_sent_encoded(built):
    app = create_app(built)
    try:
        path = "/static/vendor/sigma/sigma.min.js"
        for coding in ("gzip", "br", "zstd"):
            with app.test_client().get(path, headers={"Accept-Encoding": coding}) as sent:
                assert sent.headers["Content-Encoding"] == coding
                assert len(sent.data) < 80_000
                tag = {"If-None-Match": sent.headers["ETag"], "Accept-Encoding": coding}
            with app.test_client().get(path, headers=tag) as again:
                assert again.status_code == 304
    finally:
        app.extensions["kg"].close()

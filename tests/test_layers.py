"""Imports point one way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

LAYERS = [
    {"errors", "vocab", "settings", "access", "findings"},
    {
        "formats",
        "turtle",
        "files",
        "parts",
        "headers",
        "codings",
        "credentials",
        "positions",
        "prefixes",
        "report",
        "skeleton",
        "jsonld",
        "downloads",
    },
    {"queries"},
    {
        "store",
        "resolve",
        "validate",
        "importers",
        "identity",
        "pool",
        "remote",
        "writing",
        "foreign",
    },
    {
        "export",
        "describe",
        "check",
        "build",
        "panel",
        "explain",
        "publish",
        "graphstore",
        "mutate",
        "difference",
        "represent",
        "citation",
        "schemaorg",
        "dumps",
        "dcat",
        "reference",
    },
    {"web"},
    {"serving"},
    {"cli_check", "cli_export", "cli_query", "cli_serve", "pytest_items"},
    {"cli", "pytest_plugin"},
]
ONLY = {
    "flask": {"web", "serving"},
    "flask_babel": {"web"},
    "uvicorn": {"serving"},
    "click": {"cli", "cli_check", "cli_export", "cli_query", "cli_serve"},
    "pytest": {"pytest_items", "pytest_plugin"},
    "pyshacl": {"validate"},
    "shifty": {"validate"},
}
MODULES = sorted((ROOT / "src/kg").rglob("*.py"))


def top(path: Path) -> str:
    return path.relative_to(ROOT / "src/kg").parts[0].removesuffix(".py")


def layer(name: str) -> int:
    return next((i for i, names in enumerate(LAYERS) if name in names), -1)


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names if node.module == "kg" else {node.module}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT / "src/kg")))
def test_module_imports_only_downwards(path: Path):
    here = top(path)
    if here == "__init__":
        return
    assert layer(here) >= 0, f"{here} has no layer"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "kg" and len(parts) > 1 and parts[1] not in {here, "__version__"}:
            assert layer(parts[1]) <= layer(here), f"{here} imports {name}"
        assert here in ONLY.get(parts[0], {here}), f"only {ONLY.get(parts[0])} imports {parts[0]}"

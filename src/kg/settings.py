"""Read the settings: `[tool.kg]` of pyproject.toml, overridden by `KG_*` of the environment.

`[tool.kg.check]` says what `kg check` judges; the environment says nothing of it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from kg.errors import BadShapes

#: Fields that are given by the command line, and by no file or environment.
GIVEN = ("root", "data")

__all__ = ["GIVEN", "Checking", "Settings", "load"]

#: What a rule may be set to: a severity, or not to be applied.
LEVELS = ("violation", "warning", "info", "off")


@dataclass(frozen=True, kw_only=True)
class Checking:
    """What `kg check` judges, and how hard."""

    #: Stages that run and rules (names or globs) that are applied; empty for all.
    stages: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    #: Rule or glob to a severity or "off"; a name goes before a glob, a later glob before others.
    severity: Mapping[str, str] = field(default_factory=dict)
    #: Whether open warnings fail.
    strict: bool = False
    #: Files, from the root, of known findings and of suppressions; used where they exist.
    baseline: str = "kg-baseline.txt"
    suppressions: str = "suppressions.toml"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where the repository and its build are, and the limits of the server."""

    root: Path
    #: Where the built store is: a link to a folder with `store/` and `manifest.json`.
    build: Path
    base_iri: str = "https://w3id.org/mithaq/"
    #: The day for which `mq:status` is computed; a date, so that a build is reproducible.
    status_date: str = "2026-11-24"
    #: Folder of expected answers of saved queries, `NAME.csv`, and of their `values.toml`.
    golden: str = "tests/golden"
    #: Folder of the data that those answers are of; "" for the data of the repository.
    golden_data: str = ""
    #: Markdown file with the competency questions, a numbered list.
    questions: str = "docs/questions.md"
    #: What of an IRI's path under the base makes it one that a release promises to keep.
    released: str = ".*"
    host: str = "127.0.0.1"
    port: int = 8010
    #: Milliseconds after which a query is stopped.
    query_time_limit_ms: int = 10_000
    #: Bytes that a query may take beside the graph.
    query_memory_bytes: int = 1024**3
    #: Rows and bytes after which a SELECT over HTTP is cut, and says so.
    max_returned_rows: int = 100_000
    max_returned_bytes: int = 64 * 1024**2
    #: Bytes of a request body.
    max_post_body_bytes: int = 1_000_000
    #: Processes for long queries, and processes that answer short ones on the connections.
    workers: int = 4
    fast_workers: int = 2
    #: SPARQL endpoint that answers in place of the built graph; "" for none.
    store_url: str = ""
    #: Bearer token for that endpoint; a name and password may be in its address.
    store_token: str = ""
    #: Bytes of answers kept by Flask; each fast worker keeps some of its own.
    cache_bytes: int = 64 * 1024**2
    #: File that gets a line of JSON for each answer; "-" is standard error, "" none.
    access_log: str = ""
    #: Addresses of proxies that may say for whom they ask, apart by spaces.
    trusted_proxies: str = "127.0.0.1 ::1"
    #: Whether the graph may be written to by whoever has the token.
    writable: bool = False
    write_token: str = field(default="", repr=False)
    #: Where what is written is kept; beside the build unless it is set.
    write_folder: Path = Path()
    #: Bytes of the body of a write.
    max_write_bytes: int = 64 * 1024**2
    #: Where `kg export dumps` puts its files, and the server finds them.
    dumps: Path = Path()
    #: Files to serve in place of the built graph, of the command line alone.
    data: tuple[Path, ...] | None = None

    #: What `kg check` judges.
    check: Checking = field(default_factory=Checking)

    @property
    def dumps_folder(self) -> Path:
        """Return the folder of the dumps, which is in that of the build unless it is set."""
        return self.dumps if self.dumps.name else self.build / "dumps"

    @property
    def written(self) -> Path:
        """Return the folder that is written to."""
        return self.write_folder if self.write_folder.name else self.build.parent / "written"


def load(root: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the repository at `root`.

    Raises BadShapes (exit 3) when a setting is unknown or has the wrong type.
    """
    environ = os.environ if environ is None else environ
    names = {one.name: one.type for one in fields(Settings) if one.name not in (*GIVEN, "check")}
    found = _table(root / "pyproject.toml")
    check = _checking(found.pop("check", {}))
    found |= {name: environ[f"KG_{name.upper()}"] for name in names if _env(name) in environ}
    values = {name: _typed(name, names.get(name), value) for name, value in found.items()}
    settings = Settings(root=root, build=root / "build" / "current", check=check)
    return replace(settings, **values)


def _env(name: str) -> str:
    return f"KG_{name.upper()}"


def _table(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return dict(tomllib.loads(path.read_text("utf-8")).get("tool", {}).get("kg", {}))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadShapes(f"{path}: {error}") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise BadShapes(f"{path}: [tool.kg] is not a table") from error


def _typed(name: str, kind: object, value: Any) -> Any:
    if kind is None:
        raise BadShapes(f"Unknown setting {name!r}; remove it from [tool.kg] in pyproject.toml")
    try:
        return READERS[str(kind)](value)
    except ValueError as error:
        raise BadShapes(f"Setting {name} = {value!r} is not of type {kind}") from error


def _truth(value: object) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if str(value).lower() not in words:
        raise ValueError(value)
    return words[str(value).lower()]


#: Type of a setting to what reads it.
READERS: dict[str, Callable[[Any], Any]] = {"int": int, "str": str, "Path": Path, "bool": _truth}


def _checking(table: Any) -> Checking:
    """Return the settings of the table; raise BadShapes that names the key that is wrong."""
    if not isinstance(table, dict):
        raise BadShapes("[tool.kg.check] of pyproject.toml is not a table")
    known = {one.name for one in fields(Checking)}
    for name in table.keys() - known:
        raise BadShapes(
            f"Unknown setting 'check.{name}'; [tool.kg.check] of pyproject.toml has:"
            f" {', '.join(sorted(known))}"
        )
    return Checking(**{name: CHECKING[name](name, value) for name, value in table.items()})


def _names(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadShapes(f"Setting check.{name} = {value!r} is not a list of names")
    return tuple(value)


def _severity(name: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise BadShapes(f"Setting check.{name} is not a table of rules and severities")
    for rule, level in value.items():
        if level not in LEVELS:
            raise BadShapes(
                f"Setting check.{name}.{rule!r} = {level!r} is none of: {', '.join(LEVELS)}"
            )
    return dict(value)


def _is(kind: type) -> Callable[[str, Any], Any]:
    def check(name: str, value: Any) -> Any:
        if not isinstance(value, kind):
            raise BadShapes(f"Setting check.{name} = {value!r} is not of type {kind.__name__}")
        return value

    return check


#: Setting of `[tool.kg.check]` to what reads it.
CHECKING: dict[str, Callable[[str, Any], Any]] = {
    "stages": _names,
    "rules": _names,
    "severity": _severity,
    "strict": _is(bool),
    "baseline": _is(str),
    "suppressions": _is(str),
}

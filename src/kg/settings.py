"""Read the settings: `[tool.kg]` of pyproject.toml, overridden by `KG_*` of the environment."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from kg.errors import BadShapes

__all__ = ["GIVEN", "Settings", "load"]


#: Fields that are given by the command line, and by no file or environment.
GIVEN = ("root", "data")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where the repository and its build are, and the limits of the server."""

    root: Path
    #: Where the built store is: a link to a folder with `store/` and `manifest.json`.
    build: Path
    base_iri: str = "https://w3id.org/mithaq/"
    #: The day for which `mq:status` is computed; a date, so that a build is reproducible.
    status_date: str = "2026-11-24"
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
    names = {field.name: field.type for field in fields(Settings) if field.name not in GIVEN}
    found = _table(root / "pyproject.toml")
    found |= {name: environ[f"KG_{name.upper()}"] for name in names if _env(name) in environ}
    values = {name: _typed(name, names.get(name), value) for name, value in found.items()}
    settings = Settings(root=root, build=root / "build" / "current")
    return replace(settings, **values)


def _env(name: str) -> str:
    return f"KG_{name.upper()}"


def _table(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return dict(tomllib.loads(path.read_text("utf-8")).get("tool", {}).get("kg", {}))
    except tomllib.TOMLDecodeError as error:
        raise BadShapes(f"{path}: {error}") from error


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

"""The command `kg export`: the graph as files, panels, dumps and the site."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from tqdm import tqdm

from kg import export as exporting
from kg import panel as panels
from kg import settings as config
from kg.errors import BadData
from kg.store import manifest, open_built

__all__ = ["export"]


@click.group(invoke_without_command=True)
@click.option("--format", "form", type=click.Choice(sorted(exporting.FORMATS)), default="trig")
@click.option("--graph", help="One graph: a source key such as dcad, or an IRI.")
@click.option("--out", type=click.Path(path_type=Path), default="-", help="A file; - is stdout.")
@click.pass_context
def export(context: click.Context, form: str, graph: str | None, out: Path) -> None:
    """Write the graph, whole or one graph of it; or a table made from it."""
    settings: config.Settings = context.obj
    if context.invoked_subcommand:
        if (form, graph, str(out)) != ("trig", None, "-"):
            raise click.UsageError(
                f"Options follow the table: kg export {context.invoked_subcommand} …"
            )
        return
    store = open_built(settings.build)
    if str(out) == "-":
        exporting.export(store, sys.stdout.buffer, form, graph=graph)
        return
    part = out.with_name(f".{out.name}.part")
    try:
        with part.open("wb") as file:
            exporting.export(store, file, form, graph=graph)
        part.replace(out)
    except OSError as error:
        raise BadData(f"{out}: cannot be written: {error.strerror}") from error


@export.command("dyad-year")
@click.option("--source", type=click.Choice(panels.CHOICES), default="all", show_default=True)
@click.option("--directed/--undirected", default=True, show_default=True)
@click.option("--format", "form", type=click.Choice(list(panels.FORMATS)), default="csv")
@click.option("--out", type=click.Path(path_type=Path), default="-", help="A file; - is stdout.")
@click.option("--codebook", type=click.Path(path_type=Path), help="File for the CSVW codebook.")
@click.option("--from", "first", type=click.IntRange(1, 9999), help="First calendar year.")
@click.option(
    "--to",
    "last",
    type=click.IntRange(1, 9999),
    help="Last year; that of the build unless told otherwise.",
)
@click.pass_obj
def dyad_year(
    settings: config.Settings,
    source: str,
    directed: bool,
    form: str,
    out: Path,
    codebook: Path | None,
    first: int | None,
    last: int | None,
) -> None:
    """Write who promised what to whom, year by year, as CSV or Parquet.

    Beside a CSV file its codebook is written, as FILE-metadata.json (W3C CSVW).
    """
    about = manifest(settings.build)
    # Terms run on; the panel ends with the year for which the graph says what is in force.
    last = last or int(str(about["built"])[:4])
    store = open_built(settings.build)
    data = panels.FORMATS[form](
        panels.rows(store, source, directed=directed, first=first, last=last)
    )
    to_file = str(out) != "-"
    if to_file:
        panels.put(out, data)
    else:
        sys.stdout.buffer.write(data)
    if codebook is None and to_file and form == "csv":
        codebook = out.with_name(f"{out.name}-metadata.json")
    if codebook:
        url = os.path.relpath(out, codebook.parent) if to_file else "dyad-year.csv"
        way = "directed" if directed else "undirected"
        made = f"Mithaq graph {about['fingerprint']}; source {source}; {way}"
        panels.put(codebook, panels.codebook(url, made).encode())


@export.command("dumps")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option("--panels", is_flag=True, help="The dyad-year panels too; takes minutes.")
@click.pass_obj
def export_dumps(settings: config.Settings, out: Path | None, panels: bool) -> None:
    """Write the whole graph as compressed files with checksums.

    OUT is the folder in which the server finds them, unless it is named.
    """
    from kg import dumps

    out = out or settings.dumps_folder
    with tqdm(total=len(dumps.FORMATS) + 8 * panels, unit="file", leave=False) as bar:
        made = dumps.write(settings.build, out, lambda name: _step(bar, name), panels=panels)
    for dump in made:
        click.echo(f"{dump.sha256}  {out / dump.name}  {dump.bytes:,} bytes")


@export.command("site")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option("--base-url", default="", help="Address of the site, for links that begin with it.")
@click.option("--live", default="", help="Address of a server that answers what no file can.")
@click.option("--processes", type=click.IntRange(1), help="Processes; one a core unless told.")
@click.option("--formats", default="ttl,jsonld,nt,rdf", help="Of each thing's data; trig too.")
@click.option("--check", is_flag=True, help="Follow each link after it is written.")
@click.pass_obj
def export_site(
    settings: config.Settings,
    out: Path,
    base_url: str,
    live: str,
    processes: int | None,
    formats: str,
    check: bool,
) -> None:
    """Write every page and every file of the server into a folder, for any web host."""
    from kg.web.frozen import dead, export

    with tqdm(unit="thing", leave=False) as bar:

        def step(done: int, all_: int) -> None:
            bar.total = all_
            bar.update(done - bar.n)

        made = export(
            settings,
            out,
            base_url=base_url,
            live=live,
            processes=processes or 0,
            forms=tuple(filter(None, formats.split(","))),
            step=step,
        )
    click.echo(f"{out}: {made.files:,} files, {made.bytes:,} bytes")
    for path in made.missing:
        click.echo(f"kg: {path} is not there", err=True)
    faults = list(dead(out, base_url)) if check else []
    for fault in faults:
        click.echo(f"kg: {fault}", err=True)
    if made.missing or faults:
        raise SystemExit(1)


def _step(bar: tqdm, name: str) -> None:
    bar.set_description(name)
    bar.update()

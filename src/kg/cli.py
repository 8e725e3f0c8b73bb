"""The command line: `kg build | check | query | serve | export | import | diff | fmt`.

Results go to stdout, messages to stderr. Exit 0 fine, 1 findings, 2 bad input,
3 bad shapes or settings, 4 internal.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from tqdm import tqdm

from kg import __version__, foreign, skeleton, turtle
from kg import build as building
from kg import export as exporting
from kg import panel as panels
from kg import settings as config
from kg.check.releases import freeze
from kg.check.work import Work
from kg.cli_check import check, progress
from kg.cli_query import FORMATS, answer
from kg.errors import BadData, Internal, KgError
from kg.files import Layout, read_bytes, replace_file, replace_files
from kg.prefixes import prefixes
from kg.queries import bind, load, pick
from kg.report import line
from kg.store import load as load_files
from kg.store import manifest, open_built, up_to_date

__all__ = ["cli", "main"]


def main() -> None:
    """Run the command line; turn each deliberate error into one line and its exit code."""
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except KgError as error:
        _tell(error)
        sys.exit(error.exit_code)


def _tell(error: KgError) -> None:
    for finding in error.details.get("findings", ()):  # type: ignore[attr-defined]
        if finding.severity == "violation" and not finding.reason:
            click.echo(line(finding), err=True)
    hint = f"\n  {error.hint}" if error.hint and error.hint not in str(error) else ""
    click.echo(f"kg: {' '.join(str(error).splitlines())}{hint}", err=True)


class Commands(click.Group):
    """Commands whose unexpected errors end as one line, and with --debug as a traceback."""

    def invoke(self, context: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(context)
        except (KgError, click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            raise
        except Exception as error:
            if context.params.get("debug"):
                traceback.print_exc()
            name = context.invoked_subcommand or "kg"
            what = f"{name}: internal error, {type(error).__name__}: {error}"
            raise Internal(what, hint="`kg --debug …` shows where.") from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kg")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=".",
    help="The repository: the folder with ontology/, data/ and queries/.",
)
@click.option(
    "--debug", is_flag=True, envvar="KG_DEBUG", help="Show the traceback of an internal error."
)
@click.pass_context
def cli(context: click.Context, root: Path, debug: bool) -> None:
    """Read, check, build, serve and write a knowledge graph kept in files."""
    context.obj = config.load(root.resolve())


@cli.command()
@click.option("--force", is_flag=True, help="Build even when nothing has changed.")
@click.pass_obj
def build(settings: config.Settings, force: bool) -> None:
    """Build the graph: resolve, validate, and publish it under build/."""
    if up_to_date(settings) and not force:
        click.echo("The build is up to date.", err=True)
        return
    with progress("build") as step:
        store, findings = building.build(settings, step=step)
    warnings = [f for f in findings if not f.reason]
    stayed = sum(f.severity == "violation" for f in findings)
    told = f"; {stayed} suppressed violation{'s' * (stayed != 1)}" if stayed else ""
    click.echo(f"Built {len(store):,} triples; {len(warnings)} open warnings{told}.", err=True)


cli.add_command(check)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--base", default=skeleton.BASE, show_default=True, help="Base of its IRIs.")
def init(folder: Path, base: str) -> None:
    """Write a small repository into FOLDER, which is new or empty."""
    for name in skeleton.create(folder, base=base):
        click.echo(folder / name)
    click.echo(f"Next: cd {folder} && kg check && kg build && kg serve", err=True)


@cli.command()
@click.argument("version")
@click.option("--force", is_flag=True, help="Give up IRIs of the last release that are gone.")
@click.pass_obj
def release(settings: config.Settings, version: str, force: bool) -> None:
    """List the IRIs that a release promises to keep, in releases/VERSION.txt.gz."""
    with progress("release") as step:
        work = Work(settings, step)
        if up_to_date(settings):
            work.store = open_built(settings.build)
        path, number = freeze(work, version, force=force)
    click.echo(f"{work.layout.name(path)}: {number:,} IRIs.", err=True)


@cli.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    epilog="Parameters follow the name: kg query support-map --state PAK --date 2026-01-01",
)
@click.argument("name", required=False)
@click.option("--list", "listing", is_flag=True, help="List the saved queries.")
@click.option("--format", "form", type=click.Choice(FORMATS))
@click.pass_context
def query(context: click.Context, name: str | None, listing: bool, form: str | None) -> None:
    """Run a saved query by NAME, a .rq file, or - for SPARQL on stdin."""
    settings: config.Settings = context.obj
    saved = load(settings.root / "queries")
    if listing or name is None:
        for one in saved.values():
            options = " ".join(f"--{p.name} {p.default}" for p in one.params)
            click.echo(f"{one.name:34} {one.summary}  {options}".rstrip())
        return
    values = _options(context.args)
    if name == "-":
        text = sys.stdin.read()
    elif name.endswith(".rq"):
        text = read_bytes(Path(name)).decode("utf-8")
    else:
        text = bind(pick(saved, name), values)
    answer(settings, text, form)


def _options(args: list[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    rest = list(args)
    while rest:
        key = rest.pop(0)
        name, equals, value = key.removeprefix("--").partition("=")
        if not key.startswith("--") or (not equals and not rest):
            raise click.UsageError(f"Parameters are given as --name value; got {key!r}")
        values[name] = value if equals else rest.pop(0)
    return values


@cli.command()
@click.option("--host", help="Address to bind; loopback unless told otherwise.")
@click.option("--port", type=int, help="Port to bind.")
@click.option("--store", help="SPARQL endpoint to answer from, in place of the built graph.")
@click.option("--writable", is_flag=True, help="Take writes from who has KG_WRITE_TOKEN.")
@click.option("--empty", is_flag=True, help="Serve an empty store instead of the built graph.")
@click.option(
    "--data",
    "files",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    multiple=True,
    help="Serve this RDF file instead of the built graph; may be given again.",
)
@click.pass_obj
def serve(
    settings: config.Settings,
    host: str | None,
    port: int | None,
    store: str | None,
    writable: bool,
    empty: bool,
    files: tuple[Path, ...],
) -> None:
    """Serve the built graph: SPARQL endpoint, saved queries, pages."""
    from dataclasses import replace

    from kg.serving import serve as run

    if (bool(store or settings.store_url), empty, bool(files)).count(True) > 1:
        raise click.UsageError("One of --store, --empty and --data")
    wanted = replace(
        settings,
        host=host or settings.host,
        port=port or settings.port,
        store_url=store or settings.store_url,
        writable=writable or settings.writable,
        data=files if empty or files else None,
    )
    if wanted.writable and wanted.store_url:
        raise click.UsageError("Another server's store is written to there, not through this one")
    if wanted.data is not None and wanted.writable:
        click.echo("No shapes: RDF that is not ours is written as it comes.", err=True)
    if wanted.writable and any(wanted.written.glob("graph-*.nq")):
        click.echo(f"Going on with what was written before in {wanted.written}.", err=True)
    if wanted.data is None or wanted.writable:
        run(wanted)
        return
    with TemporaryDirectory(prefix="kg-") as home:
        run(replace(wanted, build=foreign.publish(files, Path(home))))


@cli.command()
@click.option("--to", required=True, help="Graph store that takes the graphs.")
@click.option("--query", required=True, help="SPARQL endpoint of the same server, to count at.")
@click.option("--data", type=click.Path(path_type=Path), help="A file of RDF, not the build.")
@click.option("--default-graph", "default", help="Name there for our default graph.")
@click.option("--token", envvar="KG_PUBLISH_TOKEN", help="Bearer token.")
@click.option("--user", envvar="KG_PUBLISH_USER", help="NAME:PASSWORD, as Digest or Basic.")
@click.option("--chunk", type=click.IntRange(1000), default=16_000_000, help="Bytes at a time.")
@click.pass_obj
def publish(
    settings: config.Settings,
    to: str,
    query: str,
    data: Path | None,
    default: str | None,
    token: str | None,
    user: str | None,
    chunk: int,
) -> None:
    """Load the built graph into another server by the Graph Store Protocol.

    A run that broke off goes on where it stopped; the same build is not sent twice. Exit 2 when
    the server has other numbers of triples in the end, 4 when it does not take a graph.
    """
    from kg.publish import DEFAULT, Publisher

    publisher = Publisher(
        settings.build,
        to,
        query=query,
        data=data,
        default=default or DEFAULT,
        token=token,
        user=user,
        chunk=chunk,
    )
    sizes = publisher.publish(lambda graph: click.echo(graph, err=True))
    click.echo(f"{len(sizes)} graphs, {sum(sizes.values()):,} triples, counted at {query}")


@cli.command()
@click.option("--port", type=int, help="Port that the server listens on.")
@click.pass_obj
def reload(settings: config.Settings, port: int | None) -> None:
    """Have the running server take the newest build, without a failed request."""
    from dataclasses import replace

    from kg.serving.server import reload as run

    click.echo(f"Reloading {run(replace(settings, port=port or settings.port))}.", err=True)


@cli.group(invoke_without_command=True)
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


@cli.command("import")
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="File to write instead of data/.")
@click.option("--report", is_flag=True, help="List every row left out, with its reason.")
@click.pass_obj
def import_(
    settings: config.Settings, name: str, path: Path, out: Path | None, report: bool
) -> None:
    """Import your copy of a dataset as records.

    NAME is one of: ar atop bla br ch cow dcad desta fcdo gr gt ieadb lu nca nl sk
    tfdd treaty-commitments unctad-iia-2020 unctad-iia-2026 uy wti. PATH is its file, or the
    folder that holds it.
    """
    from kg.importers import existing, parts, run

    layout = Layout(settings.root)
    written = [*layout.curated(), *layout.reference()]
    curated = (t for one in written for t in turtle.read(read_bytes(one), layout.name(one)))
    done = run(name, path, existing(layout), curated)
    folder = settings.root / "data/records"
    texts = {part: turtle.write(triples) for part, triples in parts(name, done.triples).items()}
    if out:
        changed = replace_file(out, turtle.write(done.triples))
    else:
        changed = replace_files(folder, texts, stale=f"{name}-*.ttl")
    for row in done.report.lines() if report else ():
        click.echo(row)
    what = out.name if out else ", ".join(texts)
    click.echo(
        f"{done.report.summary()}; {what} {'written' if changed else 'unchanged'}", err=True
    )


@cli.command()
@click.pass_obj
def match(settings: config.Settings) -> None:
    """Find which agreements of different sources are one; write data/matches/links.ttl.

    What people decided in the other files of data/matches/ stands, and is not weighed again.
    """
    from kg import identity

    layout = Layout(settings.root)
    links = settings.root / "data/matches/links.ttl"
    with progress("match") as step:
        found = identity.run(load_files(layout), before=links, step=step)
    changed = replace_file(links, turtle.write(identity.links_as_triples(found)))
    sure = sum(link.verdict == "confirmed" for link in found)
    click.echo(
        f"{sure} merges, {len(found) - sure} in doubt;"
        f" links.ttl {'written' if changed else 'unchanged'}",
        err=True,
    )


@cli.command()
@click.argument("old")
@click.argument("new", default=".")
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json", "patch"]), default="text"
)
@click.option("--out", type=click.Path(path_type=Path), default="-", help="A file; - is stdout.")
@click.option("--exit-code", "strict", is_flag=True, help="Exit 1 when there are differences.")
@click.pass_obj
def diff(
    settings: config.Settings, old: str, new: str, form: str, out: Path, strict: bool
) -> None:
    """Say what a change means in the words of the graph.

    OLD and NEW are git revisions, folders, builds, or .trig, .nq and .ttl files; NEW is the
    files as they are unless told otherwise. Exit 0 whether or not they differ, as git does,
    unless --exit-code says otherwise.
    """
    from kg import difference

    with progress("diff") as step:
        found = difference.compare(old, new, settings.root, step=step)
    text = difference.FORMATS[form](found)
    if str(out) == "-":
        click.echo(text, nl=False)
    else:
        replace_file(out, text)
    if strict and found:
        raise click.exceptions.Exit(1)


@cli.command()
@click.option("--check", "only", is_flag=True, help="Change nothing; exit 1 when a file would.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.pass_obj
def fmt(settings: config.Settings, only: bool, paths: tuple[Path, ...]) -> None:
    """Write Turtle files in the one sorted form."""
    changed = 0
    layout = Layout(settings.root)
    known = prefixes(layout)
    for path in paths or layout.turtle():
        text = turtle.form(read_bytes(path), str(path), known)
        if text.encode() != path.read_bytes():
            changed += 1
            click.echo(str(path))
            if not only:
                replace_file(path, text)
    click.echo(f"{changed} files {'to change' if only else 'changed'}", err=True)
    if only and changed:
        raise click.exceptions.Exit(1)


if __name__ == "__main__":
    main()

"""The command line: `kg build | check | query | serve | export | import | diff | fmt`.

Results go to stdout, messages to stderr. Exit 0 fine, 1 findings, 2 bad input,
3 bad shapes or settings, 4 internal.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

import click

from kg import __version__, skeleton, turtle
from kg import build as building
from kg import settings as config
from kg.check.releases import freeze
from kg.check.work import Work
from kg.cli_check import check, progress
from kg.cli_export import export
from kg.cli_query import FORMATS, answer
from kg.cli_serve import publish, reload, serve
from kg.errors import Internal, KgError
from kg.files import Layout, read_bytes, replace_file, replace_files
from kg.prefixes import prefixes
from kg.queries import bind, load, pick
from kg.report import line
from kg.store import load as load_files
from kg.store import open_built, up_to_date

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


for command in (serve, publish, reload, export):
    cli.add_command(command)


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

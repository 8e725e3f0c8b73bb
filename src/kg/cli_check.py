"""The command `kg check`: what it is asked for, and where its outputs go."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from tqdm import tqdm

from kg.check import Work
from kg.check.run import STAGES, Options, run
from kg.errors import BadData
from kg.files import replace_file
from kg.findings import Finding
from kg.report import FORMATS, Report, text
from kg.settings import Settings

__all__ = ["check", "progress"]


class Output(click.ParamType[tuple[str, Path | None]]):
    """The name of a format, and after = the file that it goes to."""

    name = "NAME[=FILE]"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Path | None]:
        """Return the name and the file, None for standard output."""
        name, equals, file = value.partition("=")
        if name not in FORMATS:
            self.fail(f"{name!r} is none of {', '.join(FORMATS)}", param, ctx)
        if equals and not file:
            self.fail(f"{value!r} names no file", param, ctx)
        return name, Path(file) if file and file != "-" else None


def _debug(context: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        context.find_root().params["debug"] = True


STAGE_LIST = " · ".join(f"{stage.name}: {stage.summary}" for stage in STAGES.values())


@click.command(
    epilog="Exit 0: nothing that fails; 1: findings; 2: bad input; 3: bad shapes or settings;"
    f" 4: internal.\n\nStages: {STAGE_LIST}."
)
@click.option(
    "--stage",
    "stages",
    multiple=True,
    metavar="NAME",
    help="Run only this stage; may be repeated.",
)
@click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="GLOB",
    help="Apply only rules of this name, such as 'source/*'; may be repeated.",
)
@click.option(
    "--format",
    "outputs",
    multiple=True,
    type=Output(),
    help=f"One of {', '.join(FORMATS)}, to standard output or to FILE; may be repeated.",
)
@click.option("--all", "everything", is_flag=True, help="Also show accepted and known findings.")
@click.option("--strict", is_flag=True, help="Open warnings also fail (exit 1).")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File of known findings: only others fail. kg-baseline.txt where it exists.",
)
@click.option("--update-baseline", "update", is_flag=True, help="Write what is found to it.")
@click.option(
    "--engine",
    type=click.Choice(["fast", "reference", "both"]),
    default="fast",
    help="Who judges by shapes; both: and where they differ is a finding.",
)
@click.option(
    "--changed",
    "changed",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="[REV]",
    help="Judge what a change can affect: since the check that is kept in build/check, and as"
    " texts also the files that differ from a git revision. Everything when that cannot be told.",
)
@click.option(
    "--verify-incremental",
    "verify",
    is_flag=True,
    help="--changed, then everything: where the two differ is a finding.",
)
@click.option("--mutate", is_flag=True, help="Instead: make data wrong, and see what notices.")
@click.option("--seed", type=int, default=1, help="Which mutants --mutate makes.")
@click.option("--coverage", is_flag=True, help="Instead: tell what no shape or check looks at.")
@click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    callback=_debug,
    help="Show the traceback of an internal error.",
)
@click.pass_context
def check(
    context: click.Context,
    stages: tuple[str, ...],
    rules: tuple[str, ...],
    outputs: tuple[tuple[str, Path | None], ...],
    everything: bool,
    strict: bool,
    baseline: Path | None,
    update: bool,
    engine: str,
    changed: str | None,
    verify: bool,
    mutate: bool,
    seed: int,
    coverage: bool,
) -> None:
    """Judge files and graph, stage by stage; exit 1 when something violates a rule."""
    settings: Settings = context.obj
    if mutate or coverage:
        _rules(settings, mutate=mutate, coverage=coverage, seed=seed, strict=strict)
        return
    outputs = outputs or (("text", None),)
    if sum(file is None for _, file in outputs) > 1:
        raise click.UsageError("Two formats go to standard output; give one a file: NAME=FILE")
    options = Options(
        stages=stages,
        rules=rules,
        strict=strict,
        everything=everything,
        baseline=baseline,
        update=update,
        debug=bool(context.find_root().params.get("debug")),
        prefix=_prefix(settings.root),
        changed=changed,
        verify=verify,
    )
    with progress("check") as step:
        report = run(Work(settings, step, engine=engine), options)
    for name, file in outputs:
        _put(report, name, file)
    _tell(report, told=("text", None) in outputs, update=update)
    code = report.exit_code
    if code and not (update and code == 1):
        raise click.exceptions.Exit(code)


def _rules(settings: Settings, *, mutate: bool, coverage: bool, seed: int, strict: bool) -> None:
    """Judge the rules: what they notice, and what they never look at."""
    from kg import mutate as mutants

    found: list[Finding] = []
    with progress("check") as step:
        work = Work(settings, step)
        if mutate:
            report = mutants.run(work, seed=seed, step=step)
            found += report.findings()
        if coverage:
            covered = mutants.coverage(work)
            found += covered.findings()
    told = [*([report.text()] if mutate else []), *([covered.text()] if coverage else [])]
    click.echo("\n".join(told))
    bad = {"violation", "warning"} if strict else {"violation"}
    for one in found:
        if one.severity in bad:
            click.echo(f"{one.place or ''}: {one.severity}: {one.rule}: {one.message}", err=True)
    if any(one.severity in bad for one in found):
        raise click.exceptions.Exit(1)


def _put(report: Report, name: str, file: Path | None) -> None:
    if file is None:
        colour = _colour() and name == "text"
        told = text(report, colour=True) if colour else FORMATS[name](report)
        click.echo(told, nl=False, color=colour)
        return
    try:
        if file.exists() and not file.is_file():
            file.write_text(FORMATS[name](report), "utf-8")
        else:
            replace_file(file, FORMATS[name](report))
    except OSError as error:
        raise BadData(f"{file}: cannot be written: {error.strerror}") from error


def _tell(report: Report, *, told: bool, update: bool) -> None:
    """Say on standard error what failed, and the numbers where they are not told elsewhere."""
    failed = [stage for stage in report.stages if stage.state == "failed"]
    for stage in failed:
        # One line: the log of a workflow would obey a line that begins with two colons.
        click.echo(" ".join(f"kg: {stage.name}: {stage.reason}".split()), err=True)
    if not told:
        for note in (*report.notes, f"{report.summary()}."):
            click.echo(note, err=True)
    if update:
        kept = len(report.known or ())
        done = "not written: a stage failed" if failed else f"{kept} known findings"
        click.echo(f"Baseline: {done}.", err=True)


def _colour() -> bool:
    """Say whether to colour: on a terminal, unless NO_COLOR; where FORCE_COLOR asks for it."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def _prefix(root: Path) -> str:
    """Return the way from the root of the version-controlled tree down to the repository."""
    tops = [Path(os.environ["GITHUB_WORKSPACE"])] if "GITHUB_WORKSPACE" in os.environ else []
    tops += [folder for folder in (root, *root.parents) if (folder / ".git").exists()]
    for top in (one.resolve() for one in tops):
        if root.is_relative_to(top):
            return "" if root == top else f"{root.relative_to(top).as_posix()}/"
    return ""


class Bar(tqdm):  # type: ignore[misc]
    """A progress bar without a thread of its own: a check forks, which is safe with one only."""

    monitor_interval = 0


@contextmanager
def progress(name: str) -> Iterator[Callable[[str], None]]:
    """Show the steps on a terminal; say nothing in a pipe."""
    with Bar(desc=name, unit=" steps", disable=not sys.stderr.isatty(), leave=False) as bar:

        def step(what: str) -> None:
            bar.set_postfix_str(what)
            bar.update()

        yield step

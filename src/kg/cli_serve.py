"""The commands `kg serve`, `kg reload`, and `kg publish` for another server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from kg import foreign
from kg import settings as config

__all__ = ["publish", "reload", "serve"]


@click.command()
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


@click.command()
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


@click.command()
@click.option("--port", type=int, help="Port that the server listens on.")
@click.pass_obj
def reload(settings: config.Settings, port: int | None) -> None:
    """Have the running server take the newest build, without a failed request."""
    from kg.serving.server import reload as run

    click.echo(f"Reloading {run(replace(settings, port=port or settings.port))}.", err=True)

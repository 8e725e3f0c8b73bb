"""Do the shapes bite? Change valid data on purpose, and see which rules notice."""

from __future__ import annotations

import logging
import time
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import ceil

from pyoxigraph import NamedNode

from kg.check.work import Work
from kg.mutate import reasons
from kg.mutate.coverage import Coverage, coverage
from kg.mutate.ground import Ground, Judge, clones, renamed
from kg.mutate.operators import OPERATORS, Mutant, mutants
from kg.mutate.report import Report
from kg.mutate.sample import Sample, Unit, choose, units
from kg.mutate.trial import Trial
from kg.validate import targets

__all__ = ["LEAST", "OPERATORS", "SURVIVORS", "Coverage", "Report", "coverage", "run"]

#: Most copies of one unit.
COPIES = 40
#: Least part of the meaningful mutants that rules must notice.
LEAST = 0.95
#: File that says which mutants may survive, and why.
SURVIVORS = "tests/cases/mutants/survivors.toml"


def run(
    work: Work,
    *,
    seed: int = 1,
    each: int = 2,
    share: float = 1.0,
    rounds: int = 12,
    least: float = LEAST,
    survivors: str = SURVIVORS,
    judges: Collection[Judge] = (),
    step: Callable[[str], None] = lambda name: None,
) -> Report:
    """Return which rules notice mutants of a sample of a repository's own data, and which none.

    At most `each` of every operator, class and property are made, for a `share` of these;
    `rounds` is how many rounds to aim at: units with more mutants are copied under other IRIs.
    """
    with _quiet():
        return _run(work, seed, each, share, rounds, least, survivors, judges, step)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep rdflib from telling of each ill-typed literal: they are ill-typed on purpose."""
    log = logging.getLogger("rdflib.term")
    before = log.disabled
    log.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        log.disabled = before


def _run(
    work: Work,
    seed: int,
    each: int,
    share: float,
    rounds: int,
    least: float,
    survivors: str,
    judges: Collection[Judge],
    step: Callable[[str], None],
) -> Report:
    start = time.monotonic()
    step("sample")
    sample = choose(units(work), targets(work.layout.shapes()), seed=seed, copies=max(3, each))
    made = list(mutants(sample, seed=seed, each=each, share=share))
    ground, moved = _copied(work, sample.units, made, rounds, judges)
    said = Trial(ground, step=step)
    found = said.run(moved)
    derived = _derived(said, sample)
    more = list(mutants(derived, seed=seed, each=each, share=share))
    apart = Trial(ground, resolved=True, step=step)
    found += apart.run(more)
    return Report(
        found,
        reasons.read(work.settings.root / survivors),
        survivors,
        least,
        len(sample.triples),
        said.rounds + apart.rounds,
        time.monotonic() - start,
        partial=share < 1,
    )


def _derived(trial: Trial, sample: Sample) -> Sample:
    """Return a sample of what the rules made, each node in the view of all."""
    said = {t for unit in trial.ground.units for t in unit.triples}
    whole = [quad.triple for quad in trial.store]
    made = {t.subject.value for t in whole if t not in said and isinstance(t.subject, NamedNode)}
    nodes = made - {t.subject.value for t in said if isinstance(t.subject, NamedNode)}
    return Sample(trial.ground.units, sample.classes, sample.above, whole, nodes)


def _copied(
    work: Work, found: list[Unit], made: list[Mutant], rounds: int, judges: Collection[Judge]
) -> tuple[Ground, list[Mutant]]:
    """Return a ground with copies of crowded units, and the mutants spread over them."""
    home = {node: unit.name for unit in found for node in unit.nodes}
    crowd = Counter(home[mutant.node.value] for mutant in made)
    copies = {
        u.name: clones(u, min(COPIES, ceil(crowd[u.name] / rounds) - 1))
        for u in found
        if u.part != "ontology" and crowd[u.name] > rounds
    }
    added = [clone for some in copies.values() for clone, _ in some]
    trial = Trial(Ground(work, [*found, *added], judges))
    bad = trial.blamed
    good = {
        name: [(c, fresh) for c, fresh in some if c.name not in bad]
        for name, some in copies.items()
    }
    kept = [clone for some in good.values() for clone, _ in some]
    turn: Counter[str] = Counter()
    moved = []
    for mutant in made:
        name = home[mutant.node.value]
        turn[name] += 1
        some = [{}, *(fresh for _, fresh in good.get(name, ()))]
        moved.append(_moved(mutant, some[turn[name] % len(some)]))
    return Ground(work, [*found, *kept], judges), moved


def _moved(mutant: Mutant, fresh: dict[str, str]) -> Mutant:
    """Return the mutant of a copy."""
    node = NamedNode(fresh.get(mutant.node.value, mutant.node.value))
    removed = tuple(renamed(t, fresh) for t in mutant.removed)
    added = tuple(renamed(t, fresh) for t in mutant.added)
    return replace(mutant, node=node, removed=removed, added=added)

"""List the stages, in the order in which they run, and the rules that they apply."""

from __future__ import annotations

from types import ModuleType

from kg.check import (
    changed,
    checks,
    competency,
    links,
    ontology,
    queries,
    shacl,
    shapes,
    source,
    suppressions,
    syntax,
)
from kg.check.rules import check_rules, own, shape_rules
from kg.check.stages import Stage
from kg.check.work import Work
from kg.report import Rule

__all__ = ["STAGES", "rules"]


def _own(module: ModuleType, summary: str, *, graph: bool = False, after: str = "") -> Stage:
    """Return the stage of a module that has its own rules, and the stage's name."""
    name = module.__name__.rpartition(".")[2]
    return Stage(
        name, summary, module.findings, graph=graph, after=after, rules=own(name, module.RULES)
    )


STAGES = {
    stage.name: stage
    for stage in (
        _own(syntax, "whether each file can be read"),
        _own(source, "how the files are written: prefixes, literals, IRIs, order"),
        _own(shapes, "whether the shapes mean what they say"),
        _own(ontology, "labels, definitions, terms, hierarchies", graph=True),
        Stage(
            "shacl",
            "the shapes of ontology/shapes",
            shacl.findings,
            graph=True,
            rules=shape_rules,
        ),
        Stage(
            "checks",
            "the whole-graph checks of ontology/checks",
            checks.findings,
            graph=True,
            rules=check_rules,
            parts=checks.parts,
        ),
        _own(queries, "saved queries, held against ontology and data", graph=True),
        _own(competency, "whether the questions are answered", graph=True, after="queries"),
        _own(links, "IRIs that lead nowhere, or that got lost", graph=True),
    )
}


def rules(work: Work) -> dict[str, Rule]:
    """Return the rules by name: those of the stages, and those of suppressions."""
    mine = {rule.name: rule for rule in own("check", suppressions.RULES | changed.RULES)(work)}
    return mine | {rule.name: rule for stage in STAGES.values() for rule in stage.rules(work)}

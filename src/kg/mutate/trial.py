"""Judge many mutants at once, and say for each which rules noticed it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Quad, Store

from kg.findings import Finding
from kg.mutate.ground import LOAD, Ground
from kg.mutate.operators import Mutant

__all__ = ["Outcome", "Trial"]

#: Most rounds with one mutant each, for mutants whose findings could be another's.
ALONE = 60
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Outcome:
    """A mutant, and the rules that noticed it."""

    mutant: Mutant
    rules: frozenset[str]

    @property
    def killed(self) -> bool:
        """Say whether a rule noticed the mutant."""
        return bool(self.rules)


@dataclass
class Trial:
    """Rounds of mutants over one ground: in each, every unit has one mutant at most."""

    ground: Ground
    #: Change what the rules made, not what the files say.
    resolved: bool = False
    step: Callable[[str], None] = lambda name: None
    rounds: int = 0
    #: Findings that could not be told whose they are.
    unclear: int = 0
    #: The sample as it is, with the rules run.
    store: Store = field(init=False)
    _known: set[Key] = field(init=False)
    _about: set[tuple[str, str, str]] = field(init=False)
    #: Units that are not valid as they are: nothing is learnt from changing them.
    invalid: set[str] = field(init=False)
    #: These, and units that such a finding names.
    blamed: set[str] = field(init=False)

    def __post_init__(self) -> None:
        """Judge the sample as it is: its findings are nobody's."""
        self.store = self.ground.resolved()
        found = self.ground.findings(self.store)
        self._known = {_key(finding) for finding in found}
        self._about = {key[:3] for key in self._known}
        bad = [finding for finding in found if finding.severity == "violation"]
        self.invalid = {home for f in bad if (home := self.ground.home(f.focus))}
        self.blamed = self.invalid | {home for f in bad if (home := self.ground.home(f.value))}

    def run(self, mutants: Iterable[Mutant], *, workers: int = 2) -> list[Outcome]:
        """Return the outcome of each mutant."""
        fit = [mutant for mutant in mutants if self._home(mutant) not in self.invalid]
        groups = list(self._groups(fit))
        with ThreadPoolExecutor(workers) as pool:
            found = [result for done in pool.map(self._round, groups) for result in done]
        sure = [outcome for outcome, doubt in found if not doubt or outcome.killed]
        doubted = [outcome.mutant for outcome, doubt in found if doubt and not outcome.killed]
        with ThreadPoolExecutor(workers) as pool:
            alone = list(pool.map(self._alone, doubted[:ALONE]))
        return [*sure, *alone, *(Outcome(m, frozenset()) for m in doubted[ALONE:])]

    def _groups(self, mutants: Iterable[Mutant]) -> Iterator[list[Mutant]]:
        """Yield mutants of units that have nothing to do with each other.

        Reference data has rounds of its own, for what changes there is noticed at records too.
        """
        near = self._near()
        parts: dict[str, list[Mutant]] = defaultdict(list)
        for mutant in mutants:
            unit = self.ground.by_name.get(self._home(mutant))
            parts[unit.part if unit else "records"].append(mutant)
        for left in parts.values():
            yield from self._apart(left, near)

    def _apart(self, left: list[Mutant], near: dict[str, set[str]]) -> Iterator[list[Mutant]]:
        while left:
            group, taken, later = [], set[str](), []
            for mutant in left:
                home = self._home(mutant)
                if home in taken:
                    later.append(mutant)
                else:
                    group.append(mutant)
                    taken |= {home} | near.get(home, set())
            left = later
            yield group

    def _home(self, mutant: Mutant) -> str:
        return self.ground.home(mutant.node.value) or mutant.node.value

    def _near(self) -> dict[str, set[str]]:
        """Return for each unit of reference data those that it points to or that point to it."""
        shared = {u.name: u for u in self.ground.units if u.part != "records"}
        near: dict[str, set[str]] = defaultdict(set)
        for name, unit in shared.items():
            for triple in unit.triples:
                other = self.ground.homes.get(getattr(triple.object, "value", ""), "")
                if other in shared and other != name:
                    near[name].add(other)
                    near[other].add(name)
        return near

    def _round(self, group: list[Mutant]) -> list[tuple[Outcome, bool]]:
        """Return the outcomes of a group, and whether findings of it may be another's."""
        self.step(f"round of {len(group)}")
        store, unloaded = self._mutated(group)
        fresh = [f for f in self.ground.findings(store) if self._fresh(f)]
        self.rounds += 1
        noticed: dict[int, set[str]] = defaultdict(set)
        doubted: set[int] = set()
        whose = _Whose(self.ground, store, [m for m in group if m not in unloaded], group)
        for finding in fresh:
            suspects = whose(finding)
            if len(suspects) == 1:
                noticed[suspects[0]].add(finding.rule)
            else:
                self.unclear += 1
                doubted |= set(suspects) or set(range(len(group)))
        for number, mutant in enumerate(group):
            if mutant in unloaded:
                noticed[number] = {LOAD}
        return [(Outcome(m, frozenset(noticed[n])), n in doubted) for n, m in enumerate(group)]

    def _alone(self, mutant: Mutant) -> Outcome:
        self.step("alone")
        store, unloaded = self._mutated([mutant])
        self.rounds += 1
        rules = {f.rule for f in self.ground.findings(store) if self._fresh(f)}
        return Outcome(mutant, frozenset({LOAD} if unloaded else rules))

    def _mutated(self, group: list[Mutant]) -> tuple[Store, list[Mutant]]:
        if self.resolved:
            store = Store()
            store.extend(self.store)
            for mutant in group:
                self.ground.alter(store, mutant)
            return store, []
        unloaded: list[Mutant] = []
        changed: dict[str, list[Quad]] = {}
        for mutant in group:
            lines = self.ground.changed(mutant)
            if isinstance(lines, str):
                unloaded.append(mutant)
            else:
                changed[self.ground.homes[mutant.node.value]] = lines
        return self.ground.resolved(changed), unloaded

    def _fresh(self, finding: Finding) -> bool:
        key = _key(finding)
        return key not in self._known and key[:3] not in self._about


class _Whose:
    """Tell whose a finding is: of the mutant that its node, value or neighbours are of."""

    def __init__(
        self, ground: Ground, store: Store, loaded: list[Mutant], group: list[Mutant]
    ) -> None:
        self.ground, self.store = ground, store
        self.by_home: dict[str, int] = {}
        #: What a mutant names, by its number: a finding with it as value is of the mutant.
        self.named: dict[int, set[str]] = {}
        self.by_node: dict[str, int] = {}
        for number, mutant in enumerate(group):
            if mutant in loaded:
                home = ground.home(mutant.node.value)
                self.by_home[home or mutant.node.value] = number
                ends = [t.subject for t in mutant.added]
                self.by_node |= {e.value: number for e in ends if isinstance(e, NamedNode)}
                self.named[number] = {str(getattr(t.object, "value", "")) for t in mutant.added}
                news = [t.object for t in mutant.added] + [t.predicate for t in mutant.added]
                odd = [n.value for n in news if isinstance(n, NamedNode) and self._odd(n)]
                self.by_node |= dict.fromkeys(odd, number)

    def _odd(self, node: NamedNode) -> bool:
        """Say whether a term is met in this mutant alone."""
        return node.value not in self.ground.homes and any(c.isdigit() for c in node.value[-3:])

    def __call__(self, finding: Finding) -> list[int]:
        own, other = self._at(finding.focus), self._at(finding.value)
        if own and all(finding.value in self.named[number] for number in own):
            return sorted(own)
        named = [number for number, words in self.named.items() if finding.focus in words]
        if not own and len(named) == 1:
            return named
        if own | other:
            return sorted(own | other)
        here = {finding.focus}
        for _ in range(2):
            here = {o for node in here for o in self._after(node)}
            found = {number for node in here for number in self._at(node)}
            if found:
                return sorted(found)
        return []

    def _at(self, iri: str) -> set[int]:
        if iri in self.by_node:
            return {self.by_node[iri]}
        home = self.ground.home(iri) if "/" in iri else None
        return {self.by_home[home]} if home in self.by_home else set()

    def _after(self, iri: str) -> Iterator[str]:
        if not iri.startswith("http"):
            return
        for quad in self.store.quads_for_pattern(NamedNode(iri), None, None, None):
            if isinstance(quad.object, NamedNode):
                yield quad.object.value


def _key(finding: Finding) -> Key:
    return (finding.rule, finding.focus, finding.path, finding.value)

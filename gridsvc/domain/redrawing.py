"""Ways to redraw the units of one level: rebalanced with the smallest change, made anew, so many of them, or around stations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from geodata.districting.around import around
from geodata.districting.balanced import balanced
from geodata.districting.certificates import Certificate, certify, certify_sites, count_certificate
from geodata.districting.covering import Settled, proven
from geodata.districting.graph import ANY, STREET_SHARE, Graph, Limits
from geodata.districting.grouping import continued, reasons_of
from geodata.districting.land import Land
from geodata.districting.least import least
from geodata.districting.rebalance import Today, rebalance
from geodata.districting.refine import BALANCED, Search
from geodata.districting.whole import whole_groups
from geodata.topology.grid import Flags, Floats, Integers
from gridsvc.errors import Invalid

Way: TypeAlias = Literal["rebalance", "parts", "stations"]

WAYS: dict[Way, tuple[str, str]] = {
    "rebalance": ("最少变动", "rebalance with the smallest change"),
    "parts": ("重新划分为若干个", "from scratch into so many"),
    "stations": ("围绕站点划分", "around given stations"),
}
"""What may be asked for, Chinese and English."""

NAMES: dict[str, tuple[str, str]] = {
    "least": ("变动最少", "smallest change"),
    "even": ("更均衡", "better balanced"),
    "compact": ("更紧凑", "more compact"),
    "fresh": ("全新划分", "from scratch"),
    "near": ("就近", "nearest station"),
}
"""What distinguishes the alternatives, Chinese and English."""

PATIENCE = 3
"""How many times the usual number of recuts a proposal from scratch gets."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Ground to be redrawn: nodes (parcels with their buildings, or whole units) and the units they are in."""

    land: Land
    """`above` is the unit above each node, whose border stays."""
    today: Integers
    """For each node its unit, from 0."""
    locked: Flags
    """Nodes of units that stay as they are."""
    held: Flags
    """Nodes that stay in their unit."""

    @property
    def households(self) -> Floats:
        """Return those of each node; the loads of `land` are several measures in one, in as many households."""
        return self.land.borders.weight

    @property
    def shut(self) -> Flags:
        """Return the nodes of units that cannot be made anew: those of locked ones, and of ones with something held."""
        stays: Flags = np.isin(self.today, self.today[self.locked | self.held])
        return stays

    def borders(self) -> Graph:
        """Return what may be in one unit: inside each unit above, across a barrier only where a unit lies on both its sides today."""
        above, today = self.land.above, self.today
        inside, closed = (each.where(above[each.one] == above[each.other]) for each in (self.land.borders, self.land.closed))
        return inside.plus(closed.where(today[closed.one] == today[closed.other]), STREET_SHARE)


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked."""

    limits: Limits
    way: Way = "rebalance"
    parts: int = 0
    sites: Integers | None = None
    """For `stations` the node of each."""
    at: Floats | None = None
    """For `stations` where each node is, shape (n, 2), flat metres."""
    names: Sequence[str] = ()
    """For `stations` what each is called."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """An alternative: a unit for each node; those that go on have today's numbers."""

    name: str
    label: Integers
    reasons: Mapping[int, Certificate | None]
    """For each unit out of range its proof, or None."""
    measures: dict[str, float]
    apart: Mapping[int, str]
    """For each unit around a station its name."""


def alternatives(field: Field, task: Task, search: Search) -> Iterator[Found]:
    """Yield one alternative after the other, the one that is asked for most first; the same for the same field, task and seed.

    Raises Invalid where the number of units or stations fits nothing.
    """
    graph = field.borders()
    shut = field.shut if task.way != "rebalance" else _of_locked(field)
    proofs, bound = certify(graph, task.limits, locked=shut), least(graph, task.limits, field.today, shut)
    make = {"rebalance": _rebalanced, "parts": _in_parts, "stations": _around_stations}[task.way]
    for name, label in make(field, graph, task, search):
        found = _measured(field, task, name, label, Settled(shut, proofs))
        yield replace(found, measures=found.measures | {"least_moved": bound})


def _of_locked(field: Field) -> Flags:
    locked: Flags = np.isin(field.today, field.today[field.locked])
    return locked


def _rebalanced(field: Field, graph: Graph, task: Task, search: Search) -> Iterator[tuple[str, Integers]]:
    (low, high), weighted = task.limits, graph.load is not None
    search = search._replace(narrow=task.limits if weighted else ANY)
    narrower = search._replace(narrow=Limits(low + (high - low) / 4, high - (high - low) / 4))
    today = Today(field.today, field.land.compound, field.locked, field.held)
    yield "least", rebalance(graph, task.limits, today, search).label
    yield "even", rebalance(graph, task.limits, today, narrower).label
    yield "fresh", _fresh(field, graph, task.limits, search._replace(iterations=search.iterations * PATIENCE, balance=BALANCED))


def _fresh(field: Field, graph: Graph, limits: Limits, search: Search) -> Integers:
    """Return units made anew, what is locked apart, called as those of today with which they have most in common."""
    shut = field.shut
    within = np.where(shut, len(graph) + field.today, field.land.above)
    groups = whole_groups(graph, limits, np.where(shut, -1, field.land.compound), within, search)
    apart = np.where(shut, field.today, field.today.max(initial=-1) + 1 + groups.label)
    return continued(np.unique(apart, return_inverse=True)[1], field.today, graph.weight)


def _in_parts(field: Field, graph: Graph, task: Task, search: Search) -> Iterator[tuple[str, Integers]]:
    free = _free(field, task.parts)
    mean = graph.loads[free].sum() / max(task.parts, 1)
    for name, slack in (("even", 0.02), ("compact", 0.2)):
        patient = search._replace(iterations=search.iterations * PATIENCE, narrow=_within(mean, slack))
        label = balanced(graph.only(free), task.parts, task.limits, patient)
        yield name, _named(field, graph, free, label)


def _around_stations(field: Field, graph: Graph, task: Task, search: Search) -> Iterator[tuple[str, Integers]]:
    sites = np.empty(0, dtype=np.int64) if task.sites is None else task.sites
    free = _free(field, len(sites))
    if task.at is None or not free[sites].all():
        name = next(iter(np.array(task.names)[~free[sites]].tolist()), "")
        raise Invalid("The station {name} stands in a locked unit; unlock it, or leave the station out.", name=name)
    some, place = graph.only(free), np.cumsum(free) - 1
    at = task.at[free]
    step_m = np.hypot(*(at[some.one] - at[some.other]).T)
    for name, narrow in (("near", ANY), ("even", _within(some.loads.sum() / len(sites), 0.05))):
        label = around(some, place[sites], step_m, task.limits, search._replace(narrow=narrow))
        alone = len(sites) + some.component  # ground that hangs together with no station
        yield name, _named(field, graph, free, np.where(label < 0, alone, label))


def _within(mean: float, slack: float) -> Limits:
    return Limits(mean * (1 - slack), mean * (1 + slack))


def _free(field: Field, count: int) -> Flags:
    """Return the nodes that may change; raise Invalid where they are no `count` units in one unit above."""
    free = ~field.shut
    above = np.unique(field.land.above[free])
    if len(above) != 1:
        raise Invalid("What is to be redrawn lies in {count} units; name the one above it.", count=len(above))
    if not 0 < count <= int(free.sum()):
        raise Invalid("{count} units cannot be made of {grounds} grounds.", count=count, grounds=int(free.sum()))
    return free


def _named(field: Field, graph: Graph, free: Flags, label: Integers) -> Integers:
    """Return the units of all nodes, made anew ones called as those of today with which they have most in common."""
    found = field.today.copy()
    found[free] = field.today.max(initial=-1) + 1 + label
    return continued(np.unique(found, return_inverse=True)[1], field.today, graph.weight)


def _measured(field: Field, task: Task, name: str, label: Integers, settled: Settled) -> Found:
    """Return the alternative with what it is worth; households count, whatever the load is."""
    every = np.bincount(label, field.households).astype(np.float64)
    wrong = proven(field.borders(), task.limits, label, reasons_of(label, every, task.limits, settled.proofs), settled)
    apart = {} if task.sites is None else dict(zip(label[task.sites].tolist(), range(len(task.sites)), strict=True))
    alone = _site_proofs(field, task) if not apart.keys().isdisjoint(wrong) else {}
    wrong |= {unit: alone[apart[unit]] for unit in wrong if apart.get(unit) in alone}
    counted = _count_proof(field, task)
    reasons = {unit: proof or counted for unit, proof in wrong.items() if every[unit] > 0 and not field.locked[label == unit].any()}
    households, load = every[np.unique(label)], np.bincount(label, field.land.borders.loads)[np.unique(label)]
    moved = field.households[label != field.today].sum()
    return Found(name, label, reasons, {
        "units": len(households),
        "out_of_range": len(reasons),
        "unproven": sum(proof is None for proof in reasons.values()),
        "lowest": float(households.min()),
        "highest": float(households.max()),
        "deviation": float(households.std() / max(households.mean(), 1e-9)),
        "load_deviation": float(load.std() / max(load.mean(), 1e-9)),
        "moved": float(moved),
        "moved_share": float(moved / max(field.households.sum(), 1e-9)),
        "split_compounds": _split(field.land.compound, label),
    }, {unit: task.names[place] for unit, place in apart.items()})  # fmt: skip


def _site_proofs(field: Field, task: Task) -> Mapping[int, Certificate]:
    """Return the proofs that a station, by its place, can have no unit in range whatever ground the others have."""
    free = ~field.shut
    nodes, place = np.flatnonzero(free), np.cumsum(free) - 1
    found = certify_sites(field.borders().only(free), task.limits, place[task.sites])
    return {at: replace(proof, nodes=nodes[proof.nodes]) for at, proof in found.items()}


def _count_proof(field: Field, task: Task) -> Certificate | None:
    """Return the proof that so many units as are asked for cannot be, if that is so."""
    count = task.parts if task.sites is None else len(task.sites)
    nodes = np.flatnonzero(~field.shut)
    proof = count_certificate(field.land.borders.of(nodes), task.limits, count) if task.way != "rebalance" else None
    return replace(proof, nodes=nodes) if proof else None


def _split(compound: Integers, label: Integers) -> int:
    """Return how many compounds lie in several units."""
    pairs = np.unique(np.stack([compound, label])[:, compound >= 0], axis=1)
    return int((np.bincount(pairs[0]) > 1).sum()) if pairs.size else 0


def weighed(loads: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats | None:
    """Return one load from several, in as many households as there are: each counts by its share of all, times its weight.

    None where households alone are weighted.
    """
    total, sum_of_weights = loads["households"].sum(), sum(weights.values())
    if set(weights) <= {"households"} or not sum_of_weights:
        return None
    shares = [weight * loads[name] / max(loads[name].sum(), 1e-9) for name, weight in weights.items()]
    return np.asarray(total * np.sum(shares, axis=0) / sum_of_weights, dtype=np.float64)


def with_load(land: Land, load: Floats | None) -> Land:
    """Return the land with a load that is to be shared out evenly."""
    return replace(land, borders=replace(land.borders, load=load), closed=replace(land.closed, load=load))

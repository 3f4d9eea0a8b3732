"""Proposals for redrawing: so many balanced parts from scratch, beside METIS and GerryChain on the same graph; the smallest change."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.city import City
from bench.contest import Contest
from geodata.districting.balanced import balanced
from geodata.districting.graph import Graph, Limits, graph
from geodata.districting.grouping import group
from geodata.districting.rebalance import Today, rebalance
from geodata.districting.refine import BALANCED, Search
from geodata.readers import read

Label = NDArray[np.int64]
PARTS, SLACK = 100, 0.1
"""How many parts are asked for, and how far from the mean one may be."""
PATIENCE_S = 60
"""After so long a peer is taken to give nothing."""
PLACES = {"Denver's blocks": "districting/DenverCo_blocks.zip"}
LIMITS = Limits(30, 70)


def contests(city: City) -> Iterator[Contest]:
    """Yield parts from scratch on drawn parcels and, where the files are there, on Denver's blocks; and the smallest change."""
    ground = city.leaves
    households = np.rint(np.random.default_rng(1).gamma(2, 3, len(ground)))
    town = graph(ground, households)
    yield _from_scratch("drawn parcels", town)
    for name, file in PLACES.items():
        if (found := _given(file)) is not None:
            yield _from_scratch(name, found)
            yield _in_range(name, found)
    yield _smallest_change(town)


def _given(file: str) -> Graph | None:
    """Return the largest connected piece of the blocks of a file, by people; None where it is not there."""
    path = Path(os.environ.get("GRIDSVC_TEST_DATA", Path(__file__).parents[2] / "shared" / "data")) / file
    if not path.is_file():
        return None
    table = read(path)
    every = graph(table.geometry, np.array([float(str(each["TOTPOP20"])) for each in table.attributes]))
    return every.only(every.component == np.bincount(every.component).argmax())


def _from_scratch(name: str, ground: Graph) -> Contest:
    """Return the contest of so many balanced parts."""
    contestants: dict[str, Callable[[], Label]] = {"gridsvc": lambda: balanced(ground, PARTS)}
    absent = {}
    for peer, make in (("METIS", _metis), ("GerryChain", _gerrychain)):
        try:
            contestants[peer] = _tried(make(ground))
        except (ImportError, TimeoutError) as error:
            absent[peer] = str(error)

    def differs(ours: Label, theirs: Label) -> str:
        off, cut = zip(*(_quality(ground, each) for each in (ours, theirs)), strict=True)
        return f"deviation {off[1]:.3f} of the mean, ours {off[0]:.3f}; {cut[1] / cut[0]:.2f} times our length of borders"

    return Contest(f"{PARTS} parts of {name} from scratch ({len(ground):,} nodes)", contestants, differs=differs, rounds=1, absent=absent)


def _tried(work: Callable[[], Label]) -> Callable[[], Label]:
    """Return work that was done once within PATIENCE_S; raise TimeoutError for any other."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"gave nothing in {PATIENCE_S} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE_S)
    try:
        work()
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    return work


def _quality(ground: Graph, label: Label) -> tuple[float, float]:
    """Return the deviation of the loads by their mean, and the length of the borders."""
    load = np.bincount(label, ground.weight)
    return float(load.std() / load.mean()), float(ground.length_m[label[ground.one] != label[ground.other]].sum())


def _metis(ground: Graph) -> Callable[[], Label]:
    import pymetis  # noqa: PLC0415  # it may be missing

    net = ground.net
    weight, length_m = (np.rint(each).astype(int).tolist() for each in (net.weight, net.length_m + 1))
    start, neighbour = net.start.tolist(), net.neighbour.tolist()
    return lambda: np.array(pymetis.part_graph(PARTS, xadj=start, adjncy=neighbour, vweights=weight, eweights=length_m)[1])


def _gerrychain(ground: Graph) -> Callable[[], Label]:
    import networkx  # noqa: PLC0415  # it may be missing
    from gerrychain import Graph as Chained  # noqa: PLC0415
    from gerrychain.partition import recursive_tree_part  # noqa: PLC0415

    drawn = networkx.Graph()
    drawn.add_nodes_from((node, {"load": load}) for node, load in enumerate(ground.weight.tolist()))
    drawn.add_edges_from(zip(ground.one.tolist(), ground.other.tolist(), strict=True))
    chained = Chained.from_networkx(drawn)

    def parts() -> Label:
        found = recursive_tree_part(chained, range(PARTS), float(ground.weight.sum()) / PARTS, "load", SLACK)
        return np.array([found[node] for node in range(len(ground))], dtype=np.int64)

    return parts


def _in_range(name: str, ground: Graph) -> Contest:
    """Return the contest of parts within 10 % of the mean of 356, as many as it takes; the title says what came of it."""
    mean = ground.weight.sum() / 356
    limits, search = Limits(0.9 * mean, 1.1 * mean), Search(0, 60, balance=BALANCED)
    found = group(ground, limits, search)
    off = _quality(ground, np.unique(found.label, return_inverse=True)[1])[0]
    unproven = list(found.reasons.values()).count(None)
    title = f"Units of {name} within 10 %: {len(found.reasons)} out of range, {unproven} unproven, deviation {off:.3f}"
    return Contest(title, {"gridsvc": lambda: group(ground, limits, search).label}, rounds=1)


def _smallest_change(town: Graph) -> Contest:
    """Return the contest of putting right what a sixth of the grounds has upset."""
    today, random = group(town, LIMITS).label, np.random.default_rng(2)
    changed = np.where(random.random(len(town)) < 1 / 6, np.rint(town.weight * random.uniform(0.3, 1.9, len(town))), town.weight)
    later = Graph(changed, town.one, town.other, town.length_m)
    found = rebalance(later, LIMITS, Today(today))
    fresh = group(later, LIMITS, Search(1), start=None).label
    common = np.zeros((fresh.max() + 1, today.max() + 1))
    np.add.at(common, (fresh, today), changed)
    anew = 1 - common.max(axis=1).sum() / changed.sum()
    title = (
        f"Rebalance {len(np.unique(today)):,} units with the smallest change: {len(found.reasons)} out of range, "
        f"{found.moved / changed.sum():.1%} moved (at least {found.least / changed.sum():.1%} have to be; from scratch {anew:.1%})"
    )
    return Contest(title, {"gridsvc": lambda: rebalance(later, LIMITS, Today(today)).label}, rounds=5)

"""METIS and GerryChain at the same work: a graph divided into so many connected parts of like weight, and what a division is worth."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geodata.districting.graph import Graph, Limits

Label: TypeAlias = NDArray[np.int64]
Work: TypeAlias = Callable[[], Label]
PATIENCE_S = 20
"""After so long a peer is taken to give nothing."""


def peers(ground: Graph, parts: int, limits: Limits) -> tuple[dict[str, Work], Mapping[str, str]]:
    """Return those that divide the graph within PATIENCE_S, and why others do not; each may be as far from the mean as the range is."""
    found: dict[str, Work] = {}
    absent: dict[str, str] = {}
    slack = (limits.high - limits.low) / (limits.high + limits.low)
    for name, make in (("METIS", _metis), ("GerryChain", _gerrychain)):
        try:
            version, work = make(ground, parts, slack)
            found[f"{name} {version}"] = _tried(work)
        except (ImportError, TimeoutError, RuntimeError) as error:
            absent[name] = str(error) or type(error).__name__
    return found, absent


def _metis(ground: Graph, parts: int, slack: float) -> tuple[str, Work]:
    import pymetis  # noqa: PLC0415  # it may be missing

    net = ground.net
    weight, length_m = (np.rint(each).astype(int).tolist() for each in (net.weight, net.length_m + 1))
    adjacency = pymetis.CSRAdjacency(net.start.tolist(), net.neighbour.tolist())
    options = pymetis.Options(contig=True, ufactor=max(1, round(1000 * slack)))

    def work() -> Label:
        found = pymetis.part_graph(parts, adjacency, vweights=weight, eweights=length_m, recursive=False, options=options)
        return np.array(found[1], dtype=np.int64)

    return pymetis.version, work


def _gerrychain(ground: Graph, parts: int, slack: float) -> tuple[str, Work]:
    from importlib.metadata import version  # noqa: PLC0415  # for this alone

    import networkx  # noqa: PLC0415  # it may be missing
    from gerrychain import Graph as Chained  # noqa: PLC0415
    from gerrychain.partition import recursive_tree_part  # noqa: PLC0415
    from gerrychain.tree import BipartitionWarning  # noqa: PLC0415

    warnings.simplefilter("ignore", BipartitionWarning)  # that it finds no cut at first is no news here

    drawn = networkx.Graph()
    drawn.add_nodes_from((node, {"load": load}) for node, load in enumerate(ground.weight.tolist()))
    drawn.add_edges_from(zip(ground.one.tolist(), ground.other.tolist(), strict=True))
    chained = Chained.from_networkx(drawn)

    def work() -> Label:
        found = recursive_tree_part(chained, range(parts), float(ground.weight.sum()) / parts, "load", slack)
        return np.array([found[node] for node in range(len(ground))], dtype=np.int64)

    return version("gerrychain"), work


def _tried(work: Work) -> Work:
    """Return work that was done once within PATIENCE_S; raise TimeoutError for any other."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"it gave nothing in {PATIENCE_S} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE_S)
    try:
        work()
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    return work


def worth(ground: Graph, limits: Limits) -> Callable[[Label], str]:
    """Return what says of a division: parts, how many in range and in one piece, deviation from the mean, length of its borders."""

    def told(label: Label) -> str:
        parts = np.unique(label, return_inverse=True)[1]
        load, heaviest = np.bincount(parts, ground.weight), np.zeros(int(parts.max()) + 1)
        np.maximum.at(heaviest, parts, ground.weight)
        can = (load > 0) & ((heaviest <= limits.high) | (load > heaviest))
        in_range = float(((load >= limits.low) & (load <= limits.high))[can].mean())
        cut = label[ground.one] != label[ground.other]
        pieces = np.bincount(np.unique(np.stack([parts, ground.where(~cut).component]), axis=1)[0])
        apart = "" if can.all() else f", {can.sum():,} of more than a tower or bare ground"
        return (
            f"{len(load):,} parts{apart}, {in_range:.1%} in range, {(pieces == 1).mean():.1%} in one piece, "
            f"deviation {load.std() / load.mean():.3f}, borders {ground.length_m[cut].sum() / 1000:,.1f} km"
        )

    return told

"""Ground to be shared out, the same for everybody: drawn parcels, Denver's blocks, Shanghai's parcels, and parts of these."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order

from bench.city import City
from geodata import samples
from geodata.assignment import place
from geodata.districting.blocks import blocks
from geodata.districting.certificates import certify
from geodata.districting.graph import Graph, Limits, graph
from geodata.districting.land import Land, land
from geodata.districting.parcels import parcels
from geodata.districting.streets import Streets
from geodata.readers import read
from geodata.topology import Geometries, holders
from geodata.topology.grid import Floats, Integers, as_array
from gridsvc.domain.buildings import Size, estimate_households, use_of
from gridsvc.domain.columns import number_of
from gridsvc.domain.features import Feature
from gridsvc.domain.proposals import ImportFile
from gridsvc.domain.schemes import parse_scheme
from gridsvc.domain.streets import class_of
from gridsvc.operations.features import Wanted, features
from gridsvc.operations.trees import MAIN_ROADS

PEOPLE = 715_522 / 356
"""Of one of Denver's precincts, on average."""
MICRO = Limits(30, 70)
"""Households of a micro-grid."""
LOW_HOUSE_M = 6.0
"""How high a building of Shanghai is taken to be whose height the file does not say: of two storeys, since such are small."""
_SCHEME = Path(samples.__file__).parent / "schemes" / "longze.toml"


class Absent(Exception):
    """Data that is not here."""


def _file(name: str) -> Path:
    """Return a file of the tests' data; raise Absent where it is not here."""
    path = Path(os.environ.get("GRIDSVC_TEST_DATA", Path(__file__).parents[2] / "shared" / "data")) / name
    if not path.is_file():
        raise Absent(f"{name} is not here; GRIDSVC_TEST_DATA may name the folder of the tests' data")
    return path


@cache
def drawn(parcels: int) -> tuple[Geometries, Graph]:
    """Return parcels that tile, and their graph with the households of a building each."""
    across = round((2 * parcels) ** 0.5 / 2) * 2
    ground = City(across, round(parcels / across)).leaves
    return ground, graph(ground, np.rint(np.random.default_rng(1).gamma(2, 3, len(ground))))


@cache
def denver() -> tuple[Geometries, Graph]:
    """Return Denver's 10,149 blocks with people; raise Absent."""
    table = read(_file("districting/DenverCo_blocks.zip"))
    return table.geometry, graph(table.geometry, np.array([float(str(each["TOTPOP20"])) for each in table.attributes]))


@cache
def shanghai() -> tuple[Geometries, Land]:
    """Return the parcels of Shanghai's buildings with households estimated from their size, and what is known of them; raise Absent."""
    houses, roads, estates, water = (
        _features(*each)
        for each in (
            ("buildings", "buildings", "polygon"),
            ("roads", "streets", "line"),
            ("landuse", "compounds", "polygon"),
            ("water", "barriers", "line or polygon"),
        )
    )
    footprints, lakes = _shapes(houses), _shapes(water)
    kinds = ["unclassified" if kind == "road" else kind for kind in (class_of(each.text.get("street_class")) for each in roads)]
    streets = Streets(_shapes(roads), kinds, np.zeros(len(roads), dtype=bool))
    boundary = shapely.box(*np.round(shapely.buffer(shapely.union_all(footprints), 0.0005).bounds, 8))
    around = blocks(boundary, streets, footprints, barriers=lakes)
    lots = parcels(boundary, footprints, blocks=around)
    return lots.ground, land(
        lots, _households(houses), block=holders(around, shapely.point_on_surface(lots.ground)), compound=_compounds(estates, footprints),
        barriers=np.concatenate([lakes, streets.lines[[kind in MAIN_ROADS for kind in kinds]]]),
    )  # fmt: skip


def _features(name: str, noun: str, kind: Wanted) -> list[Feature]:
    table = read(_file(f"shanghai/shanghai_{name}.geojson"))
    return features(ImportFile(0, table, datetime(2024, 1, 1, tzinfo=UTC), skip_refused=True), noun, kind).accepted


def _shapes(rows: list[Feature]) -> Geometries:
    return as_array(shapely.transform(as_array([each.geometry for each in rows]), lambda degrees: np.round(degrees, 8)))


def _households(houses: list[Feature]) -> Floats:
    scheme = parse_scheme(_SCHEME.read_text("utf-8"), name="longze")
    sizes = [Size(each.size, None, number_of(each.text.get("height_m")) or LOW_HOUSE_M) for each in houses]
    found = (estimate_households(size, use_of(each.text.get("use")), scheme) for size, each in zip(sizes, houses, strict=True))
    return np.array([0 if each is None else each.households for each in found], dtype=np.float64)


def _compounds(estates: list[Feature], footprints: Geometries) -> Integers:
    placed = place(_shapes(sorted(estates, key=lambda each: each.size)), footprints)
    return np.where((placed.leaf >= 0) & (placed.share > 0.5), placed.leaf, -1)


def curable(ground: Graph, limits: Limits) -> Graph:
    """Return the largest piece of a graph without what is proven to be in no part within the limits, which no peer can place."""
    free = np.ones(len(ground), dtype=bool)
    for proof in certify(ground, limits):
        free[proof.nodes] = proof.kind == "no-number"
    rest = ground.only(free)
    return rest.only(rest.component == np.bincount(rest.component, rest.weight).argmax())


def grown(ground: Graph) -> Iterator[tuple[int, Graph]]:
    """Yield a sixteenth of a connected graph, a quarter and all of it, with how many times the first each one is."""
    table = coo_array((np.ones(len(ground.one)), (ground.one, ground.other)), shape=(len(ground),) * 2).tocsr()
    order = breadth_first_order(table, len(ground) // 2, directed=False, return_predecessors=False)
    for times in (1, 4, 16):
        some = np.zeros(len(ground), dtype=bool)
        some[order[: len(ground) * times // 16]] = True
        yield times, ground.only(some)


Ground = Callable[[], Graph]
PLACES: dict[str, tuple[Ground, Limits]] = {
    "drawn parcels": (lambda: drawn(10_000)[1], MICRO),
    "Denver's blocks": (lambda: denver()[1], Limits(0.9 * PEOPLE, 1.1 * PEOPLE)),
    "Shanghai's parcels": (lambda: shanghai()[1].borders, MICRO),
}
"""Name -> graph, and the range of a unit there."""

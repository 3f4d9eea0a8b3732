"""Our tiles beside those that PostGIS makes of the same ground."""

from __future__ import annotations

from collections.abc import Callable

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from shapely.geometry import shape
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.mvt import BUFFER, EXTENT, TileLayer, tile

WEST, SOUTH, SIZE_DEG = 120.40, 36.10, 0.02
TILES = [(14, 13671, 6427), (15, 27343, 12855), (16, 54687, 25710), (17, 109375, 51420)]
"""Zoom, x and y of tiles around its middle."""
WINDOW = shapely.box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)

AS_MVT = f"""
SELECT ST_AsMVT(shown, 'ground', {EXTENT}, 'geom', 'id') FROM (
  SELECT id, nullif(floors, 0) AS floors, name,
    ST_AsMVTGeom(ST_Transform(ST_GeomFromWKB(wkb, 4326), 3857), ST_TileEnvelope(:z, :x, :y), {EXTENT}, {BUFFER}) AS geom
  FROM unnest(cast(:wkb AS bytea[]), cast(:floors AS int[]), cast(:names AS text[])) WITH ORDINALITY AS given (wkb, floors, name, id)
) AS shown WHERE geom IS NOT NULL
"""


def houses(count: int = 400) -> np.ndarray:
    """Return stars with ten corners, every third with a yard, every fourth with an annexe."""
    random = np.random.default_rng(7)
    angle = np.arange(10) / 10 * 2 * np.pi
    found = []
    for at, (lon, lat) in enumerate(random.uniform([WEST, SOUTH], [WEST + SIZE_DEG, SOUTH + SIZE_DEG], (count, 2))):
        reach = random.uniform(1e-4, 3e-4, (10, 1))
        ring = np.round([lon, lat] + reach * np.stack([np.cos(angle), np.sin(angle)], axis=1), 8)
        yard = np.round([lon, lat] + 6e-5 * np.stack([np.cos(angle), np.sin(angle)], axis=1), 8)
        house = shapely.Polygon(ring, [yard] if at % 3 == 0 else [])
        found.append(house if at % 4 else shapely.MultiPolygon([house, shapely.box(lon + 4e-4, lat, lon + 5e-4, lat + 1e-4)]))
    return np.array(found, dtype=object)


def lines(shapes: np.ndarray) -> np.ndarray:
    """Return their outlines."""
    return np.asarray(shapely.boundary(shapes), dtype=object)


def shown(data: bytes) -> dict[int, tuple[dict[str, object], shapely.Geometry]]:
    """Return properties and geometry of each feature by number, cut to the tile with its buffer."""
    features = mapbox_vector_tile.decode(data)["ground"]["features"]
    return {each["id"]: (each["properties"], shape(each["geometry"]).intersection(WINDOW)) for each in features}


def both(session: Session, shapes: np.ndarray, place: tuple[int, int, int]) -> tuple[dict, dict]:
    """Return what our tile and what PostGIS' tile of the same features shows."""
    count = len(shapes)
    floors, names, ids = [at % 7 for at in range(count)], [f"{at % 50}号楼" for at in range(count)], range(1, count + 1)
    layer = TileLayer("ground", shapes, properties={"floors": [each or None for each in floors], "name": names}, ids=ids)
    z, x, y = place
    given = {"z": z, "x": x, "y": y, "wkb": shapely.to_wkb(shapes).tolist(), "floors": floors, "names": names}
    return shown(tile([layer], z, x, y)), shown(bytes(session.scalars(text(AS_MVT), given).one()))


def is_within_one_unit(ours: shapely.Geometry, theirs: shapely.Geometry) -> bool:
    """Say whether neither has ground (or line) further than a unit, measured along both axes, from the other's."""
    return bool(ours.difference(theirs.buffer(1.5)).is_empty and theirs.difference(ours.buffer(1.5)).is_empty)


@pytest.mark.parametrize("place", TILES, ids=str)
def test_a_tile_has_the_features_and_properties_that_postgis_would_show(session: Session, place: tuple[int, int, int]) -> None:
    ours, theirs = both(session, houses(), place)
    assert {key: properties for key, (properties, _) in ours.items()} == {key: properties for key, (properties, _) in theirs.items()}


@pytest.mark.parametrize("place", TILES, ids=str)
@pytest.mark.parametrize("kind", [houses, lambda: lines(houses())], ids=["ground", "lines"])
def test_geometry_of_a_tile_is_within_one_unit_of_what_postgis_would_draw(
    session: Session, kind: Callable[[], np.ndarray], place: tuple[int, int, int]
) -> None:
    ours, theirs = both(session, kind(), place)
    apart = [key for key in ours.keys() & theirs.keys() if not is_within_one_unit(ours[key][1], theirs[key][1])]
    assert len(ours) > 1
    assert not apart

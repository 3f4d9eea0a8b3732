"""Layers drawn at random: naughty text, numbers at their limits, geometry of every kind, all of it on the grid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from hypothesis import strategies as st

from geodata.crs import snapped
from geodata.records import Geometries
from geodata.writers import Layer

NAUGHTY = [
    "",
    " ",
    "'",
    "''=",
    "=1+1",
    "+86",
    "-1",
    "@x",
    "＝x",
    "'＋",
    "\nx",
    "\tx",
    "\rx",
    "'=",
    "007",
    "1e3",
    "true",
    "null",
    "a,b;c\td",
    '"q"',
    "多\n行",
    "𠮷🏚",
    "x" * 300,
    "#",
]
TEXT = st.one_of(
    st.sampled_from(NAUGHTY), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"), max_size=20)
)
VALUES = st.sampled_from(
    [
        TEXT,
        st.integers(-(2**53) + 1, 2**53 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.dates().map(lambda day: day.isoformat()),
    ]
)
"""What a column may hold; a column holds one of them, and missing values."""

KINDS = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")


@st.composite
def shapes(draw: st.DrawFn, kinds: Sequence[str] = KINDS) -> shapely.Geometry:
    """Draw a geometry in China with coordinates k / 1e8: polygons with holes, and several of one kind."""
    lon, lat, size = draw(st.floats(100, 120)), draw(st.floats(20, 40)), draw(st.floats(0.001, 1))
    outline = shapely.box(lon, lat, lon + size, lat + size)
    hole = shapely.box(lon + size / 4, lat + size / 3, lon + size / 2, lat + size / 2)
    islands = [shapely.transform(outline - hole, lambda xy, at=at: xy + (at * 2 * size, 0)) for at in range(draw(st.integers(1, 3)))]
    drawn = {
        "Point": shapely.Point(lon, lat),
        "LineString": shapely.LineString([(lon, lat), (lon + size, lat), (lon, lat + size)]),
        "Polygon": islands[0],
        "MultiPolygon": shapely.MultiPolygon(islands),
        "MultiPoint": shapely.MultiPoint([(lon, lat), (lon, lat + size)]),
        "MultiLineString": shapely.MultiLineString([[(lon, lat), (lon + size, lat)], [(lon, lat + size), (lon + size, lat + size)]]),
    }
    return shapely.transform(drawn[draw(st.sampled_from(kinds))], snapped)


@st.composite
def layers(draw: st.DrawFn, kinds: Sequence[str] = KINDS) -> Layer:
    """Draw a layer of some records."""
    columns = draw(
        st.lists(st.sampled_from(["名称", "code", "户数", "a b", "长的列名长的列名", "street_class_long"]), unique=True, min_size=1)
    )
    count = draw(st.integers(1, 4))
    of_column = {name: draw(st.lists(st.none() | draw(VALUES), min_size=count, max_size=count)) for name in columns}
    geometry: Geometries = np.empty(count, dtype=object)
    geometry[:] = draw(st.lists(st.none() | shapes(kinds), min_size=count, max_size=count))
    rows = [{name: of_column[name][row] for name in columns} for row in range(count)]
    return Layer("drawn", columns, rows, geometry, draw(st.sampled_from([(), ("示意数据(合成)", "© OpenStreetMap contributors")])))

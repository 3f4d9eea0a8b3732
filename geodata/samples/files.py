"""Tables of a made-up place as files, in EPSG:4490 and labelled as made up; the same bytes each time."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import shapely

from geodata.samples import SYNTHETIC, stock
from geodata.samples.stock import Columns
from geodata.samples.town import Town

WHOLE = ("户数", "商户数", "楼栋数", "车位数", "层数", "单元数")
"""Columns of whole numbers, some of them unknown."""


def write(folder: Path, town: Town) -> list[Path]:
    """Write all that a town has in the order to import it, in formats as mixed as offices' are; a file's name begins with its noun."""
    folder.mkdir(parents=True, exist_ok=True)
    return list(_written(folder, town))


def _written(folder: Path, town: Town) -> Iterator[Path]:
    for name, columns in (
        ("units.gpkg", stock.units(town, town.units())),
        ("compounds.geojson", stock.compounds(town)),
        ("buildings.gpkg", stock.buildings(town)),
        ("streets.gpkg", stock.streets(town)),
        ("barriers.geojson", stock.water(town)),
        ("gates.csv", stock.gate_table(town)),
        ("stations.csv", stock.stations(town)),
        ("parking_lots.geojson", stock.parking_lots(town)),
        ("parking_spaces.gpkg", stock.parking_spaces(town)),
        ("fire_lanes.geojson", stock.fire_lane_table(town)),
    ):
        if len(columns["geometry"]):
            yield WRITERS[name.rpartition(".")[2]](folder / name, columns)


def geopackage(path: Path, columns: Columns) -> Path:
    """Write a GeoPackage of one layer, named as the file."""
    table = geopandas.GeoDataFrame({**columns, "来源": SYNTHETIC}, geometry="geometry", crs=4490)
    whole = [column for column in WHOLE if column in table]
    table[whole] = table[whole].astype("Int64")
    path.unlink(missing_ok=True)
    # GDAL stamps the file with today's date unless told another
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2024-04-19T00:00:00.000Z"})
    try:
        pyogrio.write_dataframe(table, path, layer=path.stem, driver="GPKG")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    return path


def geojson(path: Path, columns: Columns) -> Path:
    """Write GeoJSON with a member that names its reference system, as GDAL writes it."""
    features = [
        {"type": "Feature", "properties": {**row, "来源": SYNTHETIC}, "geometry": shapely.geometry.mapping(geometry)}
        for row, geometry in zip(_rows(columns), columns["geometry"], strict=True)
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    content = {"type": "FeatureCollection", "name": path.stem, "crs": crs, "attribution": SYNTHETIC, "features": features}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def points(path: Path, columns: Columns) -> Path:
    """Write points as CSV with columns lon and lat, in UTF-8 with the mark that spreadsheets look for."""
    places = shapely.get_coordinates(columns["geometry"])
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(header for header in columns if header != "geometry"), "lon", "lat", "来源"])
        for row, (lon, lat) in zip(_rows(columns), places, strict=True):
            writer.writerow([*row.values(), f"{lon:.8f}", f"{lat:.8f}", SYNTHETIC])
    return path


def _rows(columns: Columns) -> Sequence[dict[str, Any]]:
    headers = [header for header in columns if header != "geometry"]
    return [dict(zip(headers, values, strict=True)) for values in zip(*(columns[header] for header in headers), strict=True)]


WRITERS: dict[str, Callable[[Path, Columns], Path]] = {"gpkg": geopackage, "geojson": geojson, "csv": points}
"""By the end of a file's name."""

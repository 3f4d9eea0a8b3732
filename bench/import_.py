"""A file of units, one of buildings: read, fitted together, numbered and checked; the floor is a reader that checks nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import geopandas
from sqlalchemy import Engine, create_engine, text

from bench.city import SERVED, City
from bench.contest import Contest
from bench.service import SCHEME, bring_in, building_file, gridsvc, installation, unit_file
from gridsvc.database.cluster import Private
from gridsvc.database.session import driver_url


def contests(city: City) -> Iterator[Contest]:
    """Yield the import of the units, shown and not written, so that it can be repeated."""
    small = city.cut_to(SERVED)
    with installation() as (folder, environment), Private(folder / "data") as database:
        path = unit_file(small, folder)
        engine = create_engine(driver_url(database.url("superuser")))
        new = ["--jurisdiction", "bench", "--scheme", SCHEME, "--name", "Bench", "--synthetic"]

        def plain() -> int:
            frame = geopandas.read_file(path)
            frame.to_postgis("plain", engine, if_exists="replace")
            return len(frame)

        yield Contest(
            f"Import {len(small.leaves):,} micro-grids and all above, process and checks included",
            {
                "gridsvc": lambda: gridsvc(environment, "import", "units", str(path), *new, "--json"),
                f"geopandas {geopandas.__version__}, no check": plain,
            },
            differs=lambda _, theirs: "" if theirs > len(small.leaves) else "rows are missing",
            rounds=3,
        )
        yield _buildings(small, folder, environment, engine)
        engine.dispose()


def _buildings(small: City, folder: Path, environment: dict[str, str], engine: Engine) -> Contest:
    """Return the import of buildings upon the units, shown and not written; PostGIS makes them valid and joins each to its leaf."""
    bring_in(environment, unit_file(small, folder), "units")
    path = building_file(small, folder)

    def plain() -> int:
        frame = geopandas.read_file(path)
        frame.to_postgis("plain_building", engine, if_exists="replace", index=False)
        with engine.begin() as connection:
            return len(connection.execute(text(JOINED)).all())

    return Contest(
        f"Import {len(small.buildings):,} buildings, process and checks included",
        {
            "gridsvc": lambda: gridsvc(environment, "import", "buildings", str(path), "--jurisdiction", "bench", "--json"),
            f"geopandas {geopandas.__version__} and PostGIS, joined to leaves": plain,
        },
        differs=lambda _, theirs: "" if theirs == len(small.buildings) else f"{theirs} buildings have a leaf",
        rounds=3,
    )


JOINED = """
SELECT DISTINCT ON (b.ref) b.ref, v.unit_id FROM plain_building b
JOIN unit_version v ON v.leaf AND upper_inf(v.valid) AND ST_Intersects(v.geom, ST_MakeValid(b.geometry))
ORDER BY b.ref, ST_Area(ST_Intersection(v.geom, ST_MakeValid(b.geometry))) DESC
"""

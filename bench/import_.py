"""A file of units: read, fitted together, numbered and checked; the floor is a reader that checks nothing."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas
from sqlalchemy import create_engine

from bench.city import SERVED, City
from bench.contest import Contest
from bench.service import SCHEME, gridsvc, installation, unit_file
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
        engine.dispose()

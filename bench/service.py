"""The city in an installation of its own, brought in and served by the commands that everybody uses."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import geopandas
import numpy as np
import pandas
import shapely

import geodata.samples
from bench.city import City
from gridsvc.cli.operator import as_operator
from gridsvc.domain.permissions import Role
from gridsvc.operations import accounts, sign_ins
from gridsvc.settings import Settings

SCHEME = "yuci"
"""Its five levels are those of the city below a district."""
PASSWORD = "Of-The-Bench-Alone-1"  # noqa: S105  # of an installation that lives for minutes
SCHEMES = Path(geodata.samples.__file__).parent / "schemes"


def unit_file(city: City, folder: Path) -> Path:
    """Write all units, from the district down, as GeoJSON."""
    codes = _codes(city)
    frames = []
    for level in codes:
        code, leaf = np.unique(codes[level], return_inverse=True)
        ground = [shapely.coverage_union_all(city.leaves[leaf == at]) for at in range(len(code))]
        rows = {"level": level, "code": code, "name": [f"{level} {text}" for text in code]}
        frames.append(geopandas.GeoDataFrame(rows, geometry=ground, crs=4490))
    path = folder / "units.gpkg"
    pandas.concat(frames).to_file(path, layer="units", driver="GPKG")
    return path


def building_file(city: City, folder: Path) -> Path:
    """Write the buildings."""
    path = folder / "buildings.gpkg"
    rows = {"ref": np.arange(len(city.buildings)).astype(str), "name": city.names, "floors": city.storeys}
    geopandas.GeoDataFrame(rows, geometry=city.buildings, crs=4490).to_file(path, layer="buildings", driver="GPKG")
    return path


def _codes(city: City) -> dict[str, np.ndarray]:
    """Return for each leaf the code of its unit at each level: each level counts within the one above."""
    codes = {"district": np.full(len(city.leaves), "140702")}
    above = "district"
    serials = {level: city.owner(level) for level in ("street", "community", "grid")} | {"micro_grid": np.arange(len(city.leaves))}
    for level, serial in serials.items():
        digits = 2 if level == "micro_grid" else 3
        within = np.zeros(len(serial), dtype=int)
        for code in np.unique(codes[above]):
            here = codes[above] == code
            within[here] = np.unique(serial[here], return_inverse=True)[1] + 1
        codes[level] = np.array([f"{code}{number:0{digits}}" for code, number in zip(codes[above], within, strict=True)])
        above = level
    return codes


@contextmanager
def installation() -> Iterator[tuple[Path, dict[str, str]]]:
    """Give the folder of an installation and the environment in which its commands run."""
    with tempfile.TemporaryDirectory(prefix="gridsvc-bench-") as folder:
        Path(folder).chmod(0o711)  # called by root, the cluster runs as another user, who has to pass
        settings = {"GRIDSVC_DATA_DIR": f"{folder}/data", "GRIDSVC_PORT": str(free_port()), "GRIDSVC_RATE_LIMITS": "no"}
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GRIDSVC_")} | settings
        gridsvc(environment, "database", "install")
        gridsvc(environment, "schemes", "add", str(SCHEMES / f"{SCHEME}.toml"))
        yield Path(folder), environment


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def installed(city: City) -> Iterator[dict[str, str]]:
    """Bring a city in; give the environment in which its commands run."""
    with installation() as (folder, environment):
        bring_in(environment, unit_file(city, folder), "units")
        bring_in(environment, building_file(city, folder), "buildings")
        yield environment


def signed_in(environment: dict[str, str]) -> str:
    """Add a grid leader and return the token of a browser that has signed in."""
    with as_operator(Settings.from_environment(environment)) as (session, operator):
        accounts.add_account(session, operator, "leader", PASSWORD, handed_out=False)
        accounts.grant_role(session, operator, accounts.GrantRole("leader", Role.GRID_LEADER))
        return sign_ins.sign_in(session, sign_ins.SignIn("leader", PASSWORD, "127.0.0.1")) or ""


def gridsvc(environment: dict[str, str], *arguments: str) -> None:
    """Run a command of the service; raise CalledProcessError where it fails."""
    subprocess.run([sys.executable, "-m", "gridsvc", *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # ours


def bring_in(environment: dict[str, str], path: Path, noun: str) -> None:
    """Import a file for good."""
    new = ["--scheme", SCHEME, "--name", "Bench", "--synthetic"] if noun == "units" else []
    gridsvc(environment, "import", noun, str(path), "--jurisdiction", "bench", *new, "--commit", "--json")


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[str]:
    """Serve, and yield the address once the service is ready."""
    address = f"http://127.0.0.1:{environment['GRIDSVC_PORT']}"
    with running([sys.executable, "-m", "gridsvc", "serve"], environment, f"{address}/readyz"):
        yield address


@contextmanager
def running(command: list[str], environment: dict[str, str], ready: str) -> Iterator[None]:
    """Run a server from when its address answers until the end, however that comes."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603  # ours
    try:
        _wait_for(ready)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(url: str, seconds: float = 60) -> None:
    last = time.monotonic() + seconds
    while True:
        try:
            urlopen(url, timeout=5).close()  # noqa: S310  # our own address
        except (URLError, ConnectionError):
            if time.monotonic() > last:
                raise
            time.sleep(0.2)
        else:
            return

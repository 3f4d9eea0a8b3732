from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
import shapely

from geodata.findings import GeodataError
from geodata.measure import area_m2
from geodata.readers import read
from tests.conftest import shared_data

PRECINCTS = "districting/DenverCo_precincts2020_repaired.zip"


def unpacked(folder: Path, *, without: str = "") -> Path:
    with ZipFile(shared_data(PRECINCTS)) as archive:
        archive.extractall(folder)
    (path,) = folder.glob("*.shp")
    if without:
        path.with_suffix(without).unlink()
    return path


def test_blocks_of_denver_are_all_read_with_their_population() -> None:
    table = read(shared_data("districting/DenverCo_blocks.zip"))
    (population,) = (name for name in table.attributes[0] if name in {"POP100", "TOTPOP20", "TOTPOP", "P0010001"})
    assert (len(table), sum(int(str(one[population])) for one in table.attributes)) == (10149, 715522)


def test_precincts_of_denver_cover_the_city() -> None:
    table = read(shared_data(PRECINCTS))
    assert shapely.box(-105.2, 39.5, -104.5, 40).contains(shapely.box(*shapely.total_bounds(table.geometry)))
    assert np.sum(area_m2(table.geometry)) == pytest.approx(401e6, rel=0.02)  # the city's 154.9 square miles


def test_codes_keep_their_zeros() -> None:
    assert read(shared_data(PRECINCTS)).attributes[0]["STATEFP20"] == "08"


def test_a_shapefile_beside_its_companions_reads_as_it_does_in_the_archive(tmp_path: Path) -> None:
    assert read(unpacked(tmp_path)).geometry.tolist() == read(shared_data(PRECINCTS)).geometry.tolist()


def test_a_shapefile_without_its_prj_is_refused_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(GeodataError, match="does not say its reference system"):
        read(unpacked(tmp_path, without=".prj"))


def test_a_shapefile_without_its_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GeodataError, match="cannot be read"):
        read(unpacked(tmp_path, without=".shx"))


def test_an_archive_without_a_shapefile_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(GeodataError, match="0 Shapefiles"):
        read(tmp_path / "a.zip")


def test_an_archive_of_several_shapefiles_needs_a_name(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    path = unpacked(folder)
    with ZipFile(tmp_path / "小区 {1}.zip", "w") as archive:
        for companion in folder.glob(f"{path.stem}.*"):
            archive.write(companion, f"old/districts{companion.suffix}")
            archive.write(companion, f"new/districts{companion.suffix}")
    with pytest.raises(GeodataError, match=r"2 Shapefiles \((old|new)/districts, (old|new)/districts\)"):
        read(tmp_path / "小区 {1}.zip")
    assert len(read(tmp_path / "小区 {1}.zip", layer="new/districts")) == 356

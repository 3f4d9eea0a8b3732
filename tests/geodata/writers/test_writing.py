from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from geodata.readers import read
from geodata.records import Table
from geodata.writers import Layer, write
from tests.geodata.writers.drawn import layers


def there_and_back(layer: Layer, suffix: str) -> Table:
    """Return what is read from the file that was written."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"drawn{suffix}")
        write(file, layer)
        return read(file, crs="EPSG:4490")


def same_shapes(one: object, other: object) -> bool:
    """Tell whether all coordinates are the same, wherever the rings begin and whichever way they run."""
    return bool(
        np.all(
            shapely.equals_exact(shapely.normalize(one), shapely.normalize(other)) | (shapely.is_missing(one) & shapely.is_missing(other))
        )
    )


@pytest.mark.parametrize("suffix", [".csv", ".geojson", ".gpkg"])
@given(layer=layers())
@hypothesis_settings(max_examples=60)
def test_what_was_written_is_read_as_it_was(suffix: str, layer: Layer) -> None:
    table = there_and_back(layer, suffix)
    assert list(table.attributes) == list(layer.attributes)
    assert [[type(value) for value in row.values()] for row in table.attributes] == [
        [type(value) for value in row.values()] for row in layer.attributes
    ]
    assert same_shapes(table.geometry, layer.geometry)

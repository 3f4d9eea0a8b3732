import numpy as np

from geodata.records import Table


def test_a_table_is_as_long_as_its_rows() -> None:
    assert len(Table("people.csv", None, [2, 4], [{}, {}], np.full(2, None))) == 2

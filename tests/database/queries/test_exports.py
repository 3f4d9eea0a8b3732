"""What every noun carries away, and that the importer knows it again."""

from __future__ import annotations

import pytest

from gridsvc.database.queries.export_nouns import EXPORTS
from gridsvc.domain.columns import HEADERS, match_columns
from gridsvc.operations.imports import IMPORTERS


def test_whatever_can_be_brought_in_and_has_a_place_can_be_carried_away() -> None:
    assert set(EXPORTS) <= set(IMPORTERS)


@pytest.mark.parametrize("noun", EXPORTS)
def test_the_importer_knows_every_header_as_the_field_that_it_came_from(noun: str) -> None:
    columns = {name: column.title for name, column in EXPORTS[noun].columns.items() if name in HEADERS[noun]}
    assert match_columns(noun, [column.title for column in EXPORTS[noun].columns.values()]) == columns
    assert match_columns(noun, list(EXPORTS[noun].columns)) == {name: name for name in columns}


@pytest.mark.parametrize("noun", EXPORTS)
def test_every_field_of_the_importer_is_carried_away(noun: str) -> None:
    assert HEADERS[noun].keys() <= EXPORTS[noun].columns.keys()

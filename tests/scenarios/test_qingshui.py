"""Qingshui arrives with the counts of its account: 115 compounds, 59 fire lanes, 3,570 spaces of which 242 in Xijiang."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.scenarios.holding import everything_holds
from tests.scenarios.loading import Place, loaded


@pytest.fixture(scope="module")
def qingshui(engine: Engine) -> Iterator[Place]:
    with loaded(engine, "qingshui") as place:
        yield place


def test_its_ground_tiles_and_its_figures_add_up(qingshui: Place) -> None:
    everything_holds(qingshui.session, qingshui.id)


def test_115_compounds_are_its_leaves(qingshui: Place) -> None:
    assert qingshui.count("SELECT count(*) FROM unit_version WHERE jurisdiction_id = :id AND level = 4 AND kind <> 'remainder'") == 115
    assert qingshui.count("SELECT count(*) FROM compound WHERE jurisdiction_id = :id") == 115

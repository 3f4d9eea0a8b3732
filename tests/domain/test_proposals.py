import numpy as np
import pytest
import shapely

from geodata.findings import Finding
from gridsvc.domain.proposals import Outcome, Proposal, RowOutcome, row_digest, shape_keys
from gridsvc.errors import Invalid
from tests.grids import draw

WHY = Finding("odd", "error", "It is odd.")


def proposal(*outcomes: Outcome) -> Proposal:
    rows = [RowOutcome(row, "x", outcome) for row, outcome in enumerate(outcomes, start=1)]
    return Proposal("units", {}, rows, [WHY])


def test_rows_are_counted_by_outcome() -> None:
    assert proposal("new", "new", "refused").counts == {"new": 2, "refused": 1}


def test_refused_rows_stop_the_whole_file() -> None:
    with pytest.raises(Invalid, match="2 rows are refused, so nothing was written") as refusal:
        proposal("new", "refused", "refused").check_refused(skip=False)
    assert refusal.value.findings == (WHY,)


def test_refused_rows_may_be_left_out() -> None:
    proposal("new", "refused").check_refused(skip=True)


@pytest.mark.parametrize(("outcome", "nothing"), [("unchanged", True), ("refused", True), ("repaired", False), ("changed", False)])
def test_a_file_changes_nothing_when_no_row_would(outcome: Outcome, nothing: bool) -> None:
    assert proposal("unchanged", outcome).changes_nothing is nothing


def test_a_ring_that_starts_elsewhere_is_the_same_row() -> None:
    ground = draw("A A", "A .")["A"]
    turned = shapely.Polygon([*ground.exterior.coords[2:-1], *ground.exterior.coords[:3]])  # type: ignore[union-attr]  # one part was drawn
    one, other = shape_keys(np.array([turned, ground]))
    assert row_digest(one, "name") == row_digest(other, "name")


def test_a_row_with_other_ground_or_another_name_is_another() -> None:
    ground, wider = shape_keys(np.array([draw("A .")["A"], draw("A A")["A"]]))
    assert len({row_digest(ground, "A"), row_digest(wider, "A"), row_digest(ground, "B"), row_digest(None, "A")}) == 4


def test_two_cells_do_not_run_together() -> None:
    assert row_digest(None, "a", "bc") != row_digest(None, "ab", "c")

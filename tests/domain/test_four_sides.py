from __future__ import annotations

import pytest

from gridsvc.domain.four_sides import said_sides


@pytest.mark.parametrize(
    "text",
    [
        "东至海尔路,南至辽阳东路,西至劲松七路,北至银川东路",
        "东至海尔路，南至辽阳东路；西至劲松七路。北至银川东路。",
        "东:海尔路 南:辽阳东路 西:劲松七路 北:银川东路",
        "东临海尔路,南邻辽阳东路,西到劲松七路,北面至银川东路为界",
    ],
)
def test_a_ledgers_sides_are_told_apart(text: str) -> None:
    assert said_sides(text) == {"east": "海尔路", "south": "辽阳东路", "west": "劲松七路", "north": "银川东路"}


def test_what_names_no_direction_says_nothing() -> None:
    assert said_sides("海尔路以西片区") == {}

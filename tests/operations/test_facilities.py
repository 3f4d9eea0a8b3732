"""What stands in the grid comes in from files, with the words that offices use, and finds its leaf."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import shapely
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gridsvc.database.queries.facilities import nowhere
from gridsvc.database.tables import FireLaneVersion, GateVersion, ParkingLotVersion, ParkingSpaceVersion, StationVersion
from gridsvc.domain.facilities import FACILITIES
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.domain.proposals import Proposal
from gridsvc.errors import Invalid, NotFound, NotSignedIn
from gridsvc.operations.assignment import assign_all
from gridsvc.operations.buildings import pin
from gridsvc.operations.compounds import import_compounds
from gridsvc.operations.imports import IMPORTERS
from gridsvc.operations.pins import Thing, pin_facility, unpin_facility
from gridsvc.words import say
from tests import builders
from tests.grids import CELL_DEG, SOUTH, WEST, draw
from tests.scenarios.holding import everything_holds

LATER = builders.FIRST_DAY + timedelta(days=30)


def at(right: float, up: float) -> shapely.Point:
    """Return a point, in cells of the drawing."""
    return shapely.Point(round(WEST + right * CELL_DEG, 8), round(SOUTH + up * CELL_DEG, 8))


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(*at(west, south).coords[0], *at(east, north).coords[0])


def line(*ends: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([at(*end) for end in ends])


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    """Give the grids A, B and C side by side, with codes 3, 1 and 2, below one top."""
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"top": draw("T T T T")["T"]}, level=1)
    grounds = draw("A B C .")
    rows = [({"name": name, "code": code, "level": 2}, grounds[name]) for name, code in (("A", "3"), ("B", "1"), ("C", "2"))]
    builders.import_units(session, operator, builders.file(here, rows))
    return here


def bring(
    session: Session, actor: Actor, here: int, noun: str, *rows: tuple[Mapping[str, Any], shapely.Geometry], **fields: Any
) -> Proposal:
    return IMPORTERS[noun](session, actor, builders.file(here, rows, **fields))


def stands(session: Session, noun: str) -> dict[str, dict[str, float]]:
    """Return by ref the share of each thing of a noun by unit."""
    rows = session.execute(
        text(f"""
        SELECT n.source_ref, v.name, p.share FROM {noun} n
        LEFT JOIN {noun}_place p ON p.{noun}_id = n.id AND upper_inf(p.valid)
        LEFT JOIN unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.valid) ORDER BY n.id, v.name
        """)
    )
    found: dict[str, dict[str, float]] = {}
    for ref, unit, share in rows:
        found.setdefault(ref, {}).update({unit: round(share, 3)} if unit else {})
    return found


def told(proposal: Proposal) -> list[str]:
    return [say(finding.template, "en", **finding.values) for finding in proposal.findings]


# What a row becomes


def test_a_station_is_read_with_the_words_of_offices(session: Session, operator: Actor, here: int) -> None:
    row = {
        "站点名称": "龙泽书苑暖心驿站", "站点类型": "暖心驿站", "开放时间": "8:00-22:00", "值班电话": "0532-8888", "地址": "海口路 1 号",
        "建筑面积": "28.5", "用房来源": "物业用房", "服务事项": "饮水、充电",
    }  # fmt: skip
    bring(session, operator, here, "stations", (row, at(0.5, 0.5)))
    (found,) = session.scalars(select(StationVersion))
    assert (found.name, found.kind, found.hours, found.phone) == ("龙泽书苑暖心驿站", "rest_stop", "8:00-22:00", "0532-8888")
    assert (found.address, found.floor_area_m2, found.premises, found.services) == ("海口路 1 号", 28.5, "property_rooms", "饮水、充电")


@pytest.mark.parametrize(
    ("given", "kept", "codes"),
    [
        ("(0532) 8888 0001", "0532-88880001", []),
        (53288880001.0, "53288880001", ["phone-unread"]),
        ("甲:1,乙:2", "甲:1,乙:2", ["phone-unread"]),
    ],
)
def test_a_stations_phone_is_kept_in_its_usual_form_or_as_written_and_told(
    session: Session, operator: Actor, here: int, given: object, kept: str, codes: list[str]
) -> None:
    proposal = bring(session, operator, here, "stations", ({"站点名称": "驿站", "站点类型": "暖心驿站", "值班电话": given}, at(0.5, 0.5)))
    assert session.scalars(select(StationVersion.phone)).one() == kept
    assert [each.code for each in proposal.findings if each.code.startswith("phone")] == codes


def test_a_gate_is_read(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "gates", ({"出入口名称": "南门", "类型": "车行门"}, at(0.5, 0.5)))
    (found,) = session.scalars(select(GateVersion))
    assert (found.name, found.kind) == ("南门", "vehicle")


def test_a_lot_may_be_an_area_or_a_point(session: Session, operator: Actor, here: int) -> None:
    rows = [({"停车场": "东区", "车位数": 60, "层": "负一层", "性质": "人防"}, box(0.1, 0.1, 0.4, 0.4)), ({"停车场": "西区"}, at(0.6, 0.6))]
    bring(session, operator, here, "parking_lots", *rows)
    lot, point = session.scalars(select(ParkingLotVersion).order_by(ParkingLotVersion.area_m2))
    assert (lot.name, lot.capacity, lot.level, lot.kind, round(lot.area_m2 or 0)) == ("东区", 60, "B1", "air_defence", 963)
    assert (point.capacity, point.level, point.kind, point.area_m2) == (None, None, "other", None)


def test_a_space_is_read(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "parking_spaces", ({"车位号": "A-017", "性质": "业主共有", "层": "地面"}, at(0.5, 0.5)))
    (found,) = session.scalars(select(ParkingSpaceVersion))
    assert (found.number, found.kind, found.level) == ("A-017", "shared", "ground")


def test_a_fire_lane_is_a_line_with_its_length_or_a_site_with_its_ground(session: Session, operator: Actor, here: int) -> None:
    rows = [({"通道名称": "北侧", "净宽": "4.0 m", "净高": 4.5, "形式": "环形"}, line((0.1, 0.5), (0.9, 0.5)))]
    bring(session, operator, here, "fire_lanes", *rows, ({"形式": "登高面"}, box(0.1, 0.1, 0.2, 0.2)))
    lane, site = session.scalars(select(FireLaneVersion).order_by(FireLaneVersion.length_m))
    assert (lane.name, lane.form, lane.clear_width_m, lane.clear_height_m, round(lane.length_m or 0)) == ("北侧", "ring", 4.0, 4.5, 77)
    assert (lane.area_m2, site.form, site.length_m, round(site.area_m2 or 0)) == (None, "operation_site", None, 107)


def test_unknown_words_and_numbers_are_named_by_row(session: Session, operator: Actor, here: int) -> None:
    proposal = bring(session, operator, here, "fire_lanes", ({"形式": "歪的", "净宽": "四米"}, line((0.1, 0.5), (0.9, 0.5))))
    form, width = sorted(told(proposal))
    assert form.startswith("Row 1: '四米' is no number for clear_width_m")
    assert width.startswith("Row 1: '歪的' is no known form; the known ones are 贯通式、环形")
    assert session.scalar(select(FireLaneVersion.form)) == "other"


@pytest.mark.parametrize(
    ("noun", "shape"),
    [
        ("stations", draw("A")["A"]),
        ("gates", shapely.MultiPoint([(120, 30), (121, 30)])),
        ("parking_spaces", line((0, 0), (1, 1))),
        ("fire_lanes", at(0, 0)),
    ],
)
def test_a_shape_of_another_kind_is_refused_by_row(
    session: Session, operator: Actor, here: int, noun: str, shape: shapely.Geometry
) -> None:
    proposal = bring(session, operator, here, noun, ({"name": "x"}, shape), commit=False)
    assert proposal.counts == {"refused": 1}
    assert told(proposal)[0].startswith("Row 1 (x): its geometry is")


@pytest.mark.parametrize("noun", FACILITIES)
def test_the_same_file_again_changes_nothing(session: Session, operator: Actor, here: int, noun: str) -> None:
    shape = line((0.5, 0.5), (1.5, 0.5)) if noun == "fire_lanes" else at(0.5, 0.5)
    for outcome in ("new", "unchanged"):
        assert bring(session, operator, here, noun, ({"id": 1}, shape)).counts == {outcome: 1}


@pytest.mark.parametrize("noun", FACILITIES)
def test_nobody_brings_anything_in_without_a_right(session: Session, here: int, noun: str) -> None:
    with pytest.raises(NotSignedIn):
        bring(session, NOBODY, here, noun)


# Where it stands


def test_a_point_stands_where_it_lies_and_on_a_border_with_the_lowest_code(session: Session, operator: Actor, here: int) -> None:
    points = {"in": (0.5, 0.5), "edge": (1, 0.5), "rest": (3.5, 0.5), "out": (9, 9)}
    bring(session, operator, here, "stations", *(({"id": ref}, at(*point)) for ref, point in points.items()))
    found = stands(session, "station")
    assert (found["in"], found["edge"], found["out"]) == ({"A": 1}, {"B": 1}, {})
    assert len(found["rest"]) == 1


def test_an_area_stands_where_most_of_it_lies(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "parking_lots", ({"id": 1}, box(0.8, 0.1, 1.6, 0.2)), ({"id": 2}, box(0.8, 0.5, 1.2, 0.6)))
    assert stands(session, "parking_lot") == {"1": {"B": 0.75}, "2": {"B": 0.5}}


def test_a_line_stands_by_length_in_each_unit_that_it_runs_through(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "fire_lanes", ({"id": 1}, line((0.5, 0.5), (2.5, 0.5))), ({"id": 2}, line((1, 0), (1, 1))))
    assert stands(session, "fire_lane") == {"1": {"A": 0.25, "B": 0.5, "C": 0.25}, "2": {"B": 1}}


def test_what_lies_in_a_building_follows_the_building(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"hall": box(0.2, 0.2, 1.1, 0.8)})
    bring(session, operator, here, "stations", ({"id": 1}, at(1.05, 0.5)))
    bring(session, operator, here, "parking_spaces", ({"id": 1}, box(1.02, 0.5, 1.06, 0.55)), ({"id": 2}, box(1.2, 0.5, 1.3, 0.55)))
    assert stands(session, "station") == {"1": {"A": 1}}
    assert stands(session, "parking_space") == {"1": {"A": 1}, "2": {"B": 1}}


def test_things_follow_when_buildings_come_and_borders_move(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "stations", ({"id": 1}, at(1.05, 0.5)), ({"id": 2}, at(0.9, 0.9)))
    builders.buildings(session, operator, here, {"hall": box(0.2, 0.2, 1.1, 0.8)})
    assert stands(session, "station") == {"1": {"A": 1}, "2": {"A": 1}}
    moved = {"A": ("3", box(0, 0, 0.8, 1)), "B": ("1", box(0.8, 0, 2, 1))}
    rows = [({"name": name, "code": code, "level": 2}, ground) for name, (code, ground) in moved.items()]
    builders.import_units(session, operator, builders.file(here, rows, effective_at=LATER))
    assert stands(session, "station") == {"1": {"A": 1}, "2": {"B": 1}}
    everything_holds(session, here)


def scattered(noun: str, seed: int) -> list[tuple[Mapping[str, Any], shapely.Geometry]]:
    """Return things of a noun all over the drawing and beyond, some of them on borders."""
    random = np.random.default_rng(seed)
    ends = np.concatenate([random.uniform(-0.3, 4.3, (30, 2)), random.integers(0, 5, (10, 2))])
    spans = random.uniform(-1, 1, (40, 2))
    rows: list[tuple[Mapping[str, Any], shapely.Geometry]] = []
    for number, ((x, y), (dx, dy)) in enumerate(zip(ends.tolist(), spans.tolist(), strict=True)):
        if noun == "fire_lanes" and number % 5:
            rows.append(({"id": number}, line((x, y), (x + dx, y + dy))))
        elif noun in ("stations", "gates") or (noun != "fire_lanes" and number % 2):
            rows.append(({"id": number}, at(x, y)))
        else:
            rows.append(({"id": number}, box(x, y, x + 0.2, y + 0.15)))
    return rows


@pytest.mark.parametrize("seed", range(3))
def test_everything_stands_where_measuring_against_every_leaf_and_building_puts_it(
    session: Session, operator: Actor, here: int, seed: int
) -> None:
    builders.buildings(session, operator, here, {"hall": box(0.6, 0.2, 1.1, 0.8), "tower": box(2.4, 0.1, 2.6, 0.4)})
    for noun in FACILITIES:
        bring(session, operator, here, noun, *scattered(noun, seed))
    everything_holds(session, here)


# Pins


def test_a_pinned_thing_stays_through_files_borders_and_assignment_until_it_is_let_go(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "fire_lanes", ({"id": 1}, line((0.5, 0.5), (2.5, 0.5))))
    lane = session.execute(text("SELECT public_id FROM fire_lane")).scalar_one()
    unit = session.execute(
        text("SELECT u.public_id FROM unit u JOIN unit_version v ON v.unit_id = u.id WHERE v.name = 'C' AND upper_inf(v.valid)")
    ).scalar_one()
    pin_facility(session, operator, Thing("fire_lanes", lane), unit, reason="swept by C", at=LATER)
    assert stands(session, "fire_lane") == {"1": {"C": 1}}
    bring(session, operator, here, "fire_lanes", ({"id": 1}, line((0.5, 0.5), (2.4, 0.5))), effective_at=LATER)
    assert assign_all(session, operator, here, LATER)["fire_lanes"] == []
    assert stands(session, "fire_lane") == {"1": {"C": 1}}
    everything_holds(session, here)
    unpin_facility(session, operator, Thing("fire_lanes", lane), at=LATER + timedelta(days=1))
    assert set(stands(session, "fire_lane")["1"]) == {"A", "B", "C"}
    everything_holds(session, here)


def test_a_pin_needs_a_reason_and_something_to_hold(session: Session, operator: Actor, here: int) -> None:
    with pytest.raises(Invalid, match="A pin needs a reason"):
        pin_facility(session, operator, Thing("gates", UUID(int=1)), UUID(int=1), reason=" ", at=LATER)
    with pytest.raises(NotFound, match="no such thing or unit"):
        pin_facility(session, operator, Thing("gates", UUID(int=1)), UUID(int=1), reason="x", at=LATER)
    with pytest.raises(NotFound, match="nothing pinned"):
        unpin_facility(session, operator, Thing("gates", UUID(int=1)), at=LATER)


def test_what_lies_in_a_pinned_building_goes_with_it(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"hall": box(0.2, 0.2, 0.8, 0.8)})
    bring(session, operator, here, "parking_spaces", ({"id": 1}, at(0.5, 0.5)))
    unit = session.execute(
        text("SELECT u.public_id FROM unit u JOIN unit_version v ON v.unit_id = u.id WHERE v.name = 'B' AND upper_inf(v.valid)")
    ).scalar_one()
    pin(session, operator, session.execute(text("SELECT public_id FROM building")).scalar_one(), unit, reason="entrance", at=LATER)
    assert stands(session, "parking_space") == {"1": {"B": 1}}


# Assignment anew


def displace(session: Session, noun: str) -> None:
    """Put every thing of a noun into C, past the rules."""
    unit = "(SELECT unit_id FROM unit_version WHERE name = 'C' AND upper_inf(valid))"
    session.execute(text(f"UPDATE {noun}_place SET unit_id = {unit}"))


def test_assignment_says_what_moved_and_where_to(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "gates", ({"id": 1}, at(0.5, 0.5)), ({"id": 2}, at(2.5, 0.5)))
    displace(session, "gate")
    moved = assign_all(session, operator, here, LATER)
    assert {noun: len(moves) for noun, moves in moved.items() if moves} == {"gates": 1}
    assert stands(session, "gate") == {"1": {"A": 1}, "2": {"C": 1}}


def test_what_has_not_changed_is_left_alone_when_so_asked(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "gates", ({"id": 1}, at(0.5, 0.5)))
    displace(session, "gate")
    assert assign_all(session, operator, here, LATER, changed=True)["gates"] == []
    session.execute(text("UPDATE gate_version SET valid = tstzrange(:later, NULL)"), {"later": LATER})
    assert len(assign_all(session, operator, here, LATER, changed=True)["gates"]) == 1


def test_what_lies_in_no_unit_is_listed(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "stations", ({"id": "in"}, at(0.5, 0.5)), ({"id": "out"}, at(9, 9)))
    count, found = nowhere(session, here, "stations")
    assert (count, [thing.ref for thing in found]) == (1, ["out"])


def test_a_place_that_ended_stays_known(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "fire_lanes", ({"id": 1}, line((0.5, 0.5), (1.5, 0.5))))
    bring(session, operator, here, "fire_lanes", ({"id": 1}, line((1.5, 0.5), (2.5, 0.5))), effective_at=LATER)
    history = session.execute(
        text("""
        SELECT v.name, upper(p.valid) FROM fire_lane_place p JOIN unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.valid)
        ORDER BY v.name, p.id
        """)
    ).all()
    assert [tuple(row) for row in history] == [("A", LATER), ("B", None), ("C", None)]


# What holds it


def test_gates_and_stations_find_their_compound(session: Session, operator: Actor, here: int) -> None:
    import_compounds(session, operator, builders.file(here, [({"name": "东风里"}, box(0.2, 0.2, 0.6, 0.6))]))
    points = {"inside": (0.4, 0.4), "before": (0.62, 0.4), "far": (1.2, 0.4)}
    bring(session, operator, here, "gates", *(({"id": ref}, at(*point)) for ref, point in points.items()))
    held = session.execute(text("SELECT g.source_ref, v.compound_id IS NOT NULL FROM gate g JOIN gate_version v ON v.gate_id = g.id")).all()
    assert dict(map(tuple, held)) == {"inside": True, "before": True, "far": False}


def test_things_find_a_compound_that_comes_after_them(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "stations", ({"id": 1}, at(0.4, 0.4)))
    import_compounds(session, operator, builders.file(here, [({"name": "东风里"}, box(0.2, 0.2, 0.6, 0.6))]))
    assert session.scalar(select(StationVersion.compound_id)) is not None


def lots(session: Session) -> dict[str, str | None]:
    """Return by ref the lot of each space, by its ref."""
    rows = session.execute(
        text("""
        SELECT s.source_ref, l.source_ref FROM parking_space s JOIN parking_space_version v ON v.parking_space_id = s.id
        LEFT JOIN parking_lot l ON l.id = v.lot_id WHERE upper_inf(v.valid)
        """)
    )
    return dict(map(tuple, rows))


def test_a_space_lies_in_the_lot_that_it_names_else_in_the_one_around_it(session: Session, operator: Actor, here: int) -> None:
    bring(
        session,
        operator,
        here,
        "parking_lots",
        ({"id": "G"}, box(0.1, 0.1, 0.4, 0.4)),
        ({"id": "U", "name": "地库"}, box(0.1, 0.1, 0.5, 0.5)),
    )
    spaces = [({"id": 1}, at(0.2, 0.2)), ({"id": 2, "停车场": "地库"}, at(0.2, 0.2)), ({"id": 3}, at(0.8, 0.2))]
    bring(session, operator, here, "parking_spaces", *spaces)
    assert lots(session) == {"1": "G", "2": "U", "3": None}


def test_spaces_find_a_lot_that_comes_after_them(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "parking_spaces", ({"id": 1}, at(0.2, 0.2)))
    bring(session, operator, here, "parking_lots", ({"id": "G"}, box(0.1, 0.1, 0.4, 0.4)))
    assert lots(session) == {"1": "G"}

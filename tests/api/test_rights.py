"""Both locks seen from outside: every role, every place, every surface that could show a household."""

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from mapbox_vector_tile import decode
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from tests.domain.test_permissions import ALLOWED, EXPECTED
from tests.ground import BEGAN, EAST_HOUSEHOLDS, EAST_NUMBER, WEST_HOUSEHOLDS, WEST_NUMBER, Ground, lay, let_in, somebody

PAST = Range(BEGAN, datetime(2026, 2, 1, tzinfo=UTC))
UUIDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A page has some, and they may hold any number."""
Sight = dict[str, int]
"""Households that a surface showed, by leaf."""


def through_summary(client: FlaskClient, ground: Ground) -> Sight:
    found = {leaf: client.get(f"/api/v1/units/{ground.ids[leaf]}/summary").json["households"] for leaf in ("east", "west")}
    return {leaf: households for leaf, households in found.items() if households is not None}


def through_children(client: FlaskClient, ground: Ground) -> Sight:
    below = client.get(f"/api/v1/units/{ground.ids['top']}/summary").json["children"]
    found = {leaf: below[str(ground.ids[leaf])]["households"] for leaf in ("east", "west")}
    return {leaf: households for leaf, households in found.items() if households is not None}


def through_building(client: FlaskClient, ground: Ground) -> Sight:
    addresses = {leaf: f"/api/v1/buildings/{ground.ids[leaf + '_building']}" for leaf in ("east", "west")}
    found = {leaf: client.get(address).json["properties"]["households"] for leaf, address in addresses.items()}
    return {leaf: households for leaf, households in found.items() if households is not None}


def through_past(client: FlaskClient, ground: Ground) -> Sight:
    addresses = {leaf: f"/api/v1/units/{ground.ids[leaf]}/summary?as_of=2026-03-01" for leaf in ("east", "west")}
    found = {leaf: client.get(address).json["households"] for leaf, address in addresses.items()}
    return {leaf: households for leaf, households in found.items() if households is not None}


def through_tile(client: FlaskClient, ground: Ground) -> Sight:
    answer = client.get("/tiles/households/12/3413/1689.mvt")
    features = decode(answer.data)["households"]["features"] if answer.status_code == 200 and answer.data else []
    names = {str(ground.ids[leaf + "_building"]): leaf for leaf in ("east", "west")}
    return {names[feature["properties"]["id"]]: feature["properties"]["households"] for feature in features}


def through_page(client: FlaskClient, ground: Ground) -> Sight:
    pages = {leaf: UUIDS.sub("", client.get(f"/map/here?unit={ground.ids[leaf]}").text) for leaf in ("east", "west")}
    numbers = {"east": EAST_HOUSEHOLDS, "west": WEST_HOUSEHOLDS}
    return {leaf: numbers[leaf] for leaf, page in pages.items() if f"{numbers[leaf]:,}" in page or str(numbers[leaf]) in page}


def through_export(client: FlaskClient, ground: Ground) -> Sight:
    rows = csv.DictReader(client.get("/api/v1/exports/here/buildings.csv?lang=en").text.removeprefix("\ufeff").splitlines())
    names = {str(ground.ids[leaf + "_building"]): leaf for leaf in ("east", "west")}
    found = {names[row["id"]]: row.get("households") or row.get("households_estimated") for row in rows}
    return {leaf: int(households) for leaf, households in found.items() if households}


SURFACES: dict[str, Callable[[FlaskClient, Ground], Sight]] = {
    "summary": through_summary,
    "children": through_children,
    "building": through_building,
    "past": through_past,
    "tile": through_tile,
    "page": through_page,
    "export": through_export,
}

CIRCUMSTANCES = {
    # how the role is held                         what an open role shows
    "inside east": (lambda g: g.east, {}, {"east"}),
    "inside west": (lambda g: g.west, {}, {"west"}),
    "at the top": (lambda g: g.top, {}, {"east", "west"}),
    "everywhere": (lambda _: "", {}, {"east", "west"}),
    "elsewhere": (lambda _: "jzzz", {}, set()),
    "formerly": (lambda _: "", {"period": PAST}, set()),
    "disabled": (lambda _: "", {"disabled": True}, set()),
}


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("circumstance", CIRCUMSTANCES)
@pytest.mark.parametrize("role", ["data_clerk", "surveyor", "audit_admin"])
def test_a_surface_shows_households_where_the_role_is_held(
    session: Session, client: FlaskClient, ground: Ground, role: str, circumstance: str, surface: str
) -> None:
    place, more, inside = CIRCUMSTANCES[circumstance]
    let_in(session, client, somebody(session, "somebody", role, place(ground), **more))
    numbers = {"east": EAST_HOUSEHOLDS, "west": WEST_HOUSEHOLDS}
    assert SURFACES[surface](client, ground) == ({leaf: numbers[leaf] for leaf in inside} if EXPECTED[role][0] else {})


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
def test_a_surface_opens_to_the_roles_of_the_table(session: Session, client: FlaskClient, ground: Ground, role: str, surface: str) -> None:
    let_in(session, client, somebody(session, "somebody", role, ground.east))
    assert set(SURFACES[surface](client, ground)) == ({"east"} if EXPECTED[role][0] else set())


@pytest.mark.parametrize("surface", SURFACES)
def test_a_surface_shows_nobody_anything(client: FlaskClient, ground: Ground, surface: str) -> None:
    assert SURFACES[surface](client, ground) == {}


def test_the_protected_tile_asks_a_stranger_to_sign_in(client: FlaskClient, ground: Ground) -> None:
    assert client.get("/tiles/households/12/3413/1689.mvt").status_code == 401


def test_the_protected_tile_refuses_a_role_that_reads_no_households(session: Session, client: FlaskClient, ground: Ground) -> None:
    let_in(session, client, somebody(session, "surveyor", "surveyor"))
    assert client.get("/tiles/households/12/3413/1689.mvt").status_code == 403


@pytest.mark.parametrize(
    "address", ["/tiles/households/12/3413/1689.mvt", "/api/v1/units/{top}/summary", "/api/v1/buildings/{east_building}"]
)
def test_what_depends_on_rights_is_kept_in_no_cache(session: Session, client: FlaskClient, ground: Ground, address: str) -> None:
    let_in(session, client, somebody(session, "inspector", "inspector"))
    headers = client.get(address.format(**ground.ids)).headers
    assert (headers["Cache-Control"], "ETag" in headers) == ("private, no-store", False)


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/units?q=unit",
        "/api/v1/units/{east}",
        "/api/v1/units/{top}/children",
        "/api/v1/locate?lon=120.0152&lat=30.005",
        "/map/here/search?q=unit",
    ],
)
def test_public_answers_hold_no_households_even_for_those_who_may_know(
    session: Session, client: FlaskClient, ground: Ground, address: str
) -> None:
    let_in(session, client, somebody(session, "inspector", "inspector"))
    answer = client.get(address.format(**ground.ids))
    assert (answer.status_code, str(EAST_HOUSEHOLDS) in answer.text) == (200, False)


# Parking and fire lanes

NUMBERS = {"east": EAST_NUMBER, "west": WEST_NUMBER}
TILES = ("/tiles/parking_lots/13/6826/3379.mvt", "/tiles/parking_lots/13/6827/3379.mvt")
LISTS = (
    "/api/v1/units/{top}/parking",
    "/api/v1/units/{top}/parking-spaces",
    "/api/v1/units/{top}/fire-lanes",
    "/api/v1/units/{top}/parking?as_of=2026-03-01",
    "/api/v1/units/{top}/parking-spaces?as_of=2026-03-01",
    "/api/v1/units/{top}/fire-lanes?as_of=2026-03-01",
    "/api/v1/parking?jurisdiction=here",
    "/api/v1/fire-lanes?jurisdiction=here",
    *TILES,
)
"""Addresses that show the names of what stands in both leaves; a tile holds one leaf perhaps."""


def named(client: FlaskClient, ground: Ground, address: str) -> set[str]:
    """Return the leaves whose number an answer holds."""
    answer = client.get(address.format(**ground.ids)).data
    return {leaf for leaf, number in NUMBERS.items() if number.encode() in answer}


@pytest.mark.parametrize("circumstance", CIRCUMSTANCES)
def test_addresses_show_facilities_where_the_role_is_held(session: Session, client: FlaskClient, ground: Ground, circumstance: str) -> None:
    place, more, inside = CIRCUMSTANCES[circumstance]
    let_in(session, client, somebody(session, "somebody", "surveyor", place(ground), **more))
    shown = {address: named(client, ground, address) for address in LISTS}
    for tile in TILES:
        assert shown.pop(tile) <= inside
    assert shown == dict.fromkeys(shown, inside)


@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
def test_the_summary_counts_facilities_for_the_roles_of_the_table(session: Session, client: FlaskClient, ground: Ground, role: str) -> None:
    let_in(session, client, somebody(session, "somebody", role, ground.east))
    found = {leaf: client.get(f"/api/v1/units/{ground.ids[leaf]}/summary").json["facilities"] for leaf in ("top", "east", "west")}
    counted = {
        "parking_lots": 1, "capacity": 1, "parking_spaces": 1, "spaces_by_kind": {"shared": 1}, "spaces_by_level": {"ground": 1},
        "fire_lanes": 1, "fire_lanes_m": 7.0,
    }  # fmt: skip
    assert found == {"top": None, "east": counted if role in ALLOWED["facilities.read"] else None, "west": None}


def test_facilities_ask_a_stranger_to_sign_in_and_refuse_a_role_that_reads_none(
    session: Session, client: FlaskClient, ground: Ground
) -> None:
    assert {client.get(address.format(**ground.ids)).status_code for address in LISTS} == {401}
    let_in(session, client, somebody(session, "auditor", "audit_admin"))
    assert {client.get(address.format(**ground.ids)).status_code for address in LISTS} == {403}


def test_facilities_are_kept_in_no_cache(session: Session, client: FlaskClient, ground: Ground) -> None:
    let_in(session, client, somebody(session, "inspector", "inspector"))
    headers = [client.get(address.format(**ground.ids)).headers for address in LISTS]
    assert {(each["Cache-Control"], "ETag" in each) for each in headers} == {("private, no-store", False)}

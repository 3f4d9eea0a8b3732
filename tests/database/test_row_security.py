"""The second lock: row security, against the same table as the first, and the catalogue that must stay so."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from gridsvc.database.session import set_actor
from gridsvc.domain.paths import building_path
from gridsvc.domain.permissions import NOBODY, RULES, Actor
from tests.domain.test_permissions import ACTIONS, CASES, EXPECTED
from tests.ground import BEGAN, Ground, lay, paths_in_sight, somebody

PROTECTED = {
    "leaf_sum": set(),
    "building_households": {"correct_in_scope", "import_in_scope", "read_in_scope"},
    "plan": {"draw_in_scope", "publish_in_scope", "read_in_scope"},
    "plan_move": {"draw_in_scope", "read_in_scope", "undo_in_scope"},
    "plan_lock": {"draw_in_scope", "read_in_scope", "unlock_in_scope"},
    "plan_step": {"decide_in_scope", "read_in_scope"},
    "plan_comment": {"read_in_scope", "say_in_scope", "settle_in_scope"},
    "plan_unit": {"draw_in_scope", "read_in_scope"},
    "plan_place": {"draw_in_scope", "read_in_scope"},
    "plan_proposal": {"draw_in_scope", "read_in_scope"},
    "plan_alternative": {"draw_in_scope", "read_in_scope"},
    "plan_alternative_unit": {"draw_in_scope", "read_in_scope"},
    **{noun: {"import_in_scope", "read_in_scope"} for noun in ("parking_lot", "parking_space", "fire_lane")},
    **{
        f"{noun}_{part}": {"correct_in_scope", "import_in_scope", "read_in_scope"}
        for noun in ("parking_lot", "parking_space", "fire_lane")
        for part in ("version", "place")
    },
    "account": {"add_everywhere", "change_everywhere", "change_own", "read_by_administrators", "read_own"},
    "role_grant": {"end_in_scope", "grant_in_scope", "read_in_scope", "read_own"},
    "sign_in": set(),
    "one_time_link": set(),
    "former_password": set(),
    "recovery_code": set(),
    "api_token": {"keep_own"},
    "security_term": {"change_everywhere", "read_by_all"},
    "audit": {"add_as_oneself", "read_by_auditors"},
    "audit_seal": {"read_by_auditors"},
    "job": {"ask_as_oneself", "read_in_scope", "read_own"},
    "job_progress": {"read_of_jobs"},
    "column_choice": {"keep_in_scope"},
    "person": {"add_in_scope", "read_in_scope"},
    "household": {"add_in_scope", "correct_in_scope", "read_in_scope"},
    **{part: {"add_in_scope", "correct_in_scope", "read_in_scope"} for part in ("person_version", "member", "household_version")},
    "appointment": {"appoint_in_scope", "end_in_scope", "read_in_scope"},
    "contract": {"assign_in_scope", "end_in_scope", "read_in_scope"},
    "contract_proposal": {"assign_in_scope"},
    "contract_proposed": {"assign_in_scope"},
    "address_review": {"keep_in_scope"},
    "notice": {"read_in_scope"},
    "notice_read": {"keep_own"},
    "succession": {"decide_in_scope", "read_in_scope"},
    "correction": {"decide_in_scope", "propose_in_scope", "read_in_scope", "read_own", "withdraw_own"},
    "report": {"freeze_in_scope", "read_in_scope"},
}  # fmt: skip
PUBLIC = {
    "alias", "area_code", "reported_figure",
    "scheme", "jurisdiction", "edition", "unit", "unit_version", "unit_code", "unit_shape", "lineage", "compound", "compound_version",
    "building", "building_version", "building_place", "street", "street_version", "station",
    "organisation", "organisation_version", "organisation_ground", "urgent_time", "address_alias",
    "station_version", "station_place", "gate", "gate_version", "gate_place", "barrier", "barrier_version", "alembic_version",
}  # fmt: skip
CLOSED = {"role_action"}
"""Neither read nor written by the serving roles."""

PAST = Range(BEGAN, datetime(2026, 2, 1, tzinfo=UTC))


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


def speak_as(session: Session, account_id: int) -> None:
    set_actor(session, Actor(account_id, "somebody"))


# Both locks agree


@pytest.mark.parametrize(("role", "action", "open_"), [case for case in CASES if case[0] != "operator"])
def test_scopes_holds_a_path_where_the_table_says_so(session: Session, ground: Ground, role: str, action: str, open_: bool) -> None:
    speak_as(session, somebody(session, "somebody", role, ground.east))
    assert session.scalar(text("SELECT scopes(:action)::text[]"), {"action": action}) == ([ground.east] if open_ else [])


def test_the_operator_may_do_everything_everywhere(session: Session, ground: Ground) -> None:
    assert [session.scalar(text("SELECT scopes(:action)::text[]"), {"action": action}) for action in ACTIONS] == [[""]] * len(ACTIONS)


def test_the_installed_table_of_rights_is_that_of_the_rules(owner: Session) -> None:
    rows = owner.execute(text("SELECT action, role FROM role_action")).all()
    assert set(rows) == {(action.value, role.value) for action, roles in RULES.items() for role in roles}


@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
@pytest.mark.parametrize("place", ["jurisdiction", "top", "east", "west", "root"])
def test_household_rows_are_seen_inside_the_grant_alone(session: Session, ground: Ground, role: str, place: str) -> None:
    held = "" if place == "root" else getattr(ground, place)
    speak_as(session, somebody(session, "somebody", role, held))
    seen = {path.rpartition(".")[0] for path in paths_in_sight(session)}
    inside = {"east": {ground.east}, "west": {ground.west}}.get(place, {ground.east, ground.west})
    assert seen == (inside if EXPECTED[role][0] else set())


def test_an_expired_grant_shows_nothing(session: Session, ground: Ground) -> None:
    speak_as(session, somebody(session, "former", "inspector", "", period=PAST))
    assert paths_in_sight(session) == set()


def test_a_disabled_account_sees_nothing(session: Session, ground: Ground) -> None:
    speak_as(session, somebody(session, "gone", "inspector", "", disabled=True))
    assert paths_in_sight(session) == set()


def test_nobody_sees_nothing(session: Session, ground: Ground) -> None:
    set_actor(session, NOBODY)
    assert paths_in_sight(session) == set()


def test_a_session_that_never_said_who_asks_sees_nothing(session: Session, ground: Ground) -> None:
    session.execute(text("RESET gridsvc.account_id"))
    assert paths_in_sight(session) == set()


def move_east_building_west(session: Session, ground: Ground) -> None:
    given = {"b": ground.east_building, "west": ground.west_building}
    session.execute(text("UPDATE building_place SET valid = tstzrange(lower(valid), now()) WHERE building_id = :b"), given)
    moved = """
    INSERT INTO building_place (building_id, unit_id, valid, share, cut_m2, pinned)
    SELECT :b, unit_id, tstzrange(now(), NULL), 1, 0, false FROM building_place WHERE building_id = :west
    """
    session.execute(text(moved), given)


def test_a_building_that_moves_takes_its_rows_along(session: Session, ground: Ground) -> None:
    reader = somebody(session, "leader", "grid_leader", ground.west)
    move_east_building_west(session, ground)
    speak_as(session, reader)
    assert len(paths_in_sight(session)) == 2


# Writing


@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
def test_counts_are_corrected_by_those_who_import_alone(session: Session, ground: Ground, role: str) -> None:
    speak_as(session, somebody(session, "somebody", role, ground.east))
    touched = session.execute(text("UPDATE building_households SET households = 1 RETURNING 1")).all()
    assert len(touched) == (1 if EXPECTED[role][1] else 0)


def test_a_clerk_adds_no_counts_outside_the_grant(session: Session, ground: Ground) -> None:
    speak_as(session, somebody(session, "clerk", "data_clerk", ground.east))
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(
            text(
                "INSERT INTO building_households (building_id, valid, households, basis)"
                " VALUES (:b, '[2020-01-01,2021-01-01)', 1, 'counted')"
            ),
            {"b": ground.west_building},
        )


@pytest.mark.parametrize(("role", "kept"), [("data_clerk", 1), ("approver", 1), ("planner", 0)])
def test_estimates_are_kept_where_one_brings_in_or_publishes_and_nowhere_else(
    session: Session, ground: Ground, role: str, kept: int
) -> None:
    session.execute(text("UPDATE building_households SET valid = tstzrange(lower(valid), now()) WHERE upper_inf(valid)"))
    speak_as(session, somebody(session, "somebody", role, ground.east))
    given = {"buildings": [ground.east_building, ground.west_building]}
    assert session.scalar(text("SELECT keep_estimates(now(), :buildings, ARRAY[9, 9])"), given) == kept


def test_a_path_that_is_not_the_buildings_is_refused(session: Session, ground: Ground) -> None:
    speak_as(session, somebody(session, "clerk", "data_clerk", ground.east))
    with pytest.raises(ProgrammingError, match="a path is not that of its building"):
        session.execute(
            text(
                "INSERT INTO building_households (building_id, valid, households, basis, path)"
                " VALUES (:b, '[2020-01-01,2021-01-01)', 1, 'counted', cast(:east AS ltree) || 'b_1')"
            ),
            {"b": ground.west_building, "east": ground.east},
        )


def test_nobody_writes_the_trail_in_anothers_name(session: Session, ground: Ground) -> None:
    one, other = somebody(session, "one", None), somebody(session, "other", None)
    speak_as(session, one)
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(text("INSERT INTO audit (account_id, action, path, detail) VALUES (:other, 'x', '', '{}')"), {"other": other})


@pytest.mark.parametrize("statement", ["UPDATE audit SET action = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
def test_the_trail_is_not_changed(session: Session, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(statement))


def test_a_security_administrator_gives_no_operators_rights(session: Session, ground: Ground) -> None:
    administrator = somebody(session, "administrator", "security_admin", "")
    speak_as(session, administrator)
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(
            text("INSERT INTO role_grant (account_id, role, path, valid) VALUES (:id, 'operator', '', '[2026-01-01,)')"),
            {"id": administrator},
        )


@pytest.mark.parametrize("column", ["password_hash", "*"])
def test_hashes_of_passwords_are_not_read(session: Session, column: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(f"SELECT {column} FROM account"))


def test_sign_ins_are_not_read(session: Session) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("SELECT * FROM sign_in"))


# Functions


def sums(session: Session, paths: list[str], as_of: datetime | None = None) -> dict[str, int]:
    rows = session.execute(text("SELECT path::text, households FROM household_sums(CAST(:p AS ltree[]), :at)"), {"p": paths, "at": as_of})
    return {row.path: row.households for row in rows}


def test_sums_add_up(session: Session, ground: Ground) -> None:
    assert sums(session, [ground.jurisdiction, ground.top, ground.east, ground.west]) == {
        ground.jurisdiction: 5924, ground.top: 5924, ground.east: 4711, ground.west: 1213,
    }  # fmt: skip


def test_sums_say_what_they_rest_on(session: Session, ground: Ground) -> None:
    asked = "SELECT shops, counted, estimated, known FROM household_sums(CAST(:p AS ltree[]))"
    assert tuple(session.execute(text(asked), {"p": [ground.top]}).one()) == (2, 4711, 1213, 2)


@pytest.mark.parametrize("as_of", [None, datetime(2026, 3, 1, tzinfo=UTC)])
def test_sums_are_given_for_paths_wholly_inside_alone(session: Session, ground: Ground, as_of: datetime | None) -> None:
    speak_as(session, somebody(session, "leader", "grid_leader", ground.east))
    assert sums(session, [ground.top, ground.east, ground.west], as_of) == {ground.east: 4711}


@pytest.mark.parametrize("as_of", [None, datetime(2026, 3, 1, tzinfo=UTC)])
def test_a_single_building_has_its_sum(session: Session, ground: Ground, as_of: datetime | None) -> None:
    here, elsewhere = building_path(ground.east, ground.east_building), building_path(ground.west, ground.west_building)
    speak_as(session, somebody(session, "leader", "grid_leader", ground.east))
    assert sums(session, [here, elsewhere], as_of) == {here: 4711}


def test_sums_of_the_past_are_kept_from_those_who_lost_the_place(session: Session, ground: Ground) -> None:
    move_east_building_west(session, ground)
    speak_as(session, somebody(session, "leader", "grid_leader", ground.east))
    assert sums(session, [ground.east], datetime(2026, 3, 1, tzinfo=UTC)) == {}


def test_sums_before_anything_was_known_are_unknown_and_not_nought(session: Session, ground: Ground) -> None:
    assert sums(session, [ground.top], datetime(2025, 3, 1, tzinfo=UTC)) == {ground.top: None}


@pytest.mark.parametrize("as_of", [None, datetime(2026, 3, 1, tzinfo=UTC)])
def test_nobody_gets_a_sum(session: Session, ground: Ground, as_of: datetime | None) -> None:
    set_actor(session, NOBODY)
    assert sums(session, ["", ground.top, ground.east], as_of) == {}


def test_the_household_tile_holds_points_inside_the_grant_alone(session: Session, ground: Ground) -> None:
    sizes = []
    for path in (ground.east, ground.top):
        speak_as(session, somebody(session, path, "inspector", path))
        sizes.append(len(session.scalar(text("SELECT tile_households(12, 3413, 1689)"))))
    assert 0 < sizes[0] < sizes[1]


def test_the_household_tile_is_empty_for_nobody(session: Session, ground: Ground) -> None:
    set_actor(session, NOBODY)
    assert bytes(session.scalar(text("SELECT tile_households(12, 3413, 1689)"))) == b""


# The catalogue


def test_every_table_is_decided(owner: Session) -> None:
    tables = set(owner.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'spatial_ref_sys'")))
    assert tables == PUBLIC | CLOSED | set(PROTECTED)


def test_row_security_is_on_where_it_was_decided(owner: Session) -> None:
    guarded = set(owner.scalars(text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity")))
    assert guarded == set(PROTECTED)


def test_the_policies_are_those_decided(owner: Session) -> None:
    found: dict[str, set[str]] = {table: set() for table in PROTECTED}
    for table, policy in owner.execute(text("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")):
        found[table].add(policy)
    assert found == PROTECTED


@pytest.mark.parametrize("role", ["gridsvc_app", "gridsvc_reader"])
def test_a_serving_role_owns_nothing_and_bypasses_nothing(owner: Session, role: str) -> None:
    flags = owner.execute(
        text("SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = :r"), {"r": role}
    ).one()
    owned = owner.scalar(text("SELECT count(*) FROM pg_class WHERE relowner = to_regrole(:r)"), {"r": role})
    assert (*flags, owned) == (False, False, False, False, 0)


@pytest.mark.parametrize("role", ["gridsvc_app", "gridsvc_reader"])
def test_a_serving_role_reaches_no_closed_table(owner: Session, role: str) -> None:
    rights = "SELECT has_table_privilege(:r, t, 'SELECT, INSERT, UPDATE, DELETE') FROM unnest(CAST(:tables AS text[])) AS t"
    assert not any(owner.scalars(text(rights), {"r": role, "tables": sorted(CLOSED | {"sign_in", "one_time_link", "leaf_sum"})}))


def test_the_reader_writes_nothing(owner: Session) -> None:
    tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    written = text(tables + " AND has_table_privilege('gridsvc_reader', oid, 'INSERT, UPDATE, DELETE')")
    assert owner.scalars(written).all() == []


def test_the_reader_reaches_no_account(owner: Session) -> None:
    assert not owner.scalar(text("SELECT has_any_column_privilege('gridsvc_reader', 'account', 'SELECT')"))


AS_OWNER = """
SELECT p.oid, p.proname, p.proconfig, p.prorettype FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
"""Our functions that act as the owner; those of extensions are their own affair."""


def test_every_function_that_acts_as_the_owner_has_a_fixed_search_path(owner: Session) -> None:
    found = owner.execute(text(AS_OWNER)).all()
    assert [row.proname for row in found if "search_path=public, pg_temp" not in (row.proconfig or [])] == []


def test_functions_that_act_as_the_owner_are_closed_to_the_public(owner: Session) -> None:
    """A trigger function cannot be called, and scopes() answers about its caller alone."""
    callable_ = (
        f"SELECT proname FROM ({AS_OWNER}) AS f WHERE prorettype <> 'trigger'::regtype AND has_function_privilege('public', oid, 'EXECUTE')"
    )
    assert owner.scalars(text(callable_)).all() == ["scopes"]


def test_views_on_protected_tables_ask_as_their_reader(owner: Session) -> None:
    views = owner.execute(
        text("SELECT relname, reloptions FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace")
    ).all()
    ours = [view for view in views if view.relname not in ("geometry_columns", "geography_columns")]
    assert [view.relname for view in ours if "security_invoker=true" not in (view.reloptions or [])] == []


def test_the_sql_files_can_be_laid_again(owner: Session) -> None:
    """Functions and policies are re-created after every migration."""
    folder = Path(__file__).parents[2] / "gridsvc" / "database" / "sql"
    connection = owner.connection()
    for file in sorted(folder.glob("*.sql")):
        connection.exec_driver_sql(file.read_text(encoding="utf-8").replace("%", "%%"))
    assert re.fullmatch(r"\d+", str(owner.scalar(text("SELECT count(*) FROM role_action"))))

"""The tables as migrated are those of the models, whatever Alembic itself does not compare included."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from gridsvc.database import cluster, tables
from gridsvc.database.base import Base
from gridsvc.database.install import SQL, alembic_config, install
from gridsvc.database.session import driver_url
from tests.databases import another_database

TABLES = sorted(Path(tables.__file__).parent.glob("*.py"))
COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind = 'r' AND c.relnamespace = cast(:schema AS regnamespace) AND c.relname = ANY(:tables)
"""
CONSTRAINTS = """
SELECT c.relname, n.conname, n.condeferrable, n.condeferred, pg_get_constraintdef(n.oid)
FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid
WHERE n.contype <> 't' AND c.relnamespace = cast(:schema AS regnamespace) AND c.relname = ANY(:tables)
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = :schema AND tablename = ANY(:tables)"


@pytest.fixture(scope="module")
def migrated(database: cluster.Private) -> Iterator[Connection]:
    """Give an owner's connection to a database of its own; the tables of the models stand in a second schema, `drawn`."""
    with another_database(database, "migrated") as name:
        install(database.url("owner", name))
        engine = create_engine(driver_url(database.url("owner", name)))
        with engine.connect() as connection:
            connection.execute(text("CREATE SCHEMA drawn"))
            Base.metadata.create_all(connection.execution_options(schema_translate_map={None: "drawn"}), checkfirst=False)
            yield connection.execution_options(schema_translate_map=None)
            connection.rollback()
        engine.dispose()


def rows(connection: Connection, question: str, schema: str) -> set[tuple[object, ...]]:
    """Return what a schema holds of our tables, without the schema's own name."""
    asked = {"schema": schema, "tables": list(Base.metadata.tables)}
    bare = re.compile(rf"\b{schema}\.")
    return {
        tuple(bare.sub("", cell) if isinstance(cell, str) else cell for cell in row) for row in connection.execute(text(question), asked)
    }


@pytest.mark.parametrize("question", [COLUMNS, CONSTRAINTS, INDEXES], ids=["columns", "constraints", "indexes"])
def test_what_was_migrated_is_what_the_models_draw(migrated: Connection, question: str) -> None:
    assert rows(migrated, question, "public") == rows(migrated, question, "drawn")


def test_alembic_sees_no_difference(owner: Session) -> None:
    command.check(alembic_config(owner.connection()))


def test_the_tables_of_validity_exclude_two_rows_at_a_time(owner: Session) -> None:
    excluding = owner.scalars(text("SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'x' AND condeferrable"))
    versioned = {name for name, table in Base.metadata.tables.items() if "valid" in table.columns}
    assert versioned - set(excluding) == {"role_grant", "appointment", "organisation_ground"}, "one at a time by unique indexes, or many"


def test_the_checks_are_those_decided(owner: Session) -> None:
    found = owner.scalars(
        text("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 'spatial_ref_sys'::regclass AND conrelid > 0")
    )
    assert set(found) == {
        "ck_appointment_belongs_somewhere",
        "ck_alias_means_one_thing",
        "ck_appointment_hangs_at_one_place",
        "ck_appointment_roster_is_known",
        "ck_appointment_state_is_known",
        "ck_area_code_level_is_of_the_list",
        "ck_building_households_basis_is_known",
        "ck_building_households_counts_are_not_negative",
        "ck_building_place_a_pin_has_a_reason",
        *(f"ck_{noun}_place_a_pin_has_a_reason" for noun in ("station", "gate", "parking_lot", "parking_space", "fire_lane")),
        "ck_contract_proposal_range_is_one",
        "ck_contract_proposal_state_is_known",
        "ck_correction_state_is_known",
        "ck_household_version_persons_are_not_negative",
        "ck_household_version_use_is_known",
        "ck_job_finished_when_not_queued",
        "ck_job_state_is_known",
        "ck_jurisdiction_slug_is_short",
        "ck_member_max_households_is_not_negative",
        "ck_organisation_ground_stands_at_one_place",
        "ck_plan_comment_says_something",
        "ck_plan_lock_locks_one_thing",
        "ck_plan_scheduled_for_an_instant",
        "ck_plan_state_is_known",
        "ck_plan_step_decision_is_known",
        "ck_plan_step_sent_back_with_a_reason",
        "ck_plan_waits_for_a_step_under_review",
        "ck_reported_figure_qualifier_is_known",
        "ck_succession_decided_one_way",
        "ck_succession_is_of_one_thing",
        "ck_unit_version_remainder_is_a_leaf_without_code",
    }


def laid(kind: str) -> set[str]:
    """Return the names of the functions or triggers that the SQL files make."""
    sql = "\n".join(file.read_text(encoding="utf-8") for file in SQL.glob("*.sql"))
    return set(re.findall(rf"CREATE (?:OR REPLACE|CONSTRAINT) {kind}\s+(\w+)", sql))


def test_every_function_comes_from_a_sql_file(owner: Session) -> None:
    ours = """
    SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    """
    assert set(owner.scalars(text(ours))) == laid("FUNCTION")


def test_every_trigger_comes_from_a_sql_file(owner: Session) -> None:
    assert set(owner.scalars(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"))) == laid("TRIGGER")


@pytest.mark.parametrize("file", TABLES, ids=lambda file: file.stem)
def test_every_index_says_what_asks_it(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    lines = source.splitlines()
    indexes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Index"]
    silent = [lines[node.lineno - 1].strip() for node in indexes if not lines[node.lineno - 2].strip().startswith("# Usage: ")]
    assert silent == []


def test_every_geometry_is_in_the_stored_reference_system(owner: Session) -> None:
    found = owner.scalars(text("SELECT srid FROM geometry_columns WHERE f_table_schema = 'public'"))
    assert set(found) == {4490}


def test_migrations_go_down_to_nothing_and_up_again(database: cluster.Private) -> None:
    with another_database(database, "down_and_up") as name:
        install(database.url("owner", name))
        engine = create_engine(driver_url(database.url("owner", name)))
        with engine.begin() as connection:
            command.downgrade(alembic_config(connection), "base")
            left = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        install(database.url("owner", name))
        with engine.connect() as connection:
            command.check(alembic_config(connection))
        engine.dispose()
    assert set(left) == {"alembic_version", "spatial_ref_sys"}

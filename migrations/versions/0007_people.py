"""People and duties: organisations, households, people and members, posts, contracts, notices, corrections, reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gridsvc.database.base import Ltree

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _organisations()
    _households()
    _people()
    _appointments()
    _addresses()
    _contracts()
    _notices()
    _reports()
    op.add_column("account", sa.Column("person_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_account_person_id"), "account", "person", ["person_id"], ["id"])


def downgrade() -> None:
    op.execute("DROP TRIGGER IF EXISTS account_administrators_apart ON account")  # what the SQL files hang at these tables
    op.execute("DROP FUNCTION IF EXISTS paths_of_post")
    op.drop_constraint(op.f("fk_account_person_id"), "account", type_="foreignkey")
    op.drop_column("account", "person_id")
    op.drop_table("report")
    op.drop_table("urgent_time")
    op.drop_table("correction")
    op.drop_table("notice_read")
    op.drop_table("notice")
    op.drop_table("contract_proposed")
    op.drop_table("contract_proposal")
    op.drop_table("contract")
    op.drop_table("address_review")
    op.drop_table("address_alias")
    op.drop_table("appointment")
    op.drop_table("member")
    op.drop_table("person_version")
    op.drop_table("person")
    op.drop_table("household_version")
    op.drop_table("household")
    op.drop_table("organisation_ground")
    op.drop_table("organisation_version")
    op.drop_table("organisation")


def _organisations() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_organisation_jurisdiction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("jurisdiction_id", "source", "source_ref", name=op.f("uq_organisation_jurisdiction_id_source_source_ref")),
        sa.UniqueConstraint("public_id", name=op.f("uq_organisation_public_id")),
    )
    op.create_table(
        "organisation_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("set_up", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("contract_from", sa.Date(), nullable=True),
        sa.Column("contract_until", sa.Date(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source_digest", sa.Text(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("organisation_id"), "="),
            (sa.column("valid"), "&&"),
            deferrable="True",
            initially="DEFERRED",
            using="gist",
            name="ex_organisation_version_one_at_a_time",
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_version_organisation_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["organisation.id"], name=op.f("fk_organisation_version_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_version")),
    )
    op.create_index(
        "ix_organisation_version_name",
        "organisation_version",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
        postgresql_where=sa.text("upper_inf(valid)"),
    )
    op.create_index(
        "ix_organisation_version_parent", "organisation_version", ["parent_id"], unique=False, postgresql_where=sa.text("upper_inf(valid)")
    )
    op.create_index(
        "uq_organisation_version_current",
        "organisation_version",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text("upper_inf(valid)"),
    )
    op.create_table(
        "organisation_ground",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("compound_id", sa.BigInteger(), nullable=True),
        sa.Column("building_id", sa.BigInteger(), nullable=True),
        sa.Column("street_id", sa.BigInteger(), nullable=True),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(unit_id, compound_id, building_id, street_id) = 1", name=op.f("ck_organisation_ground_stands_at_one_place")
        ),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_organisation_ground_building_id")),
        sa.ForeignKeyConstraint(["compound_id"], ["compound.id"], name=op.f("fk_organisation_ground_compound_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_ground_organisation_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_organisation_ground_street_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_organisation_ground_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_ground")),
    )
    op.create_index(
        "ix_organisation_ground_building",
        "organisation_ground",
        ["building_id"],
        unique=False,
        postgresql_where=sa.text("upper_inf(valid)"),
    )
    op.create_index(
        "ix_organisation_ground_compound",
        "organisation_ground",
        ["compound_id"],
        unique=False,
        postgresql_where=sa.text("upper_inf(valid)"),
    )
    op.create_index(
        "ix_organisation_ground_unit", "organisation_ground", ["unit_id"], unique=False, postgresql_where=sa.text("upper_inf(valid)")
    )
    op.create_index(
        "uq_organisation_ground_leading",
        "organisation_ground",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text("leads AND upper_inf(valid)"),
    )


def _households() -> None:
    op.create_table(
        "household",
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("entrance", sa.Text(), server_default="", nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("path", Ltree(), server_default="", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_household_building_id")),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_household_jurisdiction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("building_id", "entrance", "room", name=op.f("uq_household_building_id_entrance_room")),
        sa.UniqueConstraint("jurisdiction_id", "source", "source_ref", name=op.f("uq_household_jurisdiction_id_source_source_ref")),
        sa.UniqueConstraint("public_id", name=op.f("uq_household_public_id")),
    )
    op.create_index("ix_household_path", "household", ["path"], unique=False, postgresql_using="gist")
    op.create_table(
        "household_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("household_id", sa.BigInteger(), nullable=False),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("resident", sa.Boolean(), nullable=True),
        sa.Column("persons", sa.Integer(), nullable=True),
        sa.Column("care", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("away", sa.Boolean(), nullable=False),
        sa.Column("source_digest", sa.Text(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("household_id"), "="),
            (sa.column("valid"), "&&"),
            deferrable="True",
            initially="DEFERRED",
            using="gist",
            name="ex_household_version_one_at_a_time",
        ),
        sa.CheckConstraint("use IN ('own', 'let', 'vacant', 'shop')", name=op.f("ck_household_version_use_is_known")),
        sa.CheckConstraint("persons >= 0", name=op.f("ck_household_version_persons_are_not_negative")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_household_version_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_version")),
    )
    op.create_index(
        "uq_household_version_current", "household_version", ["household_id"], unique=True, postgresql_where=sa.text("upper_inf(valid)")
    )


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("paths", sa.ARRAY(Ltree()), server_default="{}", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_person_jurisdiction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("jurisdiction_id", "source", "source_ref", name=op.f("uq_person_jurisdiction_id_source_source_ref")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_public_id")),
    )
    op.create_index("ix_person_paths", "person", ["paths"], unique=False, postgresql_using="gist")
    op.create_table(
        "person_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_digest", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_digest", sa.LargeBinary(), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("home_building_id", sa.BigInteger(), nullable=True),
        sa.Column("home_household_id", sa.BigInteger(), nullable=True),
        sa.Column("home_text", sa.Text(), nullable=True),
        sa.Column("source_digest", sa.Text(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("person_id"), "="),
            (sa.column("valid"), "&&"),
            deferrable="True",
            initially="DEFERRED",
            using="gist",
            name="ex_person_version_one_at_a_time",
        ),
        sa.ForeignKeyConstraint(["home_building_id"], ["building.id"], name=op.f("fk_person_version_home_building_id")),
        sa.ForeignKeyConstraint(["home_household_id"], ["household.id"], name=op.f("fk_person_version_home_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_version_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_version")),
    )
    op.create_index(
        "ix_person_version_home", "person_version", ["home_building_id"], unique=False, postgresql_where=sa.text("upper_inf(valid)")
    )
    op.create_index(
        "ix_person_version_id_number",
        "person_version",
        ["id_number_digest"],
        unique=False,
        postgresql_where=sa.text("id_number_digest IS NOT NULL AND upper_inf(valid)"),
    )
    op.create_index(
        "ix_person_version_name",
        "person_version",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
        postgresql_where=sa.text("upper_inf(valid)"),
    )
    op.create_index(
        "ix_person_version_phone",
        "person_version",
        ["phone_digest"],
        unique=False,
        postgresql_where=sa.text("phone_digest IS NOT NULL AND upper_inf(valid)"),
    )
    op.create_index("uq_person_version_current", "person_version", ["person_id"], unique=True, postgresql_where=sa.text("upper_inf(valid)"))
    op.create_table(
        "member",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("branch_id", sa.BigInteger(), nullable=True),
        sa.Column("reporting_branch_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("exemption", sa.Text(), nullable=True),
        sa.Column("max_households", sa.Integer(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("person_id"), "="),
            (sa.column("valid"), "&&"),
            deferrable="True",
            initially="DEFERRED",
            using="gist",
            name="ex_member_one_at_a_time",
        ),
        sa.CheckConstraint("max_households >= 0", name=op.f("ck_member_max_households_is_not_negative")),
        sa.ForeignKeyConstraint(["branch_id"], ["organisation.id"], name=op.f("fk_member_branch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_member_person_id")),
        sa.ForeignKeyConstraint(["reporting_branch_id"], ["organisation.id"], name=op.f("fk_member_reporting_branch_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["organisation.id"], name=op.f("fk_member_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
    )
    op.create_index("ix_member_branch", "member", ["branch_id"], unique=False, postgresql_where=sa.text("upper_inf(valid)"))
    op.create_index(
        "ix_member_reporting_branch", "member", ["reporting_branch_id"], unique=False, postgresql_where=sa.text("upper_inf(valid)")
    )
    op.create_index("uq_member_current", "member", ["person_id"], unique=True, postgresql_where=sa.text("upper_inf(valid)"))


def _appointments() -> None:
    op.create_table(
        "appointment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("building_id", sa.BigInteger(), nullable=True),
        sa.Column("street_id", sa.BigInteger(), nullable=True),
        sa.Column("household_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("deputy", sa.Boolean(), nullable=False),
        sa.Column("roster", sa.Text(), server_default="ordinary", nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("duty_phone", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="held", nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("paths", sa.ARRAY(Ltree()), server_default="{}", nullable=False),
        sa.CheckConstraint("roster IN ('ordinary', 'urgent')", name=op.f("ck_appointment_roster_is_known")),
        sa.CheckConstraint("state IN ('held', 'proposed')", name=op.f("ck_appointment_state_is_known")),
        sa.CheckConstraint(
            "num_nonnulls(unit_id, building_id, street_id, household_id) <= 1", name=op.f("ck_appointment_hangs_at_one_place")
        ),
        sa.CheckConstraint(
            "num_nonnulls(unit_id, building_id, street_id, household_id, organisation_id) >= 1",
            name=op.f("ck_appointment_belongs_somewhere"),
        ),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_appointment_building_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_appointment_household_id")),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_appointment_jurisdiction_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_appointment_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appointment_person_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_appointment_street_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_appointment_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_appointment_public_id")),
    )
    op.create_index("ix_appointment_building", "appointment", ["building_id"], unique=False, postgresql_where=sa.text("upper_inf(valid)"))
    op.create_index(
        "ix_appointment_organisation", "appointment", ["organisation_id"], unique=False, postgresql_where=sa.text("upper_inf(valid)")
    )
    op.create_index("ix_appointment_paths", "appointment", ["paths"], unique=False, postgresql_using="gist")
    op.create_index("ix_appointment_person", "appointment", ["person_id"], unique=False, postgresql_where=sa.text("upper_inf(valid)"))
    op.create_index("ix_appointment_unit", "appointment", ["unit_id"], unique=False, postgresql_where=sa.text("upper_inf(valid)"))
    op.create_index(
        "uq_appointment_once",
        "appointment",
        [
            "person_id",
            "post",
            sa.literal_column("coalesce(unit_id, 0)"),
            sa.literal_column("coalesce(building_id, 0)"),
            sa.literal_column("coalesce(street_id, 0)"),
            sa.literal_column("coalesce(household_id, 0)"),
            sa.literal_column("coalesce(organisation_id, 0)"),
            "roster",
            "state",
        ],
        unique=True,
        postgresql_where=sa.text("upper_inf(valid)"),
    )


def _addresses() -> None:
    op.create_table(
        "address_alias",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.Column("spelling", sa.Text(), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_address_alias_building_id")),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_address_alias_jurisdiction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_alias")),
        sa.UniqueConstraint("jurisdiction_id", "spelling", name=op.f("uq_address_alias_jurisdiction_id_spelling")),
    )
    op.create_table(
        "address_review",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_address_review_jurisdiction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_review")),
        sa.UniqueConstraint(
            "jurisdiction_id", "noun", "source", "source_ref", name=op.f("uq_address_review_jurisdiction_id_noun_source_source_ref")
        ),
    )


def _contracts() -> None:
    op.create_table(
        "contract",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("household_id", sa.BigInteger(), nullable=False),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("path", Ltree(), server_default="", nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("household_id"), "="),
            (sa.column("valid"), "&&"),
            deferrable="True",
            initially="DEFERRED",
            using="gist",
            name="ex_contract_one_at_a_time",
        ),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_contract_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contract_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
    )
    op.create_index("ix_contract_path", "contract", ["path"], unique=False, postgresql_using="gist")
    op.create_index("ix_contract_person", "contract", ["person_id"], unique=False, postgresql_where=sa.text("upper_inf(valid)"))
    op.create_index("uq_contract_current", "contract", ["household_id"], unique=True, postgresql_where=sa.text("upper_inf(valid)"))
    op.create_table(
        "contract_proposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("path", Ltree(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("state IN ('open', 'committed', 'dropped')", name=op.f("ck_contract_proposal_state_is_known")),
        sa.CheckConstraint("low >= 0 AND high >= low", name=op.f("ck_contract_proposal_range_is_one")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contract_proposal_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_proposal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contract_proposal_public_id")),
    )
    op.create_table(
        "contract_proposed",
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("household_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("distance_m", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_contract_proposed_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contract_proposed_person_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["contract_proposal.id"], name=op.f("fk_contract_proposed_proposal_id")),
        sa.PrimaryKeyConstraint("proposal_id", "household_id", name=op.f("pk_contract_proposed")),
    )


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("path", Ltree(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notice_public_id")),
    )
    op.create_index(
        "ix_notice_path", "notice", ["path"], unique=False, postgresql_using="gist", postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_index("uq_notice_open", "notice", ["kind", "subject"], unique=True, postgresql_where=sa.text("closed_at IS NULL"))
    op.create_table(
        "notice_read",
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_read_account_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_read_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", "account_id", name=op.f("pk_notice_read")),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("path", Ltree(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("thing_id", sa.BigInteger(), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'accepted', 'refused', 'withdrawn')", name=op.f("ck_correction_state_is_known")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_correction_account_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_correction_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("public_id", name=op.f("uq_correction_public_id")),
    )
    op.create_index(
        "ix_correction_path", "correction", ["path"], unique=False, postgresql_using="gist", postgresql_where=sa.text("state = 'open'")
    )
    op.create_table(
        "urgent_time",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("unit_id"), "="),
            (sa.column("valid"), "&&"),
            deferrable="True",
            initially="DEFERRED",
            using="gist",
            name="ex_urgent_time_one_at_a_time",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_urgent_time_account_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_urgent_time_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urgent_time")),
    )


def _reports() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("path", Ltree(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_until", sa.Date(), nullable=False),
        sa.Column("cut_off", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_report_account_id")),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_report_jurisdiction_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("jurisdiction_id", "number", name=op.f("uq_report_jurisdiction_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_report_public_id")),
    )
    op.create_index("ix_report_unit", "report", ["unit_id", "cut_off"], unique=False)

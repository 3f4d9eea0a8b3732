"""Foundation: schemes, jurisdictions, units, compounds, buildings, streets, accounts, audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from gridsvc.database.base import Ltree

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_public_id")),
    )
    op.create_table(
        "role_action",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("role", "action", name=op.f("pk_role_action")),
    )
    op.create_table(
        "scheme",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme")),
        sa.UniqueConstraint("key", name=op.f("uq_scheme_key")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=text("now()"), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("path", Ltree(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_audit_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_table(
        "jurisdiction",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=text("gen_random_uuid()"), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("scheme_id", sa.BigInteger(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=True),
        sa.CheckConstraint("slug ~ '^[a-z][a-z0-9-]{0,40}$'", name=op.f("ck_jurisdiction_slug_is_short")),
        sa.ForeignKeyConstraint(["scheme_id"], ["scheme.id"], name=op.f("fk_jurisdiction_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jurisdiction")),
        sa.UniqueConstraint("public_id", name=op.f("uq_jurisdiction_public_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_jurisdiction_slug")),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("path", Ltree(), nullable=False),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_role_grant_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index("ix_role_grant_account", "role_grant", ["account_id"], unique=False, postgresql_where=text("upper_inf(valid)"))
    op.create_table(
        "sign_in",
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_in_account_id")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_sign_in")),
    )
    op.create_table(
        "building",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=text("gen_random_uuid()"), nullable=False),
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_building_jurisdiction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building")),
        sa.UniqueConstraint("jurisdiction_id", "source", "source_ref", name=op.f("uq_building_jurisdiction_id_source_source_ref")),
        sa.UniqueConstraint("public_id", name=op.f("uq_building_public_id")),
    )
    op.create_table(
        "compound",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=text("gen_random_uuid()"), nullable=False),
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_compound_jurisdiction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compound")),
        sa.UniqueConstraint("jurisdiction_id", "source", "source_ref", name=op.f("uq_compound_jurisdiction_id_source_source_ref")),
        sa.UniqueConstraint("public_id", name=op.f("uq_compound_public_id")),
    )
    op.create_table(
        "edition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=text("now()"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_edition_jurisdiction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("jurisdiction_id", "serial", name=op.f("uq_edition_jurisdiction_id_serial")),
    )
    op.create_table(
        "street",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=text("gen_random_uuid()"), nullable=False),
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_street_jurisdiction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street")),
        sa.UniqueConstraint("jurisdiction_id", "source", "source_ref", name=op.f("uq_street_jurisdiction_id_source_source_ref")),
        sa.UniqueConstraint("public_id", name=op.f("uq_street_public_id")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=text("gen_random_uuid()"), nullable=False),
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_unit_jurisdiction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("public_id", name=op.f("uq_unit_public_id")),
    )
    op.create_table(
        "building_households",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("shops", sa.Integer(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("path", Ltree(), server_default="", nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("building_id"), "="),
            (sa.column("valid"), "&&"),
            deferrable=True,
            initially="DEFERRED",
            using="gist",
            name="ex_building_households_one_at_a_time",
        ),
        sa.CheckConstraint("basis IN ('counted', 'estimated')", name=op.f("ck_building_households_basis_is_known")),
        sa.CheckConstraint("households >= 0 AND shops >= 0", name=op.f("ck_building_households_counts_are_not_negative")),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_building_households_building_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building_households")),
    )
    op.create_index("ix_building_households_building", "building_households", ["building_id"], unique=False)
    op.create_index("ix_building_households_path", "building_households", ["path"], unique=False, postgresql_using="gist")
    op.create_table(
        "building_place",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("cut_m2", sa.Double(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("building_id"), "="),
            (sa.column("valid"), "&&"),
            deferrable=True,
            initially="DEFERRED",
            using="gist",
            name="ex_building_place_one_at_a_time",
        ),
        sa.CheckConstraint("NOT pinned OR reason IS NOT NULL", name=op.f("ck_building_place_a_pin_has_a_reason")),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_building_place_building_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_building_place_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building_place")),
    )
    op.create_index("uq_building_place_current", "building_place", ["building_id"], unique=True, postgresql_where=text("upper_inf(valid)"))
    op.create_index("ix_building_place_unit", "building_place", ["unit_id"], unique=False, postgresql_where=text("upper_inf(valid)"))
    op.create_table(
        "building_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("use", sa.Text(), nullable=True),
        sa.Column("floors", sa.Integer(), nullable=True),
        sa.Column("height_m", sa.Double(), nullable=True),
        sa.Column("compound_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("footprint_m2", sa.Double(), nullable=False),
        sa.Column("source_digest", sa.Text(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("building_id"), "="),
            (sa.column("valid"), "&&"),
            deferrable=True,
            initially="DEFERRED",
            using="gist",
            name="ex_building_version_one_at_a_time",
        ),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_building_version_building_id")),
        sa.ForeignKeyConstraint(["compound_id"], ["compound.id"], name=op.f("fk_building_version_compound_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building_version")),
    )
    op.create_index("ix_building_version_geom", "building_version", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "ix_building_version_name",
        "building_version",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
        postgresql_where=text("upper_inf(valid)"),
    )
    op.create_table(
        "compound_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("compound_id", sa.BigInteger(), nullable=False),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.Column("source_digest", sa.Text(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("compound_id"), "="),
            (sa.column("valid"), "&&"),
            deferrable=True,
            initially="DEFERRED",
            using="gist",
            name="ex_compound_version_one_at_a_time",
        ),
        sa.ForeignKeyConstraint(["compound_id"], ["compound.id"], name=op.f("fk_compound_version_compound_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compound_version")),
    )
    op.create_index(
        "ix_compound_version_geom",
        "compound_version",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=text("upper_inf(valid)"),
    )
    op.create_index(
        "ix_compound_version_name",
        "compound_version",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
        postgresql_where=text("upper_inf(valid)"),
    )
    op.create_table(
        "lineage",
        sa.Column("edition_id", sa.BigInteger(), nullable=False),
        sa.Column("from_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("to_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.Column("area_share", sa.Double(), nullable=False),
        sa.Column("household_share", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_lineage_edition_id")),
        sa.ForeignKeyConstraint(["from_unit_id"], ["unit.id"], name=op.f("fk_lineage_from_unit_id")),
        sa.ForeignKeyConstraint(["to_unit_id"], ["unit.id"], name=op.f("fk_lineage_to_unit_id")),
        sa.PrimaryKeyConstraint("edition_id", "from_unit_id", "to_unit_id", name=op.f("pk_lineage")),
    )
    op.create_table(
        "street_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("street_id", sa.BigInteger(), nullable=False),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("street_class", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTILINESTRING",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("length_m", sa.Double(), nullable=False),
        sa.Column("source_digest", sa.Text(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("street_id"), "="),
            (sa.column("valid"), "&&"),
            deferrable=True,
            initially="DEFERRED",
            using="gist",
            name="ex_street_version_one_at_a_time",
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_street_version_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street_version")),
    )
    op.create_index(
        "ix_street_version_geom",
        "street_version",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=text("upper_inf(valid)"),
    )
    op.create_table(
        "unit_code",
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_unit_code_jurisdiction_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_code_unit_id")),
        sa.PrimaryKeyConstraint("jurisdiction_id", "code", name=op.f("pk_unit_code")),
    )
    op.create_table(
        "unit_shape",
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("zoom", sa.SmallInteger(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_shape_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "zoom", name=op.f("pk_unit_shape")),
    )
    op.create_table(
        "unit_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("jurisdiction_id", sa.BigInteger(), nullable=False),
        sa.Column("edition_id", sa.BigInteger(), nullable=False),
        sa.Column("valid", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("path", Ltree(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("leaf", sa.Boolean(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.Column(
            "reported",
            Geometry(
                geometry_type="MULTIPOLYGON", srid=4490, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_digest", sa.Text(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("unit_id"), "="),
            (sa.column("valid"), "&&"),
            deferrable=True,
            initially="DEFERRED",
            using="gist",
            name="ex_unit_version_one_at_a_time",
        ),
        sa.CheckConstraint("kind <> 'remainder' OR (code IS NULL AND leaf)", name=op.f("ck_unit_version_remainder_is_a_leaf_without_code")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_unit_version_edition_id")),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_unit_version_jurisdiction_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_version_parent_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_version_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_version")),
    )
    op.create_index("ix_unit_version_current", "unit_version", ["jurisdiction_id"], unique=False, postgresql_where=text("upper_inf(valid)"))
    op.create_index("ix_unit_version_geom", "unit_version", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "ix_unit_version_name",
        "unit_version",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
        postgresql_where=text("upper_inf(valid)"),
    )
    op.create_index("uq_unit_version_now", "unit_version", ["unit_id"], unique=True, postgresql_where=text("upper_inf(valid)"))
    op.create_index("ix_unit_version_parent", "unit_version", ["parent_id"], unique=False, postgresql_where=text("upper_inf(valid)"))
    op.create_index(
        "ix_unit_version_path", "unit_version", ["path"], unique=False, postgresql_using="gist", postgresql_where=text("upper_inf(valid)")
    )
    op.create_index(
        "uq_unit_version_code",
        "unit_version",
        ["jurisdiction_id", "code"],
        unique=True,
        postgresql_where=text("upper_inf(valid) AND code IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_unit_version_code", table_name="unit_version", postgresql_where=text("upper_inf(valid) AND code IS NOT NULL"))
    op.drop_index("ix_unit_version_path", table_name="unit_version", postgresql_using="gist", postgresql_where=text("upper_inf(valid)"))
    op.drop_index("uq_unit_version_now", table_name="unit_version", postgresql_where=text("upper_inf(valid)"))
    op.drop_index("ix_unit_version_parent", table_name="unit_version", postgresql_where=text("upper_inf(valid)"))
    op.drop_index(
        "ix_unit_version_name",
        table_name="unit_version",
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
        postgresql_where=text("upper_inf(valid)"),
    )
    op.drop_index("ix_unit_version_geom", table_name="unit_version", postgresql_using="gist")
    op.drop_index("ix_unit_version_current", table_name="unit_version", postgresql_where=text("upper_inf(valid)"))
    op.drop_table("unit_version")
    op.drop_table("unit_shape")
    op.drop_table("unit_code")
    op.drop_index("ix_street_version_geom", table_name="street_version", postgresql_using="gist", postgresql_where=text("upper_inf(valid)"))
    op.drop_table("street_version")
    op.drop_table("lineage")
    op.drop_index(
        "ix_compound_version_name",
        table_name="compound_version",
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
        postgresql_where=text("upper_inf(valid)"),
    )
    op.drop_index(
        "ix_compound_version_geom", table_name="compound_version", postgresql_using="gist", postgresql_where=text("upper_inf(valid)")
    )
    op.drop_table("compound_version")
    op.drop_index(
        "ix_building_version_name",
        table_name="building_version",
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
        postgresql_where=text("upper_inf(valid)"),
    )
    op.drop_index("ix_building_version_geom", table_name="building_version", postgresql_using="gist")
    op.drop_table("building_version")
    op.drop_index("uq_building_place_current", table_name="building_place", postgresql_where=text("upper_inf(valid)"))
    op.drop_index("ix_building_place_unit", table_name="building_place", postgresql_where=text("upper_inf(valid)"))
    op.drop_table("building_place")
    op.drop_index("ix_building_households_building", table_name="building_households")
    op.drop_index("ix_building_households_path", table_name="building_households", postgresql_using="gist")
    op.drop_table("building_households")
    op.drop_table("unit")
    op.drop_table("street")
    op.drop_table("edition")
    op.drop_table("compound")
    op.drop_table("building")
    op.drop_table("sign_in")
    op.drop_index("ix_role_grant_account", table_name="role_grant", postgresql_where=text("upper_inf(valid)"))
    op.drop_table("role_grant")
    op.drop_table("jurisdiction")
    op.drop_index("ix_audit_at", table_name="audit")
    op.drop_table("audit")
    op.drop_table("scheme")
    op.drop_table("role_action")
    op.drop_table("account")

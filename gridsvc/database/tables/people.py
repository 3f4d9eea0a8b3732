"""People and members of the party. Protected: of a person."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Key, Ltree, Period, Sourced
from gridsvc.database.tables.units import CURRENT


class Person(Sourced, Base):
    """What stays the same about a person, and how its source names it."""

    __tablename__ = "person"

    paths: Mapped[list[str]] = mapped_column(ARRAY(Ltree), server_default="{}")
    """Where the person lives and serves today; the jurisdiction while nowhere. sql/75_people.sql keeps it."""

    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "source", "source_ref"),
        # Usage: who lives or serves at or below a path, under the functions of sql/.
        Index("ix_person_paths", "paths", postgresql_using="gist"),
    )


class PersonVersion(Base):
    """A person as recorded during a period; what is sealed is read with the keys beside the database alone."""

    __tablename__ = "person_version"

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    valid: Mapped[Period]
    name: Mapped[str]
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Keyed digest, to find a person by a whole number."""
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    born_on: Mapped[date | None]
    """Of a date like 1990.5 the first day."""
    home_building_id: Mapped[int | None] = mapped_column(ForeignKey("building.id"))
    home_household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    home_text: Mapped[str | None]
    """The address as its source says it; what finds no building waits in the review list."""
    source_digest: Mapped[str]

    __table_args__ = (
        ExcludeConstraint(
            ("person_id", "="), ("valid", "&&"), name="ex_person_version_one_at_a_time", deferrable=True, initially="DEFERRED"
        ),
        # Usage: the person as recorded now; one version at a time.
        Index("uq_person_version_current", "person_id", unique=True, postgresql_where=CURRENT),
        # Usage: who lives in a building.
        Index("ix_person_version_home", "home_building_id", postgresql_where=CURRENT),
        # Usage: search by part of a name, under the functions of sql/: by its characters, since names are too short for trigrams.
        Index("ix_person_version_characters", text("string_to_array(name, NULL)"), postgresql_using="gin", postgresql_where=CURRENT),
        # Usage: a person by a whole phone number.
        Index("ix_person_version_phone", "phone_digest", postgresql_where=text("phone_digest IS NOT NULL AND upper_inf(valid)")),
        # Usage: a person by a whole identity number.
        Index(
            "ix_person_version_id_number", "id_number_digest", postgresql_where=text("id_number_digest IS NOT NULL AND upper_inf(valid)")
        ),
    )


class Member(Base):
    """A person's membership of the party during a period: 组织关系 and 报到, each counted once for its purpose."""

    __tablename__ = "member"

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    valid: Mapped[Period]
    kind: Mapped[str]
    """A key of domain.people.MEMBER_KINDS."""
    full: Mapped[bool] = mapped_column(default=True)
    """A full member (正式), not a probationary one (预备)."""
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """The branch that counts for 3, 50 and 100 (组织关系); it never follows geometry."""
    reporting_branch_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """The branch reported to at home (报到), which counts for service."""
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """The reporting unit (双报到单位) the member comes from."""
    exemption: Mapped[str | None]
    """Why no household is contracted to the member: a key of domain.people.EXEMPTIONS."""
    max_households: Mapped[int | None]
    """Where the member takes on fewer than the scheme's range."""

    __table_args__ = (
        CheckConstraint("max_households >= 0", name="max_households_is_not_negative"),
        ExcludeConstraint(("person_id", "="), ("valid", "&&"), name="ex_member_one_at_a_time", deferrable=True, initially="DEFERRED"),
        # Usage: the membership of today; one at a time.
        Index("uq_member_current", "person_id", unique=True, postgresql_where=CURRENT),
        # Usage: the size of a branch.
        Index("ix_member_branch", "branch_id", postgresql_where=CURRENT),
        # Usage: the members who reported to a branch.
        Index("ix_member_reporting_branch", "reporting_branch_id", postgresql_where=CURRENT),
    )

"""People on the small ground: in each leaf somebody who lives, serves and is looked after there, named as nobody else is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from gridsvc.database.tables import (
    Appointment,
    Contract,
    Correction,
    Household,
    HouseholdVersion,
    Jurisdiction,
    Member,
    Organisation,
    OrganisationGround,
    OrganisationVersion,
    Person,
    PersonVersion,
    Report,
)
from gridsvc.sealing import look_up_digest, seal
from tests.ground import ALWAYS, BEGAN, EAST_NUMBER, WEST_NUMBER, Ground, as_operator

EAST_SURNAME, WEST_SURNAME = "亓", "逄"
"""No other name, word or page has them, and a masked name keeps them."""
EAST_PHONE, WEST_PHONE = "13900007193", "13900003671"


@dataclass(frozen=True)
class Lived:
    """What was laid in one leaf: ids of rows, and the public ids by which addresses name them."""

    person: int
    household: int
    appointment: int
    organisation: int
    ids: dict[str, UUID]


def settle(session: Session, ground: Ground) -> dict[str, Lived]:
    """Settle both leaves, as the operator, who stays the session's actor."""
    operator = as_operator(session)
    place = session.scalars(select(Jurisdiction.id).where(Jurisdiction.slug == "here")).one()
    leaves = {}
    for leaf, surname, number, phone in (
        ("east", EAST_SURNAME, EAST_NUMBER, EAST_PHONE),
        ("west", WEST_SURNAME, WEST_NUMBER, WEST_PHONE),
    ):
        path, building = getattr(ground, leaf), getattr(ground, f"{leaf}_building")
        named = {"jurisdiction_id": place, "source": "test", "source_ref": number}
        household = _add(session, Household, named | {"building_id": building, "entrance": "2", "room": number})
        session.execute(
            insert(HouseholdVersion).inline().values(household_id=household, valid=ALWAYS, use="own", resident=True, source_digest="")
        )
        organisation = _add(session, Organisation, named | {"source_ref": f"branch-{leaf}"})  # an organisation is public
        session.execute(
            insert(OrganisationVersion)
            .inline()
            .values(organisation_id=organisation, valid=ALWAYS, name="branch", kind="compound_branch", source_digest="")
        )
        session.execute(insert(OrganisationGround).inline().values(organisation_id=organisation, building_id=building, valid=ALWAYS))
        person = _add(session, Person, named)
        session.execute(
            insert(PersonVersion)
            .inline()
            .values(
                person_id=person, valid=ALWAYS, name=f"{surname}大山", phone_sealed=seal(phone), phone_digest=look_up_digest(phone),
                home_building_id=building, home_household_id=household, source_digest="",
            )
        )  # fmt: skip
        session.execute(insert(Member).inline().values(person_id=person, valid=ALWAYS, kind="in_service", branch_id=organisation))
        appointment = _add(
            session,
            Appointment,
            {"jurisdiction_id": place, "person_id": person, "post": "building_head", "building_id": building, "valid": ALWAYS},
        )
        session.execute(insert(Contract).inline().values(person_id=person, household_id=household, valid=ALWAYS))
        asked = {"account_id": operator.account_id, "path": path}
        correction = _add(
            session, Correction, asked | {"noun": "household", "thing_id": household, "changes": {"use": "let"}, "reason": f"{surname}家"}
        )
        unit = int(path.rpartition(".")[2], 36)
        report = _add(
            session,
            Report,
            asked
            | {"jurisdiction_id": place, "unit_id": unit, "number": number, "period_from": BEGAN.date(), "period_until": BEGAN.date()}
            | {"cut_off": BEGAN, "content": {}, "digest": ""},
        )
        rows = ((Household, household), (Organisation, organisation), (Person, person), (Appointment, appointment))
        ids = {
            table.__tablename__: session.scalars(select(table.public_id).where(table.id == number)).one()
            for table, number in (*rows, (Correction, correction), (Report, report))
        }
        leaves[leaf] = Lived(person, household, appointment, organisation, ids)
    return leaves


def _add(session: Session, table: type, values: dict[str, object]) -> int:
    return session.scalars(insert(table).values(**values).returning(table.id)).one()

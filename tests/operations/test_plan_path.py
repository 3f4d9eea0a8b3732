"""A plan's way through the office: who decides at which step, what is frozen meanwhile, and what each is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.queries.inbox import inbox
from gridsvc.database.queries.plan_comments import comments
from gridsvc.database.queries.plan_steps import path_at_level, steps
from gridsvc.database.queries.plans import PlanRow, moves, plan
from gridsvc.database.session import set_actor
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.domain.plans import PlanUnit
from gridsvc.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from gridsvc.operations import plan_comments, plan_path, plan_publishing, plans
from gridsvc.operations.plan_asking import make
from gridsvc.operations.plan_path import Decision
from gridsvc.operations.plan_undoing import undo
from tests import builders
from tests.grids import draw
from tests.ground import somebody
from tests.operations.test_jobs import work

CITY = draw("A A", "A A")["A"]
HALVES = draw("P Q", "P Q")
PAST = datetime(2024, 5, 1, tzinfo=UTC)


class Office:
    """A planner, a sub-district and a district office with a plan between them."""

    def __init__(self, session: Session, operator: Actor) -> None:
        self.session = session
        self.here = builders.jurisdiction(session, operator)
        builders.units(session, operator, self.here, {"City": CITY})
        self.path = jurisdiction_path(self.here)
        for name, role in (("planner", "planner"), ("street", "street_office"), ("district", "approver")):
            somebody(session, name, role, self.path)
        planner = self.speak("planner")
        begun = plans.begin(session, planner, self.here, "New grids")
        tree = [PlanUnit("c", 1, "City"), *(PlanUnit(n, 2, n, "c", ground=g) for n, g in HALVES.items())]
        plans.add_tree(session, planner, begun, None, tree)
        self.public_id = begun.public_id

    def speak(self, name: str) -> Actor:
        """Let somebody act from now on."""
        set_actor(self.session, actor := actor_named(self.session, name))
        return actor

    def also(self, name: str, role: str) -> None:
        """Give somebody who acts a second role, and let them go on."""
        account = self.speak(name).account_id
        self.speak("operator")
        grant = "INSERT INTO role_grant (account_id, role, path, valid) VALUES (:id, :role, :path, '[2026-01-01,)')"
        self.session.execute(text(grant), {"id": account, "role": role, "path": self.path})
        self.speak(name)

    def plan(self, actor: Actor) -> PlanRow:
        return plan(self.session, actor, self.public_id)

    def submit(self) -> PlanRow:
        planner = self.speak("planner")
        return plan_path.submit(self.session, planner, self.plan(planner))

    def decide(self, who: str, step: str, **more: str) -> PlanRow:
        actor = self.speak(who)
        return plan_path.pass_on(self.session, actor, self.plan(actor), Decision(step, **more))

    def through(self) -> PlanRow:
        """Pass everything that comes before publishing."""
        self.submit()
        self.decide("street", "street")
        self.decide("district", "district", document="区政发〔2026〕7号")
        self.decide("district", "notice", reason="shown in May already")
        return self.decide("district", "filing", document="备〔2026〕3号")


@pytest.fixture
def office(session: Session, operator: Actor) -> Office:
    return Office(session, operator)


def test_a_plan_goes_from_step_to_step_and_is_published(session: Session, office: Office) -> None:
    office.through()
    district = office.speak("district")
    edition = plan_publishing.publish(session, district, office.plan(district), at=PAST)
    done = [(step.step, step.decision) for step in steps(session, office.plan(district).id)]
    assert (edition.serial, office.plan(district).state) == (2, "published")
    passed = ["street", "district", "notice", "filing", "publish"]
    assert done == [("propose", "submitted"), *((step, "passed") for step in passed)]


def test_a_decision_keeps_its_document_and_who_made_it(session: Session, office: Office) -> None:
    office.through()
    row = steps(session, office.plan(office.speak("planner")).id)[2]
    assert (row.by, row.document) == ("district", "区政发〔2026〕7号")


def test_under_review_nothing_is_drawn(session: Session, office: Office) -> None:
    new, planner = office.submit(), office.speak("planner")
    with pytest.raises(Conflict):
        make(session, planner, new, {"kind": "rename", "unit": -1, "name": "Other"})


def test_under_review_the_database_takes_no_move(session: Session, office: Office) -> None:
    new = office.submit()
    with pytest.raises(IntegrityError, match="no draft"):
        session.execute(text("UPDATE plan_move SET undone = true WHERE plan_id = :id"), {"id": new.id})


def test_nobody_decides_about_their_own_plan(office: Office) -> None:
    office.submit()
    office.also("planner", "approver")
    with pytest.raises(NotAllowed, match="yourself"):
        office.decide("planner", "street")


def test_the_database_lets_nobody_decide_about_their_own_plan(session: Session, office: Office) -> None:
    new = office.submit()
    office.also("planner", "approver")
    passing = "INSERT INTO plan_step (plan_id, path, step, decision, account_id) VALUES (:plan, '', 'street', 'passed', current_account())"
    with pytest.raises(IntegrityError, match="of their own"):
        session.execute(text(passing), {"plan": new.id})


def test_the_database_publishes_nobodys_own_plan_for_them(session: Session, office: Office) -> None:
    new = office.through()
    office.also("planner", "approver")
    with pytest.raises(IntegrityError, match="of their own"):
        session.execute(text("UPDATE plan SET state = 'published', step = NULL WHERE id = :id"), {"id": new.id})


def test_the_database_publishes_no_draft(session: Session, office: Office) -> None:
    district = office.speak("district")
    with pytest.raises(IntegrityError, match="passed it"):
        session.execute(text("UPDATE plan SET state = 'published' WHERE id = :id"), {"id": office.plan(district).id})


def test_nobody_decides_in_anothers_name(session: Session, office: Office) -> None:
    new, planner = office.submit(), office.speak("planner")
    office.speak("district")
    passing = "INSERT INTO plan_step (plan_id, path, step, decision, account_id) VALUES (:plan, :path, 'street', 'withdrawn', :account)"
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(text(passing), {"plan": new.id, "path": new.path, "account": planner.account_id})


def test_a_planner_passes_nothing(office: Office) -> None:
    office.submit()
    with pytest.raises(NotAllowed):
        office.decide("planner", "street")


def test_a_sub_district_does_not_decide_for_the_district(office: Office) -> None:
    office.submit()
    office.decide("street", "street")
    with pytest.raises(NotAllowed):
        office.decide("street", "district", document="7")


def test_a_right_below_the_level_of_the_step_is_not_enough(session: Session, operator: Actor, office: Office) -> None:
    office.submit()
    somebody(session, "other", "street_office", f"{office.path}.zzz")
    with pytest.raises((NotAllowed, NotFound)):
        office.decide("other", "street")


def test_the_ground_of_a_step_is_the_unit_of_its_level_above_the_plan(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator, "there")
    builders.units(session, operator, here, {"City": CITY})
    builders.units(session, operator, here, HALVES, level=2)
    of = dict(
        session.execute(
            text("SELECT name, path::text FROM unit_version WHERE jurisdiction_id = :id AND upper_inf(valid)"), {"id": here}
        ).all()
    )
    assert [path_at_level(session, of["P"] + ".zz", level) for level in (3, 2, 1)] == [of["P"], of["P"], of["City"]]
    assert path_at_level(session, jurisdiction_path(here), 2) == jurisdiction_path(here)


def test_a_step_done_by_document_names_it(office: Office) -> None:
    office.submit()
    office.decide("street", "street")
    with pytest.raises(Invalid, match="文号"):
        office.decide("district", "district", document=" ")


def test_a_step_is_passed_once(office: Office) -> None:
    office.submit()
    office.decide("street", "street")
    with pytest.raises(Stale):
        office.decide("street", "street")


def test_a_public_notice_is_made_shorter_for_a_reason_alone(office: Office) -> None:
    office.submit()
    office.decide("street", "street")
    office.decide("district", "district", document="7")
    with pytest.raises(Conflict, match="notice"):
        office.decide("district", "notice")


def test_sent_back_with_its_reason_it_is_a_draft_again(session: Session, office: Office) -> None:
    office.submit()
    street = office.speak("street")
    plan_path.send_back(session, street, office.plan(street), Decision("street", reason="Two grids are too large."))
    planner = office.speak("planner")
    back = office.plan(planner)
    assert (back.state, steps(session, back.id)[-1].reason) == ("draft", "Two grids are too large.")
    undo(session, planner, back)


def test_nothing_is_sent_back_without_a_reason(session: Session, office: Office) -> None:
    office.submit()
    street = office.speak("street")
    with pytest.raises(Invalid):
        plan_path.send_back(session, street, office.plan(street), Decision("street", reason=" "))


def test_a_planner_takes_a_plan_back(session: Session, office: Office) -> None:
    office.through()
    planner = office.speak("planner")
    assert plan_path.withdraw(session, planner, office.plan(planner)).state == "draft"


def test_a_plan_without_a_move_is_not_submitted(session: Session, office: Office) -> None:
    planner = office.speak("planner")
    empty = plans.begin(session, planner, office.here, "Nothing")
    with pytest.raises(Invalid):
        plan_path.submit(session, planner, empty)


def test_an_approver_publishes_no_plan_that_the_office_has_not_passed(session: Session, office: Office) -> None:
    office.submit()
    district = office.speak("district")
    with pytest.raises(Conflict):
        plan_publishing.publish(session, district, office.plan(district), at=PAST)


def test_each_is_told_what_waits_for_them(session: Session, office: Office) -> None:
    office.submit()
    office.speak("street")
    assert [(row.kind, row.values["step"]) for row in inbox(session)] == [("plan", "街道审核")]
    office.decide("street", "street")
    assert inbox(session) == []


def test_the_planner_is_told_that_the_plan_came_back(session: Session, office: Office) -> None:
    office.submit()
    street = office.speak("street")
    plan_path.send_back(session, street, office.plan(street), Decision("street", reason="Too large."))
    office.speak("planner")
    assert [row.values["reason"] for row in inbox(session)] == ["Too large."]


def test_a_draft_gets_another_title_and_purpose(session: Session, office: Office) -> None:
    planner = office.speak("planner")
    new = plan_path.describe(session, planner, office.plan(planner), title="Grids", purpose="Fewer households")
    assert (new.title, new.purpose) == ("Grids", "Fewer households")


def test_a_comment_stands_at_its_place_until_it_is_settled(session: Session, office: Office) -> None:
    street = office.speak("street")
    point = (120.12345678, 30.5)
    said = plan_comments.comment(session, street, office.plan(street), plan_comments.Comment("The school is cut off.", -1, point))
    planner = office.speak("planner")
    plan_comments.settle(session, planner, office.plan(planner), said)
    [row] = comments(session, office.plan(planner).id)
    assert (row.by, row.unit_key, (row.lon, row.lat), row.settled_at is None) == ("street", -1, point, False)


def test_a_comment_of_another_plan_is_not_settled_here(session: Session, office: Office) -> None:
    planner = office.speak("planner")
    other = plans.begin(session, planner, office.here, "Other")
    said = plan_comments.comment(session, planner, other, plan_comments.Comment("Here."))
    with pytest.raises(NotFound):
        plan_comments.settle(session, planner, office.plan(planner), said)


def test_who_may_read_a_plan_is_told_who_drew_it(session: Session, office: Office) -> None:
    row = office.plan(office.speak("street"))
    assert (row.by, [move.by for move in moves(session, row.id)]) == ("planner", ["planner"])


def test_a_stranger_learns_no_names(session: Session, office: Office) -> None:
    new = office.submit()
    set_actor(session, NOBODY)
    assert session.execute(text("SELECT * FROM plan_people(:id)"), {"id": new.id}).all() == []
    assert session.scalar(text("SELECT plan_author(:id)"), {"id": new.id}) is None


# At a date and time


def scheduled(session: Session, office: Office) -> datetime:
    office.through()
    district = office.speak("district")
    at = datetime.now(UTC) + timedelta(days=3)
    plan_publishing.schedule(session, district, office.plan(district), at=at)
    return at


def test_a_plan_with_its_day_changes_nothing_until_then(session: Session, office: Office) -> None:
    at = scheduled(session, office)
    row = office.plan(office.speak("district"))
    assert (row.state, row.effective_at) == ("scheduled", at)
    assert session.scalar(text("SELECT count(*) FROM edition WHERE jurisdiction_id = :id"), {"id": office.here}) == 1
    assert session.scalar(text("SELECT job_waits_in_s()")) == pytest.approx(3 * 86400, abs=3600)


def test_a_withdrawn_plan_loses_its_day_and_its_job(session: Session, office: Office) -> None:
    scheduled(session, office)
    planner = office.speak("planner")
    row = plan_path.withdraw(session, planner, office.plan(planner))
    office.speak("district")
    assert (row.state, row.effective_at, session.scalar(text("SELECT state FROM job"))) == ("draft", None, "cancelled")


def due(session: Session, office: Office) -> None:
    """Give the plan an instant that has come."""
    office.through()
    district = office.speak("district")
    plan_publishing.schedule(session, district, office.plan(district), at=datetime.now(UTC))


def test_when_its_time_has_come_a_plan_is_published(session: Session, office: Office) -> None:
    due(session, office)
    assert work(session)
    row = office.plan(office.speak("district"))
    assert (row.state, session.scalar(text("SELECT state FROM job"))) == ("published", "done")


def test_a_conflict_changes_nothing_and_tells_the_planner(session: Session, office: Office) -> None:
    due(session, office)
    operator = office.speak("operator")
    builders.units(session, operator, office.here, {"City": CITY, "North": draw("N N", ". .")["N"]}, accept_loss=True, effective_at=PAST)
    assert work(session)
    planner = office.speak("planner")
    [told] = inbox(session)
    assert (told.kind, office.plan(planner).state) == ("plan", "scheduled")
    assert session.scalar(text("SELECT count(*) FROM edition WHERE jurisdiction_id = :id"), {"id": office.here}) == 2
    assert plan_path.withdraw(session, planner, office.plan(planner)).state == "draft"

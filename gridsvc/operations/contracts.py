"""Contracts (包联) proposed by geometry, looked at, then committed or dropped by whoever may."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.findings import Finding
from gridsvc.database.queries.contracts import ProposalRow, building_points, proposal, takers
from gridsvc.database.queries.dwellings import HouseholdRow, household
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.tables import ContractProposal
from gridsvc.domain.contracts import Dealt, Dwelling, LinkingMember, Pair, Range, deal, reasons
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.schemes import Scheme
from gridsvc.domain.told import kept
from gridsvc.errors import Conflict, Invalid, NotFound
from gridsvc.operations.audit import record
from gridsvc.operations.progress import report

MOST_REASONS = 500
"""What a proposal keeps of them; its counts are complete."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be shared out."""

    jurisdiction_id: int
    path: str
    """Everything at or below it."""
    low: int | None = None
    """None is the scheme's range."""
    high: int | None = None
    anew: bool = False
    """Whether the contracts that stand are put up for change; else they stay, and only what nobody looks after is shared out."""


@dataclass(slots=True)
class _Group:
    """The members and dwellings of a grid: nobody looks after a dwelling of another one."""

    name: str
    members: list[LinkingMember] = field(default_factory=list)
    dwellings: list[Dwelling] = field(default_factory=list)


def range_of(scheme: Scheme, low: int | None = None, high: int | None = None) -> Range:
    """Return how many households a member should have: as given, else as the scheme says; raise Invalid where that is no range."""
    given = scheme.threshold("households_per_member")
    found = Range(round(given.low or 0) if low is None else low, round(given.high or 0) if high is None else high)
    if not 0 <= found.low <= found.high or found.high < 1:
        raise Invalid("{low} to {high} households a member is no range.", low=found.low, high=found.high)
    return found


def propose(session: Session, actor: Actor, wanted: Wanted) -> ProposalRow:
    """Propose who looks after which dwelling: as many covered as can be, members inside the range, then as near as possible.

    Each grid by itself. The proposal waits to be committed or dropped; its summary counts, and says why what could not be met.
    """
    require(actor, Action.ASSIGN_CONTRACTS, wanted.path)
    scheme = scheme_of(session, wanted.jurisdiction_id)
    limits = range_of(scheme, wanted.low, wanted.high)
    groups = _groups(session, wanted, scheme)
    points = building_points(session, [place for group in groups for place in _places(group)])
    dealt: list[Dealt] = []
    found = _homeless(session, wanted.path)
    for done, group in enumerate(groups):
        report(session, "Sharing out the households of {name}: {done} of {count} …", name=group.name, done=done, count=len(groups))
        dealt.append(deal(group.members, group.dwellings, points, limits))
        found += reasons(group.name, dealt[-1], limits)
    made = ContractProposal(account_id=actor.account_id, path=wanted.path, low=limits.low, high=limits.high, summary=_summary(dealt, found))
    session.add(made)
    session.flush()
    _keep(session, made.id, [pair for each in dealt for pair in each.pairs])
    record(session, actor, "contracts.propose", wanted.path, proposal=str(made.public_id), pairs=sum(len(each.pairs) for each in dealt))
    return proposal(session, actor, made.public_id)


def _homeless(session: Session, path: str) -> list[Finding]:
    """Say how many members were left out since nobody knows where they live."""
    count = session.scalar(text("SELECT members_without_home(cast(:path AS ltree))"), {"path": path})
    told = "Members of branches here whose homes are not known, so that nobody is near them: {count}. Enter their homes first."
    return [Finding("members-homeless", "warning", told, {"count": count})] if count else []


def commit(session: Session, actor: Actor, proposal_id: UUID) -> Mapping[str, int]:
    """Make what a proposal says true from now on, and return how many contracts began and ended by it.

    What is no more, household or membership, is left out. Raises Conflict for a proposal that was committed or dropped before.
    """
    row = _open(session, actor, proposal_id)
    given = {"proposal": row.id, "at": datetime.now(UTC), "reason": str(row.public_id)}
    ended = session.execute(text(_END), given).all()
    begun = session.execute(text(_BEGIN), given).all()
    session.execute(text("UPDATE contract_proposal SET state = 'committed' WHERE id = :proposal"), given)
    counts = {"begun": len(begun), "ended": len(ended)}
    record(session, actor, "contracts.commit", row.path, proposal=str(proposal_id), **counts)
    return counts


def drop(session: Session, actor: Actor, proposal_id: UUID) -> None:
    """Put a proposal aside."""
    row = _open(session, actor, proposal_id)
    session.execute(text("UPDATE contract_proposal SET state = 'dropped' WHERE id = :id"), {"id": row.id})
    session.execute(text("DELETE FROM contract_proposed WHERE proposal_id = :id"), {"id": row.id})
    record(session, actor, "contracts.drop", row.path, proposal=str(proposal_id))


def sharing_path(home: HouseholdRow, scheme: Scheme) -> str:
    """Return the path of the grid whose members look after a household."""
    labels = [label for label in home.path.split(".") if not label.startswith("b_")]
    return ".".join(labels[: level_of(scheme) + 1])


def hand_over(session: Session, actor: Actor, household_id: UUID, person_id: UUID | None, reason: str) -> None:
    """Give a household into the care of another member of its grid from now on, or of nobody; history stays.

    Raises NotFound for a household or member whom the actor may not see there, NotAllowed where the actor may not assign in the grid,
    Invalid without a reason, for a shop, or where nothing would change.
    """
    home = household(session, actor, household_id)
    path = sharing_path(home, scheme_of(session, int(home.path.partition(".")[0][1:], 36)))
    known = {each.public_id: each.id for each in takers(session, actor, path)}
    if not reason.strip():
        raise Invalid("A change needs a reason.")
    if home.use == "shop":
        raise Invalid("A shop is in no member's care.")
    if person_id == home.person:
        raise Invalid("Nothing would change; everything is recorded as you say.")
    if person_id is not None and person_id not in known:
        raise NotFound("There is no such member in this grid.")
    given = {"household": home.id, "person": known.get(person_id) if person_id else None, "at": datetime.now(UTC), "reason": reason.strip()}
    session.execute(text(_LET_GO), given)
    if person_id is not None:
        session.execute(text(_TAKE), given)
    told = {"household": str(household_id), "person": str(person_id) if person_id else None, "before": str(home.person or "")}
    record(session, actor, "contracts.hand_over", home.path, **told, reason=reason.strip())


_LET_GO = """
UPDATE contract SET valid = tstzrange(lower(valid), greatest(lower(valid), :at)) WHERE household_id = :household AND upper_inf(valid)
"""
_TAKE = """
INSERT INTO contract (person_id, household_id, valid, reason) VALUES (:person, :household, tstzrange(:at, NULL), :reason)
"""


def _open(session: Session, actor: Actor, proposal_id: UUID) -> ProposalRow:
    row = proposal(session, actor, proposal_id)
    require(actor, Action.ASSIGN_CONTRACTS, row.path)
    if row.state != "open":
        raise Conflict("This proposal was {state} before.", state=row.state)
    return row


_STANDING = """
contract_proposed r JOIN member m ON m.person_id = r.person_id AND upper_inf(m.valid)
JOIN household_version v ON v.household_id = r.household_id AND upper_inf(v.valid)
"""
_END = f"""
UPDATE contract c SET valid = tstzrange(lower(c.valid), greatest(lower(c.valid), :at)) FROM {_STANDING}
WHERE r.proposal_id = :proposal AND c.household_id = r.household_id AND upper_inf(c.valid) AND c.person_id <> r.person_id RETURNING 1
"""
_BEGIN = f"""
INSERT INTO contract (person_id, household_id, valid, reason)
SELECT r.person_id, r.household_id, tstzrange(:at, NULL), :reason FROM {_STANDING}
WHERE r.proposal_id = :proposal
  AND NOT EXISTS (SELECT FROM contract c WHERE c.household_id = r.household_id AND upper_inf(c.valid)) RETURNING 1
"""


def _groups(session: Session, wanted: Wanted, scheme: Scheme) -> list[_Group]:
    """Return the members and dwellings of each grid, by path."""
    units = session.execute(text(_UNITS), {"id": wanted.jurisdiction_id, "level": level_of(scheme)})
    names = {row.path: row.name for row in units}
    found: dict[str, _Group] = {}

    def group(path: str) -> _Group:
        parts = path.split(".")
        above = (".".join(parts[:end]) for end in range(1, len(parts)))
        key = next((each for each in above if each in names), path.rpartition(".")[0])
        return found.setdefault(key, _Group(names.get(key, "-")))

    for row in session.execute(text("SELECT * FROM members_to_assign(cast(:path AS ltree)) ORDER BY person_id"), {"path": wanted.path}):
        group(row.path).members.append(LinkingMember(row.person_id, row.home, row.most, 0 if wanted.anew else row.held))
    for row in session.execute(text("SELECT * FROM households_to_assign(cast(:path AS ltree)) ORDER BY id"), {"path": wanted.path}):
        if wanted.anew or row.person_id is None:
            group(row.path).dwellings.append(Dwelling(row.id, row.building_id, row.entrance, row.room))
    return [found[key] for key in sorted(found)]


_UNITS = "SELECT path::text, name FROM unit_version WHERE jurisdiction_id = :id AND upper_inf(valid) AND (level = :level OR leaf)"


def level_of(scheme: Scheme) -> int:
    """Return the level whose units share out by themselves: that of grids."""
    given = scheme.thresholds.get("grid_households")
    return scheme.level(given.level).number if given is not None and given.level else len(scheme.levels)


def _places(group: _Group) -> Iterable[int]:
    yield from (member.home for member in group.members)
    yield from (dwelling.building for dwelling in group.dwellings)


def _summary(dealt: list[Dealt], found: list[Finding]) -> dict[str, Any]:
    """Return what may be said of a proposal without naming anybody."""
    loads = Counter(pair.member for each in dealt for pair in each.pairs)
    at_home = sum(pair.distance_m == 0 for each in dealt for pair in each.pairs)
    return {
        "groups": len(dealt),
        "members": sum(each.members for each in dealt),
        "dwellings": sum(each.dwellings for each in dealt),
        "covered": sum(len(each.pairs) for each in dealt),
        "left": sum(each.left for each in dealt),
        "short": sum(each.short for each in dealt),
        "at_home": at_home,
        "distance_m": round(sum(pair.distance_m for each in dealt for pair in each.pairs)),
        "loads": {str(load): count for load, count in sorted(Counter(loads.values()).items())},
        "reasons": [kept(finding) for finding in found[:MOST_REASONS]],
        "more_reasons": max(0, len(found) - MOST_REASONS),
    }


def _keep(session: Session, proposal_id: int, pairs: list[Pair]) -> None:
    columns: dict[str, list[Any]] = defaultdict(list)
    for pair in pairs:
        columns["households"].append(pair.dwelling)
        columns["people"].append(pair.member)
        columns["distances"].append(round(pair.distance_m, 1))
    if pairs:
        session.execute(text(_KEEP), {"proposal": proposal_id, **columns})


_KEEP = """
INSERT INTO contract_proposed (proposal_id, household_id, person_id, distance_m)
SELECT :proposal, g.household, g.person, g.distance
FROM unnest(cast(:households AS bigint[]), cast(:people AS bigint[]), cast(:distances AS double precision[]))
  AS g (household, person, distance)
"""

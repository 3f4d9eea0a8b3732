"""Contracts (包联) of a place: how many households are covered, proposals, and one of them on a map, to be committed or dropped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gridsvc.api import reader
from gridsvc.api.errors import sentence, status_of
from gridsvc.database.queries import contracts as queries
from gridsvc.database.queries.contracts import ProposalRow, Share
from gridsvc.database.queries.jurisdictions import JurisdictionRow, jurisdiction
from gridsvc.database.session import transaction
from gridsvc.domain.masking import mask_name
from gridsvc.domain.paths import covers, jurisdiction_path
from gridsvc.domain.permissions import RULES, Action, may, require
from gridsvc.domain.told import finding_of
from gridsvc.errors import Conflict, GridError, Invalid, NotFound
from gridsvc.operations import contracts as operations
from gridsvc.operations.jobs import Ask, ask
from web.maps import figures, share_map
from web.maps.base_maps import offered
from web.maps.features import NO_SHAPES, script_json
from web.maps.folium_page import parts


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A row of the table of members."""

    number: int
    tint: int
    name: str
    """Masked."""
    home: str
    dwellings: int
    at_home: int
    farthest_m: int
    buildings: str
    """With how many dwellings each."""


def listed(slug: str, wrong: GridError | None = None) -> ResponseReturnValue:
    """Answer how the contracts of the reader's own ground stand, and the proposals for it."""
    with transaction(g.actor) as session:
        place, path = _own(session, slug)
        limits = operations.range_of(place.scheme)
        sums = queries.contract_sums(session, [path], limits).get(path)
        found = queries.proposals(session, g.actor, path)
    page = render_template(
        "contracts.html", place=place, sums=sums, limits=limits, proposals=found, wrong=sentence(wrong) if wrong else None,
        local_date=figures.local_date, grouped=figures.grouped, given=request.form,
    )  # fmt: skip
    return page if wrong is None else (page, status_of(wrong))


def propose(slug: str) -> ResponseReturnValue:
    """Ask for a proposal and answer its job."""
    try:
        with transaction(g.actor) as session:
            place, path = _own(session, slug)
            given = {name: _whole(name) for name in ("low", "high")}
            operations.range_of(place.scheme, given["low"], given["high"])
            arguments = {"jurisdiction": slug, "path": path, **given, "anew": "anew" in request.form}
            job_id = ask(session, g.actor, Ask("contracts", path, arguments, Action.ASSIGN_CONTRACTS))
    except Invalid as error:
        return listed(slug, error)
    return redirect(url_for("job", job_id=job_id), 303)


def show(slug: str, proposal_id: UUID, wrong: GridError | None = None) -> ResponseReturnValue:
    """Answer a proposal: what it comes to, and one grid of it on the map and in the table."""
    with transaction(g.actor) as session:
        place = _place(session, slug)
        row = queries.proposal(session, g.actor, proposal_id)
        if not covers(jurisdiction_path(place.id), row.path):
            raise NotFound("There is no such proposal here.")
        units = queries.units_that_share(session, row.path, operations.level_of(place.scheme))
        asked = request.args.get("unit")
        unit = next((each for each in units if str(each.public_id) == asked), units[0] if units else None)
        shares = queries.shares(session, g.actor, proposal_id, unit.path if unit else row.path)
        houses = queries.footprints(session, [share.building for share in shares] + [share.home for share in shares if share.home])
    numbers: dict[object, int] = {person: number for number, person in enumerate(dict.fromkeys(share.person for share in shares), start=1)}
    names = {house.id: house.name or "-" for house in houses}
    shapes = share_map.drawn(shares, houses, numbers)
    page = render_template(
        "contract_proposal.html", place=place, row=row, units=units, unit=unit, members=_members(shares, numbers, names),
        map=parts(offered(reader.settings()), g.csp_nonce) if shapes else None, shapes=script_json(shapes), no_shapes=NO_SHAPES,
        reasons=_reasons(row), wrong=sentence(wrong) if wrong else None,
        may_decide=row.state == "open" and may(g.actor, Action.ASSIGN_CONTRACTS, row.path),
        local_date=figures.local_date, grouped=figures.grouped,
    )  # fmt: skip
    return page if wrong is None else (page, status_of(wrong))


def decide(slug: str, proposal_id: UUID) -> ResponseReturnValue:
    """Commit a proposal or put it aside, and show the list."""
    do = operations.commit if request.form.get("do") == "commit" else operations.drop
    try:
        with transaction(g.actor) as session:
            do(session, g.actor, proposal_id)
    except Conflict as error:
        return show(slug, proposal_id, error)
    return redirect(url_for("contracts", slug=slug))


def _place(session: Session, slug: str) -> JurisdictionRow:
    place = jurisdiction(session, slug)
    if place is None:
        raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
    return place


def _own(session: Session, slug: str) -> tuple[JurisdictionRow, str]:
    """Return the place, and the ground there on which the reader may assign: all of it, or the first part."""
    place = _place(session, slug)
    whole = jurisdiction_path(place.id)
    if may(g.actor, Action.ASSIGN_CONTRACTS, whole):
        return place, whole
    held = (grant.path for grant in g.actor.grants if grant.role in RULES[Action.ASSIGN_CONTRACTS] and covers(whole, grant.path))
    part = next(held, None)
    require(g.actor, Action.ASSIGN_CONTRACTS, part or whole)
    return place, part or whole


def _whole(name: str) -> int | None:
    text = request.form.get(name, "").strip()
    if text and not (text.isascii() and text.isdecimal() and len(text) < 5):
        raise Invalid("{name} is {given!r}; a whole number would be right.", name=name, given=text[:40])
    return int(text) if text else None


def _reasons(row: ProposalRow) -> list[object]:
    return [finding_of(reason) for reason in row.summary.get("reasons", [])]


def _members(shares: Sequence[Share], numbers: dict[object, int], names: dict[int, str]) -> list[MemberRow]:
    """Return the table, in the order of the numbers."""
    by_member: dict[UUID, list[Share]] = defaultdict(list)
    for share in shares:
        by_member[share.person].append(share)
    return [
        MemberRow(
            number=numbers[person],
            tint=(numbers[person] - 1) % share_map.TINTS,
            name=mask_name(held[0].person_name or "-"),
            home=names.get(held[0].home or 0, "-"),
            dwellings=sum(share.dwellings for share in held),
            at_home=sum(share.dwellings for share in held if share.building == share.home),
            farthest_m=round(max(share.distance_m for share in held)),
            buildings="、".join(f"{names.get(share.building, '-')}×{share.dwellings}" for share in held),
        )
        for person, held in by_member.items()
    ]

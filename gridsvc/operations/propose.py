"""Proposals for redrawing a plan: alternatives are made and kept side by side; one is taken over as a move of the plan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
import orjson
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.crs import STORED
from geodata.districting.certificates import Certificate
from geodata.districting.draw import draw
from geodata.districting.parcels import Parcels
from geodata.districting.refine import Search
from geodata.findings import Finding
from geodata.measure import area_m2, length_m
from geodata.progress import Stop
from geodata.shapes import box_of
from geodata.topology import unite
from geodata.topology.faces import united
from geodata.topology.grid import Geometries, Ground, Integers, as_array
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.plan_proposals import AlternativeUnit, alternative_units, proposal
from gridsvc.database.queries.plans import PlanRow
from gridsvc.database.tables import PlanAlternative, PlanProposal
from gridsvc.domain.coverage import multi
from gridsvc.domain.permissions import Actor
from gridsvc.domain.plans import PlanUnit
from gridsvc.domain.redrawing import Found, Task, alternatives
from gridsvc.domain.told import finding_of, kept
from gridsvc.errors import Conflict
from gridsvc.operations import plans
from gridsvc.operations.plan_locks import locks
from gridsvc.operations.plan_moves import check_draft
from gridsvc.operations.progress import Cancelled, report
from gridsvc.operations.redraw_ground import Asked, Site, site, task


def propose(session: Session, actor: Actor, plan: PlanRow, asked: Asked) -> UUID:
    """Make alternatives for a plan as it stands and keep them; return the id of the proposal.

    Whoever listens may stop it (progress.Cancelled) once a search has begun: what was found until then is kept. Raises Invalid
    as site() and task() do, Conflict for a plan that is no draft.
    """
    check_draft(actor, plan)
    ground = site(session, plan, asked)
    wanted = task(session, plan, asked, ground)
    watch, drawn = _Watch(session), []
    for found in alternatives(ground.field, wanted, Search(asked.seed, tell=watch.tell)):
        drawn.append(_Drawn(ground, wanted, found))
        with suppress(Stop):
            watch.tell("{count} alternatives so far …", {"count": len(drawn)})
        if watch.stopped:
            break
    new = PlanProposal(
        plan_id=plan.id, path=plan.path, version=plan.version, asked=_as_json(asked, ground, wanted), stopped=watch.stopped,
        account_id=actor.account_id,
    )  # fmt: skip
    session.add(new)
    session.flush()
    for serial, each in enumerate(drawn, 1):
        _keep(session, new, serial, each)
    return UUID(str(new.public_id))


def take_over(session: Session, actor: Actor, plan: PlanRow, proposal_id: UUID, serial: int) -> None:
    """Make an alternative a move of its plan, units that go on keeping code and name.

    Raises Conflict where the plan has changed since, something is locked now that it changes, or it changes nothing.
    """
    check_draft(actor, plan)
    row = proposal(session, plan, proposal_id)
    if row.version != plan.version:
        raise Conflict("The plan has changed since this was proposed; ask for a new proposal.")
    units = alternative_units(session, row, serial)
    shut = locks(session, plan).units
    if any(unit.changed and unit.key.isdecimal() and int(unit.key) in shut for unit in units):
        raise Conflict("This changes what was locked since it was proposed; ask for a new proposal.")
    if not any(unit.changed for unit in units):
        raise Conflict("This alternative changes nothing.")
    trees: dict[int | None, list[PlanUnit]] = {}
    for unit in units:
        trees.setdefault(unit.anchor, []).append(_plan_unit(unit))
    plans.add_trees(session, actor, plan, list(trees.items()))


def _plan_unit(unit: AlternativeUnit) -> PlanUnit:
    ground = None if unit.geom is None else from_wkb([unit.geom])[0]
    reason = None if unit.reason is None else finding_of(unit.reason)
    return PlanUnit(unit.key, unit.level, unit.name, unit.parent, unit.kind, unit.code, ground, tuple(unit.buildings), reason)


def _as_json(asked: Asked, ground: Site, wanted: Task) -> dict[str, Any]:
    return {
        "way": asked.way, "unit": asked.unit, "level": ground.level.key, "range": list(wanted.limits), "parts": asked.parts,
        "stations": [str(each) for each in asked.stations], "loads": dict(asked.loads), "seed": asked.seed,
    }  # fmt: skip


@dataclass(slots=True)
class _Watch:
    """Tells how far it is, and turns the wish to stop into an end of the search."""

    session: Session
    stopped: bool = False

    def tell(self, template: str, values: dict[str, Any]) -> None:
        if not self.stopped:
            try:
                report(self.session, template, **values)
            except Cancelled:
                self.stopped = True
        if self.stopped:
            raise Stop


class _Drawn:
    """An alternative with the ground of its units."""

    def __init__(self, site: Site, wanted: Task, found: Found) -> None:
        self.site, self.wanted, self.found = site, wanted, found
        today, label = site.field.today, found.label
        self.touched = np.isin(label, label[label != today]) | np.isin(today, today[label != today])
        self.units = np.unique(label).tolist()
        self.ground = self._grounds()

    def is_changed(self, unit: int) -> bool:
        """Say whether a unit is another one than today, or has other ground."""
        return bool(self.touched[self.found.label == unit].any())

    def _grounds(self) -> dict[int, Ground]:
        """Return the ground of each unit; the borders of parcels are straightened where all is new, else old borders stay as they are."""
        site, label = self.site, self.found.label
        old = site.at.after.ground_of(site.units)
        found = {unit: old[unit] for unit in self.units if not self.is_changed(unit)}
        if self.touched.any():
            new = label[self.touched]
            fresh = site.lots is not None and self.found.name not in {"least"} and bool(self.touched.all())
            found |= self._straight(new) if fresh else united(site.nodes[self.touched], new)
        return found

    def _straight(self, label: Integers) -> dict[int, Ground]:
        lots, site = self.site.lots, self.site
        assert lots is not None  # noqa: S101  # asked for parcels alone
        units, number = np.unique(label, return_inverse=True)
        boundary = unite(lots.ground).ground
        return dict(
            zip(units.tolist(), draw(Parcels(lots.ground, lots.building, lots.of_building, boundary), number, site.footprints), strict=True)
        )

    def measures(self) -> dict[str, float]:
        """Return what the alternative is worth, compactness after Polsby and Popper included."""
        ground: Geometries = as_array([self.ground[unit] for unit in self.units])
        compact = 4 * np.pi * area_m2(ground) / np.maximum(length_m(ground), 1e-9) ** 2
        return self.found.measures | {"compactness": float(compact.mean())}

    def name(self, unit: int) -> str:
        """Return what a unit is called; a new one has no name yet."""
        return self.site.at.after.units[self.site.units[unit]].name if unit < len(self.site.units) else f"{self.site.level.name_zh} +{unit}"

    def findings(self) -> list[Finding]:
        """Return why units are out of range, or that nothing better was found and which limit the best breaks."""
        return [self.reason(unit) for unit in self.found.reasons]

    def reason(self, unit: int) -> Finding:
        """Return why a unit is out of range."""
        proof, station = self.found.reasons[unit], self.found.apart.get(unit)
        if proof is not None:
            return self._because(proof, unit, station)
        weight, (low, high) = self.site.field.households[self.found.label == unit].sum(), self.wanted.limits
        given = {"place": station or self.name(unit), "weight": round(float(weight), 1), "low": low, "high": high}
        where = box_of(self.ground[unit])
        if weight > high:
            return Finding("range-not-found", "warning", "None was found: {place} has {weight} households, more than {high}.", given, where)
        return Finding("range-not-found", "warning", "None was found: {place} has {weight} households, fewer than {low}.", given, where)

    def _because(self, proof: Certificate, unit: int, station: str | None) -> Finding:
        """Return the proof in words, with what is locked beside it, or the station whose unit it is about."""
        place = station if station and len(proof.nodes) > 1 else self._place(proof, unit)
        found = proof.finding(place, box_of(shapely.box(*shapely.total_bounds(self.site.nodes[proof.nodes]))))
        if proof.locked and (locks := self._locks(proof)):
            return replace(found, template="With {locks} locked: {because}", values={**found.values, "locks": "、".join(locks)})
        if station is None or proof.kind == "count":
            return found
        because = {"station": station, "because": found}
        return replace(found, template="The station {station} can have no unit in range beside the others: {because}", values=because)

    def _locks(self, proof: Certificate) -> list[str]:
        """Return the names of the locked units that adjoin what a proof is about, and of buildings locked in units that stay for them."""
        field = self.site.field
        net = field.borders().net
        beside = np.concatenate([net.neighbour[net.start[node] : net.start[node + 1]] for node in proof.nodes.tolist()])
        locked = [
            self.name(unit) for unit in np.unique(field.today[beside[np.isin(field.today[beside], field.today[field.locked])]]).tolist()
        ]
        held = np.flatnonzero(field.held & np.isin(field.today, field.today[beside]))
        return locked + [name for node in held.tolist() if (name := self._building(node))]

    def _building(self, node: int) -> str | None:
        """Return the name of the building on a node."""
        building = -1 if self.site.lots is None else int(self.site.lots.building[node])
        return self.site.buildings[building].name if building >= 0 else None

    def _place(self, proof: Certificate, unit: int) -> str:
        """Return what a proof is about: its building by name, else the unit."""
        site = self.site
        if len(proof.nodes) != 1 or site.lots is None:
            return self.name(unit) if len(proof.nodes) != 1 else site.at.after.units[site.below[int(proof.nodes[0])]].name
        return self._building(int(proof.nodes[0])) or self.name(unit)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the units below each unit above in which something changes, those above first."""
        site, label = self.site, self.found.label
        index = {place: unit for unit, place in enumerate(site.units)}
        below = site.at.after.children()
        for above in np.unique(site.field.land.above[self.touched]).tolist():
            anchor = None if above < 0 else above
            key = None if anchor is None else site.at.keys[anchor]
            for place in below.get(anchor, ()):
                if place not in index:
                    yield from self._as_is(place, None, key)
            for unit in np.unique(label[site.field.land.above == above]).tolist():
                yield from self._unit(unit, key)

    def _unit(self, unit: int, anchor: int | None) -> Iterator[dict[str, Any]]:
        site, nodes = self.site, np.flatnonzero(self.found.label == unit)
        known = site.at.after.units[site.units[unit]] if unit < len(site.units) else None
        key = str(site.at.keys[site.units[unit]]) if known else f"new{unit}"
        reason = self.reason(unit) if unit in self.found.reasons else None
        yield {
            "anchor": anchor, "key": key, "parent": None, "level": site.level.number, "kind": known.kind if known else site.level.kinds[0],
            "code": known.code if known else None, "name": known.name if known else "", "changed": self.is_changed(unit),
            "households": round(site.field.households[nodes].sum()), "geom": None if site.below else _wkb(self.ground[unit]),
            "buildings": self._buildings(nodes), "reason": None if reason is None else orjson.dumps(kept(reason)).decode(),
        }  # fmt: skip
        for node in nodes.tolist() if site.below else []:
            yield from self._as_is(site.below[node], key, anchor)

    def _buildings(self, nodes: Integers) -> str:
        """Return the ids of the buildings on some parcels, as PostgreSQL writes an array."""
        lots = self.site.lots
        on = [] if lots is None else np.flatnonzero(np.isin(lots.of_building, nodes)).tolist()
        return _array(self.site.buildings[each].id for each in on)

    def _as_is(self, place: int, parent: str | None, anchor: int | None) -> Iterator[dict[str, Any]]:
        """Yield a unit that stays as it is, and those below it."""
        at = self.site.at
        unit, key, below = at.after.units[place], str(at.keys[place]), at.after.children().get(place, ())
        leaf_of = self.site.leaf_of
        mine = [] if below else [row.id for row in self.site.buildings if leaf_of.get(row.id) == at.keys[place]]
        yield {
            "anchor": anchor, "key": key, "parent": parent, "level": unit.level, "kind": unit.kind, "code": unit.code, "name": unit.name,
            "changed": False, "households": None, "geom": None if below else _wkb(unit.ground), "buildings": _array(mine), "reason": None,
        }  # fmt: skip
        for child in below:
            yield from self._as_is(child, key, anchor)


def _wkb(ground: Ground) -> bytes:
    found: bytes = shapely.to_wkb(multi(ground))
    return found


def _array(ids: Any) -> str:  # noqa: ANN401  # any ids
    return "{" + ",".join(map(str, ids)) + "}"


def _keep(session: Session, of: PlanProposal, serial: int, drawn: _Drawn) -> None:
    new = PlanAlternative(
        proposal_id=of.id, path=of.path, serial=serial, name=drawn.found.name, measures=drawn.measures(),
        findings=[kept(each) for each in drawn.findings()],
    )  # fmt: skip
    session.add(new)
    session.flush()
    rows = list(drawn.rows())
    if rows:
        given = {name: [row[name] for row in rows] for name in _COLUMNS}
        session.execute(_UNITS, given | {"alternative": new.id, "at": of.path})


_COLUMNS = {
    "anchor": "bigint", "key": "text", "parent": "text", "level": "smallint", "kind": "text", "code": "text", "name": "text",
    "changed": "boolean", "households": "integer", "geom": "bytea", "buildings": "text", "reason": "text",
}  # fmt: skip
_UNITS = text(f"""
INSERT INTO plan_alternative_unit (alternative_id, path, anchor, key, parent, level, kind, code, name, changed, households, geom,
  buildings, reason)
SELECT :alternative, cast(:at AS ltree), anchor, key, parent, level, kind, code, name, changed, households, ST_GeomFromWKB(geom, {STORED}),
       cast(buildings AS bigint[]), cast(reason AS jsonb)
FROM unnest({", ".join(f"cast(:{name} AS {kind}[])" for name, kind in _COLUMNS.items())}) AS given ({", ".join(_COLUMNS)})
""")

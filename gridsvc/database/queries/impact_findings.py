"""What a plan does to branches, groups and contracts; the caller has made sure that the reader may count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from geodata.findings import Box, Finding
from geodata.topology.check import box_of
from gridsvc.database.queries.plan_buildings import BuildingsBetween
from gridsvc.database.queries.plan_change import PlanChange
from gridsvc.domain.impact import Counted, UnitSeen
from gridsvc.domain.redraw_people import Attached, Living, branch_findings, contract_findings, group_findings, joint_findings


def people_findings(change: PlanChange, buildings: BuildingsBetween, leaves: frozenset[int], hanging: Iterable[Counted]) -> list[Finding]:
    """Return what a plan does to branches, groups and contracts around these leaves of today, with the place of each.

    `hanging` is what hangs at the buildings, as `at_buildings` answers.
    """
    living = _living(change, hanging, leaves)
    attached = _attached(change, buildings, leaves, living)
    grouped = frozenset(name for each in attached if each.kind == "group" for name in each.after)
    return [
        *branch_findings(change.scheme, attached),
        *group_findings(change.scheme, living.values(), grouped),
        *joint_findings(attached),
        *contract_findings(_crossing(change, buildings)),
    ]


def _living(change: PlanChange, hanging: Iterable[Counted], leaves: frozenset[int]) -> dict[int, Living]:
    """Return who lives where, by leaf."""
    sums: dict[tuple[str, int | None, int], int] = defaultdict(int)
    for kind, source, target, amount in hanging:
        sums[kind, source, 0] += int(amount)
        sums[kind, target, 1] += int(amount)
    keys = {key for _, key, _ in sums if key is not None} | leaves
    boxes = _boxes(change, keys)
    found = {}
    for key in sorted(keys):
        unit = change.after.get(key) or change.before.get(key)
        if unit is not None:
            members, full = ((sums[kind, key, 0], sums[kind, key, 1]) for kind in ("members", "full_members"))
            found[key] = Living(unit.name, unit.kind, members, full, boxes.get(key))
    return found


def _boxes(change: PlanChange, keys: set[int]) -> dict[int, Box]:
    shapes = change.grounds_before(keys) | {key: change.ground_after[key] for key in keys & change.ground_after.keys()}
    return {key: box_of(shape) for key, shape in shapes.items()}


def _attached(change: PlanChange, buildings: BuildingsBetween, leaves: frozenset[int], living: dict[int, Living]) -> list[Attached]:
    """Return the organisations that stand on leaves, buildings or compounds that the plan touches."""
    becomes, was = buildings.becomes(), {row.id: row.was for row in buildings.rows}
    moved: dict[int, set[int | None]] = defaultdict(set)
    for each in buildings.rows:
        if each.was is not None:
            moved[each.was].add(each.becomes)
    ends: dict[int, tuple[set[int | None], set[int | None]]] = defaultdict(lambda: (set(), set()))
    rows = change.ask(_ORGANISATIONS, {"leaves": list(leaves), "buildings": list(becomes)})
    change.complete(row.leaf for row in rows)
    for row in rows:
        old, new = ends[row.id]
        old.add(row.leaf if row.building_id is None else was.get(row.building_id, row.leaf))
        if row.building_id is not None:
            new.add(becomes.get(row.building_id, row.leaf))
        elif change.stays_leaf(row.leaf):
            new.add(row.leaf)
        else:
            new |= moved[row.leaf]
    kinds = {row.id: row for row in rows}
    found = []
    for key, (old, new) in ends.items():
        here = next(iter(old)) if len(old) == 1 else None
        lives = living.get(here) if here is not None else None
        row = kinds[key]
        names = _names(change.before, old), _names(change.after, new)
        found.append(Attached(row.name, row.kind, row.set_up == "jointly", *names, lives, lives.where if lives else None))
    return found


def _names(units: dict[int, UnitSeen], keys: Iterable[int | None]) -> tuple[str, ...]:
    return tuple(sorted(units[key].name for key in keys if key is not None and key in units))


def _crossing(change: PlanChange, buildings: BuildingsBetween) -> list[tuple[str, str, int]]:
    given = {"wanted": [row.id for row in buildings.rows], "becoming": [row.becomes for row in buildings.rows]}
    rows = change.ask(_CROSSING, given)
    change.complete(end for row in rows for end in (row.home, row.household))
    named = {None: "-"} | {key: unit.name for key, unit in change.after.items()}
    return [(named.get(row.home, "-"), named.get(row.household, "-"), row.amount) for row in rows]


_ORGANISATIONS = """
WITH touched AS MATERIALIZED (
  SELECT g.organisation_id, g.building_id, g.compound_id FROM organisation_ground g
  WHERE upper_inf(g.valid) AND g.building_id = ANY(cast(:buildings AS bigint[]))
  UNION
  SELECT g.organisation_id, g.building_id, g.compound_id FROM organisation_ground g
  WHERE upper_inf(g.valid) AND g.compound_id = ANY(ARRAY(
    SELECT w.compound_id FROM building_version w WHERE w.building_id = ANY(cast(:buildings AS bigint[])) AND upper_inf(w.valid)))
), attached AS (
  SELECT g.organisation_id, g.unit_id, cast(NULL AS bigint) AS building_id FROM organisation_ground g
  WHERE upper_inf(g.valid) AND g.unit_id = ANY(cast(:leaves AS bigint[]))
  UNION ALL
  SELECT b.organisation_id, p.unit_id, p.building_id FROM (
    SELECT t.organisation_id, t.building_id FROM touched t WHERE t.building_id IS NOT NULL
    UNION
    SELECT t.organisation_id, w.building_id FROM touched t,
      LATERAL (SELECT v.building_id FROM building_version v WHERE v.compound_id = t.compound_id AND upper_inf(v.valid)) w
  ) b, LATERAL (SELECT q.building_id, q.unit_id FROM building_place q WHERE q.building_id = b.building_id AND upper_inf(q.valid)) p
)
SELECT DISTINCT v.organisation_id AS id, v.name, v.kind, v.set_up, a.unit_id AS leaf, a.building_id
FROM attached a JOIN organisation_version v ON v.organisation_id = a.organisation_id AND upper_inf(v.valid) ORDER BY 1
"""
_CROSSING = "SELECT home, household, amount FROM contracts_crossing(cast(:wanted AS bigint[]), cast(:becoming AS bigint[]))"

"""What a plan does to branches, groups and contracts, by the rules of party organisation; 组织关系 itself never follows geometry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from geodata.findings import Box, Finding
from gridsvc.domain.organisations import BRANCHES
from gridsvc.domain.people_rules import leaf_kinds
from gridsvc.domain.schemes import Scheme


@dataclass(frozen=True, slots=True)
class Living:
    """Members who live on the ground of a leaf, before a plan and after it."""

    unit: str
    kind: str
    """Of the leaf, a name of domain.units.KINDS."""
    members: tuple[int, int]
    full: tuple[int, int]
    where: Box | None


@dataclass(frozen=True, slots=True)
class Attached:
    """An organisation on ground that a plan touches."""

    name: str
    kind: str
    joint: bool
    before: tuple[str, ...]
    """The leaves where it stands."""
    after: tuple[str, ...]
    living: Living | None
    """Of the leaf that it belongs to, where that is a single one."""
    where: Box | None


def branch_findings(scheme: Scheme, attached: Iterable[Attached]) -> Iterator[Finding]:
    """Say where the members who live on a branch's ground pass 3, 50 or 100 (支部工作条例)."""
    few, many, most = (scheme.threshold(key) for key in ("branch_formal_members", "branch_members", "general_branch_members"))
    for each in attached:
        if each.kind not in BRANCHES | {"general_branch"} or each.living is None:
            continue
        full, members = each.living.full, each.living.members
        values = {"name": each.name, "before": full[0], "after": full[1], "unit": each.living.unit, "source": few.source}
        if few.admits(full[0]) and not few.admits(full[1]):
            told = "On the ground of {name} ({unit}) live {after} full members instead of {before}, too few for a branch ({source})."
            yield Finding("branch-drops", few.severity, told, values | {"least": few.low}, each.where)
        for limit in (most, many):
            if limit.admits(members[0]) and not limit.admits(members[1]):
                told = "On the ground of {name} ({unit}) live {after} members instead of {before}, more than {most:g} ({source})."
                more = {"before": members[0], "after": members[1], "most": limit.high, "source": limit.source}
                yield Finding("branch-grows", limit.severity, told, values | more, each.where)
                break


def group_findings(scheme: Scheme, living: Iterable[Living], grouped: frozenset[str]) -> Iterator[Finding]:
    """Say which leaves come to be due a group of their own; `grouped` names the leaves that have one."""
    kinds = leaf_kinds(scheme)
    members, full = scheme.threshold("group_members"), scheme.threshold("group_formal_members")
    for each in living:
        was_due, is_due = (members.admits(each.members[at]) and full.admits(each.full[at]) for at in (0, 1))
        if each.kind in kinds and is_due and not was_due and each.unit not in grouped:
            told = "{place} comes to be due a group: {count} full members live there ({source})."
            values = {"place": each.unit, "count": each.full[1], "source": full.source}
            yield Finding("group-due", full.severity, told, values, each.where)


def joint_findings(attached: Iterable[Attached]) -> Iterator[Finding]:
    """Say which groups and joint organisations fall into more leaves than before, and which lose the ground they stand on."""
    for each in attached:
        if (each.joint or each.kind == "group") and len(each.after) > max(len(each.before), 1):
            values = {"name": each.name, "count": len(each.after), "units": "、".join(each.after)}
            yield Finding("organisation-divided", "warning", "{name} falls into {count} units: {units}.", values, each.where)
        elif not each.after:
            values = {"name": each.name, "units": "、".join(each.before)}
            yield Finding("ground-ends", "warning", "{name} stands on {units}, which ends; it needs other ground.", values, each.where)


def contract_findings(crossing: Iterable[tuple[str, str, int]]) -> Iterator[Finding]:
    """Say how many contracts come to cross a border: the member's leaf, that of the households, how many."""
    for home, household, count in crossing:
        values = {"count": count, "home": home, "household": household}
        told = "{count} contracts come to cross a border: the member lives in {home}, the household in {household}."
        yield Finding("contracts-cross", "warning", told, values)

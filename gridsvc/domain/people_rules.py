"""What the rules of party organisation say of figures: groups that are due, sizes of branches, posts, members without households.

Rules look and answer; nothing follows by itself: a branch above 50 may stay one, and a group is set up by its branch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from geodata.findings import Box, Finding, around
from gridsvc.domain.schemes import Scheme

OWN_GROUND = ("building", "lane", "patch")
"""Kinds of leaf that are due a group of their own; where a scheme has none of them, buildings are."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where enough members live for a group, and none is."""

    name: str
    full_members: int
    where: Box


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch and how many belong to it (组织关系)."""

    name: str
    kind: str
    members: int
    full_members: int
    where: Box | None = None
    """The ground where it leads."""


@dataclass(frozen=True, slots=True)
class Duties:
    """Counts of what is not as it should be; None where it is not known."""

    vacant: int | None
    """Posts of the scheme's tiers that nobody holds."""
    crowded: int
    """Places where more hold a post than the scheme admits."""
    doubled: int
    """People who hold several posts that carry a right."""
    idle_members: int
    """Members who could look after households and have none."""
    uncovered: int
    """Households that no member looks after."""
    laden: int = 0
    """Members who look after more households than they should."""
    where: Mapping[str, Box] = field(default_factory=dict)
    """The code of a finding -> the box around what it is about, where that is known."""

    def __add__(self, other: Duties) -> Duties:
        """Return the counts of two places together."""
        vacant = None if self.vacant is None and other.vacant is None else (self.vacant or 0) + (other.vacant or 0)
        return Duties(
            vacant,
            self.crowded + other.crowded,
            self.doubled + other.doubled,
            self.idle_members + other.idle_members,
            self.uncovered + other.uncovered,
            self.laden + other.laden,
            {code: box for code in {**self.where, **other.where} if (box := around(self.where.get(code), other.where.get(code)))},
        )


def leaf_kinds(scheme: Scheme) -> list[str]:
    """Return the kinds of leaf that are due a group of their own by this scheme."""
    return [kind for kind in OWN_GROUND if kind in scheme.levels[-1].kinds]


def group_findings(scheme: Scheme, places: Iterable[Place]) -> list[Finding]:
    """Say of each place that it is due a group."""
    rule = scheme.threshold("group_formal_members")
    told = "{place} is due a group: {count} resident full members ({source})."
    return [
        Finding("group-due", rule.severity, told, {"place": each.name, "count": each.full_members, "source": rule.source}, each.where)
        for each in places
    ]


def branch_findings(scheme: Scheme, branches: Iterable[Branch]) -> list[Finding]:
    """Say of each branch that is too small to be one, or so large that it may be raised; a functional one admits no members."""
    few, many, most = (scheme.threshold(key) for key in ("branch_formal_members", "branch_members", "general_branch_members"))
    found = []
    for each in branches:
        values, where = {"name": each.name, "count": each.members, "full": each.full_members}, each.where
        if each.kind == "functional_branch" or not each.members:  # nobody has entered any
            continue
        if not few.admits(each.full_members):
            told = "{name} has {full} full members; {least:g} would be right, or a joint branch ({source})."
            found.append(Finding("branch-small", few.severity, told, values | {"least": few.low, "source": few.source}, where))
        elif not most.admits(each.members):
            told = "{name} has {count} members, more than {most:g}; it may be raised to a committee ({source})."
            found.append(Finding("branch-large", most.severity, told, values | {"most": most.high, "source": most.source}, where))
        elif each.kind != "general_branch" and not many.admits(each.members):
            told = "{name} has {count} members, more than {most:g}; it may be raised to a general branch ({source})."
            found.append(Finding("branch-large", many.severity, told, values | {"most": many.high, "source": many.source}, where))
    return found


def duty_findings(duties: Duties) -> list[Finding]:
    """Say what is missing or too much, a sentence each, with its count and its place."""
    where = duties.where.get
    found = (
        Finding("posts-vacant", "warning", "{count} posts are vacant.", {"count": duties.vacant}, where("posts-vacant")),
        Finding(
            "posts-crowded",
            "warning",
            "At {count} places more people hold a post than the scheme admits.",
            {"count": duties.crowded},
            where("posts-crowded"),
        ),
        Finding(
            "double-posts",
            "warning",
            "Several posts that carry a right in one hand: {count}.",
            {"count": duties.doubled},
            where("double-posts"),
        ),
        Finding(
            "members-idle",
            "warning",
            "Members who look after no household: {count}.",
            {"count": duties.idle_members},
            where("members-idle"),
        ),
        Finding(
            "members-laden",
            "warning",
            "Members who look after more households than they should: {count}.",
            {"count": duties.laden},
            where("members-laden"),
        ),
        Finding(
            "households-uncovered",
            "warning",
            "No member looks after {count} households.",
            {"count": duties.uncovered},
            where("households-uncovered"),
        ),
    )
    return [each for each in found if each.values["count"]]

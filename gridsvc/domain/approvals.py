"""The office's path of a plan: the steps from whoever draws it to the day it holds, as the scheme says or as is usual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridsvc.domain.permissions import Action

ACTIONS = (Action.DRAW_PLANS, Action.REVIEW_PLANS, Action.PUBLISH_PLANS)
"""The rights that a step may need."""


@dataclass(frozen=True, slots=True)
class Approval:
    """A step of the path. The first is submitting, the last publishing; those between are passed or sent back."""

    key: str
    """Its name for programs."""
    name_zh: str
    """What the office calls it: 街道审核."""
    name_en: str
    """The same in English."""
    level: int
    """The level at whose unit the right is needed, 1 at the top; a plan of a wider area needs it for all of that area."""
    action: Action
    """The right."""
    notice_days: int | None = None
    """How many days the plan is shown to the public (公示) before it is passed; None where it is not."""
    document: bool = False
    """Whether the number of a document (文号) belongs to it."""


USUAL = (
    Approval("propose", "社区提出", "Proposed by the community", 3, Action.DRAW_PLANS),
    Approval("street", "街道审核", "Reviewed by the sub-district", 2, Action.REVIEW_PLANS),
    Approval("district", "区级审定", "Decided by the district", 1, Action.PUBLISH_PLANS, document=True),
    Approval("notice", "公示", "Public notice", 1, Action.PUBLISH_PLANS, notice_days=7),
    Approval("filing", "备案", "Filed", 1, Action.PUBLISH_PLANS, document=True),
    Approval("publish", "发布", "Published", 1, Action.PUBLISH_PLANS),
)
"""What holds where a scheme says nothing; its levels are those of district, sub-district and community."""


def approvals_of(given: Sequence[Mapping[str, Any]], levels: Sequence[str]) -> tuple[Approval, ...]:
    """Return the path that a scheme's tables describe, whose levels have these keys from the top down."""
    if not given:
        return USUAL
    return tuple(Approval(**{**fields, "level": levels.index(fields["level"]) + 1, "action": Action(fields["action"])}) for fields in given)


def step_after(path: Sequence[Approval], key: str | None) -> Approval:
    """Return the step after the one of this key; the second for None, which is a draft, or where the scheme lost that step."""
    keys = [step.key for step in path]
    return path[keys.index(key) + 1 if key in keys[:-1] else 1 if key not in keys else len(path) - 1]


def step_of(path: Sequence[Approval], key: str | None) -> Approval:
    """Return the step of this key; the second where the scheme does not know it any more: what was passed is passed again."""
    return next((step for step in path if step.key == key), path[1])

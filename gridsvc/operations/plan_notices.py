"""What those are told who have a part in a plan: one notice at a time, about what it waits for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Action
from gridsvc.domain.told import plain_values

WAITS = "The plan {title} waits for you: {step}."
SENT_BACK = "The plan {title} was sent back: {reason}"
NOT_PUBLISHED = "The plan {title} was not published at its time: {reason} Withdraw it, correct it, and submit it again."


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence about a plan, for whoever may do `action` at a path that lies at or above the plan's."""

    action: Action
    path: str
    template: str
    values: Mapping[str, object]


def tell(session: Session, plan_id: UUID, told: Told | None) -> None:
    """Tell it in place of what was told about the plan before; None only takes that back."""
    given = {"plan": plan_id, "template": None, "values": "{}", "action": "", "path": ""}
    if told is not None:
        given |= {"template": told.template, "values": json.dumps(plain_values(told.values)), "action": told.action, "path": told.path}
    session.execute(text("SELECT tell_of_plan(:plan, :template, cast(:values AS jsonb), :action, cast(:path AS ltree))"), given)

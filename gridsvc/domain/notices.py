"""Notices: what whoever acts at a place is told, and who is told."""

from __future__ import annotations

from dataclasses import dataclass

from gridsvc.domain.permissions import Action


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice."""

    template: str
    """The sentence; its fields stand in the notice and say nothing about a resident or member."""
    action: Action | None = None
    """Whoever may do this at the place is told; None: whoever may give the post that it is about."""
    days: int | None = None
    """How long there is to decide."""


CONFIRM_DAYS = 30
"""How long there is to confirm what an edition proposes."""

KINDS: dict[str, Kind] = {
    "vacancy": Kind(template="{place} has no {post}."),
    "vacant_buildings": Kind(template="{place}: {count} buildings have no {post}."),
    "expiring": Kind(template="{post} at {place}: the term runs out on {day}."),
    "expired": Kind(template="{post} at {place}: the term ran out on {day}; end it or give it again."),
    "to_confirm": Kind(template="{post}: confirm by {day} who holds it at {place}, which took the ground.", days=CONFIRM_DAYS),
    "ground_ended": Kind(template="{name}: the unit it belongs to has ended; say where it belongs now.", action=Action.CHANGE_PEOPLE),
    "contract_ending": Kind(template="{name}: the contract runs out on {day}.", action=Action.CHANGE_PEOPLE),
}
"""What is told of posts and organisations."""

CORRECTIONS = Kind(template="{place}: corrections that wait for your decision: {count}.", action=Action.DECIDE_CORRECTIONS)
"""What is told of corrections."""

SOON_DAYS = 30
"""How long before its end a term is told of."""

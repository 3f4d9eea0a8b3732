"""What a violated constraint means to a reader, by its name."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import IntegrityError

from gridsvc.errors import Conflict, GridError, Invalid, NotAllowed, Stale

MEANING: dict[str, Callable[[], GridError]] = {
    "pk_unit_code": lambda: Conflict("A code was given to another unit before; a code is never given twice."),
    "uq_unit_version_code": lambda: Conflict("Two units would have the same code; each code belongs to one."),
    "uq_jurisdiction_slug": lambda: Conflict("A jurisdiction of this short name exists already."),
    "ck_jurisdiction_slug_is_short": lambda: Invalid(
        "A short name starts with a letter and has at most 41 small letters, digits and hyphens."
    ),
    "uq_scheme_key": lambda: Conflict("A scheme of this key exists already."),
    "uq_account_name": lambda: Conflict("An account of this name exists already."),
    "posts_and_administrators_apart": lambda: Conflict(
        "An administrator's account and a person whose posts carry a right exclude each other; end the one before you give the other."
    ),
    "uq_appointment_once": lambda: Conflict("The person holds this post at this place already."),
    "uq_account_subject": lambda: Conflict("Another account is linked with this subject already."),
    "role_grant_administrators_apart": lambda: Conflict("An administrator's role stands alone; somebody gave another meanwhile."),
    "plan_is_a_draft": lambda: Conflict("The plan is no draft any more; nothing can be changed in it."),
    "approver_is_not_the_author": lambda: NotAllowed("You have drawn in this plan yourself; somebody else decides about it."),
    "published_on_the_path": lambda: Conflict("The plan has not been through the office yet; submit it first."),
    "uq_plan_move_plan_id_serial": lambda: Stale("Somebody else has changed the plan at this moment; look at it again."),
    "uq_edition_jurisdiction_id_serial": lambda: Conflict("Somebody published another edition meanwhile; look again and repeat."),
}


def as_grid_error(error: IntegrityError) -> GridError:
    """Return the sentence for the constraint that fired, or the general one with its name."""
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if name in MEANING:
        return MEANING[name]()
    return Conflict("This does not fit what is stored ({name}).", name=name or "?")

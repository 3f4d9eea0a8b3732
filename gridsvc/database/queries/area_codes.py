"""The published list of area codes."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gridsvc.database.tables import AreaCode

COUNTY = 6
"""Digits of a county's code."""


def names_of(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Return what the list calls these codes; those that it does not have are left out."""
    wanted = select(AreaCode.code, AreaCode.name).where(AreaCode.code.in_(set(codes)))
    return dict(session.execute(wanted).all())


def held(session: Session, codes: Collection[str]) -> set[str]:
    """Return those of these codes in whose county the list has codes of their length, or for a county's, in whose province."""
    asked = {code: (code[: COUNTY if len(code) > COUNTY else 2], len(code)) for code in codes}
    some = {
        (above, digits): session.scalar(
            select(AreaCode.code)
            .where(AreaCode.code >= above, AreaCode.code <= above + "9" * digits, func.length(AreaCode.code) == digits)
            .limit(1)
        )
        for above, digits in set(asked.values())
    }
    return {code for code, key in asked.items() if some[key] is not None}

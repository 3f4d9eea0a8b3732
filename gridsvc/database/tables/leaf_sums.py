"""What stands in each leaf today, counted beforehand. Protected: of a place, and read by functions alone."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base


class LeafSum(Base):
    """How much of a noun is in a leaf now; sql/72_leaf_sums.sql keeps it. A leaf without has no row."""

    __tablename__ = "leaf_sum"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    noun: Mapped[str] = mapped_column(primary_key=True)
    """building_households, parking_lot, parking_space or fire_lane."""
    kind: Mapped[str] = mapped_column(primary_key=True)
    """Of counts their basis, and `shops`; of spaces kind and level (`resident/ground`); else empty."""
    number: Mapped[int] = mapped_column(BigInteger)
    """How many there are; of counts how many buildings have one, of lanes those of which most runs here."""
    amount: Mapped[float | None]
    """Households, shops, capacity of lots, metres of lanes; None where nothing is known."""

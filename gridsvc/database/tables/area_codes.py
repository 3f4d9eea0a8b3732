"""Area codes: the published list of provinces, cities, counties, streets and communities; of no jurisdiction."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base


class AreaCode(Base):
    """An area as the published list names it."""

    __tablename__ = "area_code"

    code: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    """2, 4, 6, 9 or 12 digits; in byte order, so that the primary key finds all codes that begin alike."""
    name: Mapped[str]
    level: Mapped[int] = mapped_column(SmallInteger)
    """1 province, 2 city, 3 county, 4 street, 5 community."""
    parent: Mapped[str | None]
    """The code of the area above; provinces and cities need not be in the list, since the published files begin with counties."""

    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 5", name="level_is_of_the_list"),)

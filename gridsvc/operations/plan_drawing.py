"""What a move works on: a plan as it stands, its leaves by key, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.findings import GeodataError
from geodata.topology import Rearranged, named, named_error
from gridsvc.database.queries.plan_standing import Standing, standing, together
from gridsvc.database.queries.plans import Planned, PlanRow, planned
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.domain.coverage import Coverage, Mosaic
from gridsvc.domain.numbering import number
from gridsvc.domain.permissions import Actor
from gridsvc.domain.schemes import Scheme
from gridsvc.errors import Conflict, Invalid


@dataclass
class Drawing:
    """A plan being changed by one move."""

    session: Session
    actor: Actor
    plan: PlanRow
    at: Planned
    moved_before: frozenset[int] = field(init=False)
    """Units whose ground earlier moves changed."""
    _standing: dict[int, Standing] = field(default_factory=dict, init=False)
    """What stood in the leaves that were asked about, by key."""

    def __post_init__(self) -> None:
        """From now on what moved is what this move moves."""
        self.moved_before = frozenset(self.at.after.moved)
        self.at.after.moved = set()

    @property
    def after(self) -> Coverage:
        """Return the coverage that the move changes."""
        return self.at.after

    @cached_property
    def scheme(self) -> Scheme:
        """Give the scheme of the jurisdiction."""
        return scheme_of(self.session, self.plan.jurisdiction_id)

    @cached_property
    def mosaic(self) -> Mosaic:
        """Give the leaves as they were before the move."""
        return self.after.mosaic()

    def leaf(self, key: int) -> int:
        """Return the place of a leaf; raise NotFound for a unit that is not there, Invalid for one with others below it."""
        place = self.at.place_of(key)
        if place not in self.mosaic.index_of or place in self.after.children():
            raise Invalid("{name} has units below it; choose one of those.", name=self.name(place))
        return place

    def index(self, place: int) -> int:
        """Return the index of a leaf in the mosaic."""
        return self.mosaic.index_of[place]

    def name(self, place: int) -> str:
        """Return what a unit is called."""
        return self.after.units[place].name

    def standing(self, places: Iterable[int]) -> Standing:
        """Return the buildings that stood in these leaves before the move."""
        keys = {self.at.keys[place] for place in places}
        if new := keys - self._standing.keys():
            self._standing |= standing(self.session, self.plan, new).by_unit(new)
        return together(self._standing[key] for key in keys)

    def take(self, change: Rearranged, new: Iterable[int] = ()) -> None:
        """Take a change of borders over; `new` are the places of the units that it makes."""
        places = [*self.mosaic.places, *new]
        names = _Names(self.after, places)
        findings = tuple(named(finding, names) for finding in change.findings)
        self.after.findings.extend(findings)
        self.after.rearranged(places, Rearranged(change.geometries, change.seams, change.emptied, change.moved_m2))
        self.after.unite_ancestors()

    def with_names(self, error: GeodataError) -> GeodataError:
        """Return an error of the mosaic with names for its indices."""
        return named_error(error, _Names(self.after, list(self.mosaic.places)))

    def number(self, parents: Iterable[int]) -> None:
        """Give units without code or name below these parents the next ones."""
        here = set(parents)
        codes = [code for parent in here if (code := self.after.units[parent].code)]
        taken = self.session.scalars(text(_CODES), {"id": self.plan.jurisdiction_id, "codes": [f"{code}%" for code in codes]})
        number(self.after, self.scheme, set(taken), parents=here)


class _Names(list[str]):
    """The names of places, asked for few of many."""

    def __init__(self, coverage: Coverage, places: list[int]) -> None:
        super().__init__()
        self._units, self._places = coverage.units, places

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: int) -> str:  # type: ignore[override]  # no slices are taken
        return self._units[self._places[index]].name


def drawing(session: Session, actor: Actor, plan: PlanRow) -> Drawing:
    """Begin a move upon what a plan leads to; raise Conflict where its base does not hold any more."""
    if plan.stale:
        raise Conflict("Another edition came since the plan was begun; carry the plan over to it, then go on.")
    return Drawing(session, actor, plan, planned(session, plan))


_CODES = "SELECT code FROM unit_code WHERE jurisdiction_id = :id AND code LIKE ANY(:codes)"

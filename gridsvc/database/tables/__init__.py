"""What a row is; each index says in a "Usage:" comment what asks it."""

from gridsvc.database.tables.accounts import Account, RoleAction, RoleGrant, SignIn
from gridsvc.database.tables.audit import Audit
from gridsvc.database.tables.barriers import Barrier, BarrierVersion
from gridsvc.database.tables.buildings import Building, BuildingHouseholds, BuildingPlace, BuildingVersion
from gridsvc.database.tables.compounds import Compound, CompoundVersion
from gridsvc.database.tables.jurisdictions import Edition, Jurisdiction
from gridsvc.database.tables.plans import Plan, PlanMove, PlanPlace, PlanUnit
from gridsvc.database.tables.schemes import Scheme
from gridsvc.database.tables.streets import Street, StreetVersion
from gridsvc.database.tables.units import Lineage, Unit, UnitCode, UnitShape, UnitVersion

__all__ = [
    "Account",
    "Audit",
    "Barrier",
    "BarrierVersion",
    "Building",
    "BuildingHouseholds",
    "BuildingPlace",
    "BuildingVersion",
    "Compound",
    "CompoundVersion",
    "Edition",
    "Jurisdiction",
    "Lineage",
    "Plan",
    "PlanMove",
    "PlanPlace",
    "PlanUnit",
    "RoleAction",
    "RoleGrant",
    "Scheme",
    "SignIn",
    "Street",
    "StreetVersion",
    "Unit",
    "UnitCode",
    "UnitShape",
    "UnitVersion",
]

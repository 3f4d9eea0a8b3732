"""What a row is; each index says in a "Usage:" comment what asks it."""

from gridsvc.database.tables.accounts import Account, ApiToken, FormerPassword, RecoveryCode, RoleAction, RoleGrant, SecurityTerm, SignIn
from gridsvc.database.tables.aliases import Alias
from gridsvc.database.tables.appointments import Appointment
from gridsvc.database.tables.area_codes import AreaCode
from gridsvc.database.tables.audit import Audit, AuditSeal
from gridsvc.database.tables.barriers import Barrier, BarrierVersion
from gridsvc.database.tables.buildings import Building, BuildingHouseholds, BuildingPlace, BuildingVersion
from gridsvc.database.tables.compounds import Compound, CompoundVersion
from gridsvc.database.tables.contracts import Contract, ContractProposal, ContractProposed
from gridsvc.database.tables.figures import ReportedFigure
from gridsvc.database.tables.fire_lanes import FireLane, FireLanePlace, FireLaneVersion
from gridsvc.database.tables.gates import Gate, GatePlace, GateVersion
from gridsvc.database.tables.households import AddressAlias, AddressReview, Household, HouseholdVersion
from gridsvc.database.tables.jobs import ColumnChoice, Job, JobProgress
from gridsvc.database.tables.jurisdictions import Edition, Jurisdiction
from gridsvc.database.tables.leaf_sums import LeafSum
from gridsvc.database.tables.notices import Correction, Notice, NoticeRead, UrgentTime
from gridsvc.database.tables.one_time_links import OneTimeLink
from gridsvc.database.tables.organisations import Organisation, OrganisationGround, OrganisationVersion
from gridsvc.database.tables.parking import (
    ParkingLot,
    ParkingLotPlace,
    ParkingLotVersion,
    ParkingSpace,
    ParkingSpacePlace,
    ParkingSpaceVersion,
)
from gridsvc.database.tables.people import Member, Person, PersonVersion
from gridsvc.database.tables.plan_proposals import PlanAlternative, PlanAlternativeUnit, PlanProposal
from gridsvc.database.tables.plans import Plan, PlanComment, PlanLock, PlanMove, PlanPlace, PlanStep, PlanUnit
from gridsvc.database.tables.reports import Report
from gridsvc.database.tables.schemes import Scheme
from gridsvc.database.tables.stations import Station, StationPlace, StationVersion
from gridsvc.database.tables.streets import Street, StreetVersion
from gridsvc.database.tables.successions import Succession
from gridsvc.database.tables.units import Lineage, Unit, UnitCode, UnitShape, UnitVersion

__all__ = [
    "Account",
    "AddressAlias",
    "AddressReview",
    "Alias",
    "ApiToken",
    "Appointment",
    "AreaCode",
    "Audit",
    "AuditSeal",
    "Barrier",
    "BarrierVersion",
    "Building",
    "BuildingHouseholds",
    "BuildingPlace",
    "BuildingVersion",
    "ColumnChoice",
    "Compound",
    "CompoundVersion",
    "Contract",
    "ContractProposal",
    "ContractProposed",
    "Correction",
    "Edition",
    "FireLane",
    "FireLanePlace",
    "FireLaneVersion",
    "FormerPassword",
    "Gate",
    "GatePlace",
    "GateVersion",
    "Household",
    "HouseholdVersion",
    "Job",
    "JobProgress",
    "Jurisdiction",
    "LeafSum",
    "Lineage",
    "Member",
    "Notice",
    "NoticeRead",
    "OneTimeLink",
    "Organisation",
    "OrganisationGround",
    "OrganisationVersion",
    "ParkingLot",
    "ParkingLotPlace",
    "ParkingLotVersion",
    "ParkingSpace",
    "ParkingSpacePlace",
    "ParkingSpaceVersion",
    "Person",
    "PersonVersion",
    "Plan",
    "PlanAlternative",
    "PlanAlternativeUnit",
    "PlanComment",
    "PlanLock",
    "PlanMove",
    "PlanPlace",
    "PlanProposal",
    "PlanStep",
    "PlanUnit",
    "RecoveryCode",
    "Report",
    "ReportedFigure",
    "RoleAction",
    "RoleGrant",
    "Scheme",
    "SecurityTerm",
    "SignIn",
    "Station",
    "StationPlace",
    "StationVersion",
    "Street",
    "StreetVersion",
    "Succession",
    "Unit",
    "UnitCode",
    "UnitShape",
    "UnitVersion",
    "UrgentTime",
]

"""The words of roles and rights."""

from __future__ import annotations

from gridsvc.domain.permissions import Action, Role

ROLES: dict[str, str] = {
    Role.GRID_LEADER: "Grid leader",
    Role.GRID_WORKER: "Grid worker",
    Role.DATA_CLERK: "Data clerk",
    Role.PLANNER: "Planner",
    Role.APPROVER: "Approver",
    Role.SURVEYOR: "Surveyor",
    Role.INSPECTOR: "Inspector",
    Role.STREET_OFFICE: "Street office",
    Role.PARTY_OFFICE: "Party office",
    Role.PROPERTY_STAFF: "Property staff",
    Role.STATION_STAFF: "Station staff",
    Role.SYSTEM_ADMIN: "System administrator",
    Role.SECURITY_ADMIN: "Security administrator",
    Role.AUDIT_ADMIN: "Audit administrator",
    Role.OPERATOR: "Operator of the machine",
}
"""English templates of roles."""

ACTIONS: dict[str, str] = {
    Action.READ_HOUSEHOLDS: "See household counts",
    Action.READ_FACILITIES: "See parking and fire lanes",
    Action.IMPORT: "Bring in data",
    Action.PIN: "Pin buildings to grids",
    Action.READ_PEOPLE: "See people, private fields masked",
    Action.REVEAL: "See private fields in full",
    Action.CHANGE_PEOPLE: "Change people and households",
    Action.DELETE_PEOPLE: "Delete for good what is held about people",
    Action.APPOINT: "Appoint grid leaders",
    Action.APPOINT_HEADS: "Appoint building heads",
    Action.APPOINT_PARTY: "Give party posts",
    Action.ASSIGN_CONTRACTS: "Assign households to members",
    Action.PROPOSE_CORRECTIONS: "Propose corrections",
    Action.DECIDE_CORRECTIONS: "Decide on corrections",
    Action.SWITCH_TIMES: "Switch between ordinary and urgent times",
    Action.READ_REPORTS: "Read reports",
    Action.FREEZE_REPORTS: "Freeze reports",
    Action.READ_PLANS: "See plans",
    Action.DRAW_PLANS: "Draw plans",
    Action.REVIEW_PLANS: "Review plans",
    Action.PUBLISH_PLANS: "Publish plans",
    Action.SET_UP: "Set the service up",
    Action.MANAGE_ACCOUNTS: "Manage accounts",
    Action.READ_AUDIT: "Read the trail",
}
"""English templates of rights."""

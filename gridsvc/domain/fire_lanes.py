"""Fire lanes: what part of the way of a fire engine something is."""

from __future__ import annotations

from gridsvc.domain.code_tables import Code

FORMS: dict[str, Code] = {
    "through": Code("贯通式", "through lane", frozenset({"贯通", "穿行", "直通", "消防车道", "消防通道", "yes", "through"})),
    "ring": Code("环形", "ring", frozenset({"环形车道", "环形消防车道", "环道", "环路", "ring"})),
    "dead_end": Code("尽头式", "dead end", frozenset({"尽端式", "尽头", "断头", "dead-end"})),
    "access": Code("入口通道", "entrance", frozenset({"入口", "出入口", "消防入口"})),
    "operation_site": Code("登高操作场地", "operation site", frozenset({"登高面", "登高场地", "消防登高操作场地", "扑救场地"})),
    "turning_place": Code("回车场", "turning place", frozenset({"回车场地", "回车道", "调头场", "turning_circle"})),
    "other": Code("其他", "other"),
}
"""Forms that GB 55037-2022 (3.4) and GB 50016-2014 (7.1, 7.2) tell apart; `other` for words that mean none of them."""

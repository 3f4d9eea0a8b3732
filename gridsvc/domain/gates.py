"""Gates of compounds: who may pass."""

from __future__ import annotations

from gridsvc.domain.code_tables import Code

KINDS: dict[str, Code] = {
    "main": Code(
        "人车出入口", "gate for people and vehicles", frozenset({"主出入口", "大门", "正门", "出入口", "门", "gate", "main", "yes"})
    ),
    "vehicle": Code("车行出入口", "vehicle gate", frozenset({"车行门", "车辆出入口", "车行", "车库入口", "lift_gate", "garage"})),
    "pedestrian": Code(
        "人行出入口", "pedestrian gate", frozenset({"人行门", "小门", "侧门", "人行", "wicket_gate", "footway", "kissing_gate"})
    ),
    "emergency": Code("应急出入口", "emergency gate", frozenset({"消防出入口", "消防门", "应急门", "应急", "emergency_exit"})),
    "other": Code("其他", "other"),
}
"""Kinds of gate; `other` for words that mean none of them."""

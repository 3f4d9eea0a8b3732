"""Parking: whose the spaces are, which decides who may allocate them, and on which level they lie."""

from __future__ import annotations

from gridsvc.domain.code_tables import Code

KINDS: dict[str, Code] = {
    "owned": Code("产权车位", "owned", frozenset({"产权", "产权位", "私有", "private"})),
    "air_defence": Code("人防车位", "air-defence", frozenset({"人防", "人防车库"})),
    "shared": Code(
        "业主共有车位", "common to all owners", frozenset({"业主共有", "共有", "公共划线", "地面划线", "新划", "小区车位", "residents"})
    ),
    "street": Code("路内车位", "on the street", frozenset({"路内", "路边", "道路停车位", "street_side", "lane", "on_street"})),
    "public": Code("公共车位", "public", frozenset({"公共", "公共停车场", "社会停车场", "yes", "customers"})),
    "time_shared": Code("错时共享车位", "shared by the hour with a unit", frozenset({"单位错时共享", "错时共享", "错时", "共享"})),
    "temporary": Code("临时车位", "temporary", frozenset({"临时", "时段性", "时段性车位", "限时"})),
    "accessible": Code("无障碍车位", "accessible", frozenset({"无障碍", "残疾人车位", "disabled"})),
    "charging": Code("充电车位", "with charging", frozenset({"充电", "充电桩车位", "新能源车位", "charging_station"})),
    "kept_clear": Code("消防禁停", "kept clear for fire engines", frozenset({"禁停", "消防禁停区", "禁停区"})),
    "other": Code("其他", "other"),
}
"""Kinds by ownership and use (Civil Code art. 275 and 276 and practice); `other` for words that mean none of them."""

LEVELS: dict[str, Code] = {
    "ground": Code("地面", "ground", frozenset({"地上", "露天", "0", "1f", "f1", "surface", "street_side", "一层"})),
    "B1": Code("地下一层", "B1", frozenset({"b1", "-1", "负一层", "负一", "地下", "地库", "地下车库", "underground", "-1层"})),
    "B2": Code("地下二层", "B2", frozenset({"b2", "-2", "负二层", "负二", "-2层"})),
    "B3": Code("地下三层", "B3", frozenset({"b3", "-3", "负三层", "负三", "-3层"})),
    "mechanical": Code("机械车位", "mechanical", frozenset({"机械", "立体", "机械车库", "立体车库", "机械式"})),
    "multi_storey": Code("停车楼", "multi-storey", frozenset({"multi-storey", "停车楼层", "立体停车楼"})),
    "rooftop": Code("屋面", "rooftop", frozenset({"屋顶", "rooftop"})),
}
"""Where a lot or space lies; no key where nobody has said."""

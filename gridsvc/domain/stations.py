"""Stations: what kinds of service points there are, and whose premises they stand in."""

from __future__ import annotations

from gridsvc.domain.code_tables import Code

KINDS: dict[str, Code] = {
    "party_centre": Code("党群服务中心", "service centre", frozenset({"党群中心", "社区党群服务中心", "党群服务站中心"})),
    "compound_station": Code("小区党群服务站", "service station", frozenset({"党群服务站", "党群服务点", "党群驿站", "红色驿站"})),
    "rest_stop": Code("暖心驿站", "rest station", frozenset({"红驿站", "驿站", "户外劳动者驿站", "新就业群体驿站", "爱心驿站"})),
    "practice": Code("文明实践站", "civilisation practice station", frozenset({"新时代文明实践站", "文明实践所", "文明实践点", "实践站"})),
    "property": Code(
        "物业服务站",
        "property service station",
        frozenset({"物业管理服务站", "社区物业服务站", "物业服务与调解站", "物业服务中心", "物业"}),
    ),
    "deliberation": Code("议事厅", "deliberation place", frozenset({"议事点", "小木屋", "协商议事厅", "居民议事厅", "红色议事厅"})),
    "canteen": Code("助老食堂", "canteen for the elderly", frozenset({"长者食堂", "老年食堂", "社区食堂", "助餐点"})),
    "health": Code("卫生服务站", "health station", frozenset({"社区卫生服务站", "卫生站", "健康驿站", "卫生室", "clinic", "doctors"})),
    "care": Code("养老服务站", "care station", frozenset({"日间照料中心", "居家养老服务站", "养老服务中心", "social_facility"})),
    "police": Code("警务室", "police room", frozenset({"社区警务室", "警务站", "police"})),
    "volunteer": Code("志愿服务站", "volunteer station", frozenset({"志愿服务点", "志愿者服务站"})),
    "mediation": Code("调解室", "mediation room", frozenset({"人民调解室", "和事佬调解室"})),
    "service_platform": Code(
        "服务平台", "open-air service platform", frozenset({"露天服务平台", "便民服务点", "community_centre", "townhall"})
    ),
    "other": Code("其他", "other"),
}
"""Kinds of station, as the published accounts name them; `other` for words that mean none of them."""

PREMISES: dict[str, Code] = {
    "public_rooms": Code("公共用房", "public rooms", frozenset({"公共房屋", "公房"})),
    "service_rooms": Code("服务设施用房", "converted service rooms", frozenset({"配套服务设施用房", "服务用房", "设施用房"})),
    "property_rooms": Code("物业用房", "shared property-company rooms", frozenset({"物业办公用房", "物业管理用房"})),
    "community_offices": Code("社区办公用房", "shared community offices", frozenset({"社区用房", "社区办公室"})),
    "other": Code("其他", "other"),
}
"""Where the rooms of a station come from: the four sources of Yuci's account."""

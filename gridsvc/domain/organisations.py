"""Organisations: what kinds there are, how a branch was set up, and which count as branch or group."""

from __future__ import annotations

from gridsvc.domain.code_tables import Code

KINDS: dict[str, Code] = {
    "street_committee": Code("街道党工委", "street party committee", frozenset({"党工委", "镇党委", "乡镇党委"})),
    "community_committee": Code("社区党委", "community party committee", frozenset({"社区党组织", "社区党总支", "村党组织"})),
    "street_joint_committee": Code("街道大工委", "joint committee of the street", frozenset({"大工委", "街道“大工委”"})),
    "community_joint_committee": Code("社区大党委", "joint committee of the community", frozenset({"大党委", "社区“大党委”"})),
    "general_branch": Code("党总支", "general branch", frozenset({"总支", "总支部", "小区党总支"})),
    "compound_branch": Code(
        "小区党支部", "compound branch", frozenset({"党支部", "支部", "网格党支部", "小区(网格)党支部", "小区党组织", "居民党支部"})
    ),
    "functional_branch": Code("功能型党支部", "functional branch", frozenset({"功能型支部", "小区功能型党支部"})),
    "property_branch": Code("物业企业党支部", "property-company branch", frozenset({"物业党支部", "物业公司党支部"})),
    "group": Code("楼栋党小组", "building group", frozenset({"党小组", "楼栋(微网格)党小组", "微网格党小组", "巷党小组", "片党小组"})),
    "industry_committee": Code("行业党委", "industry committee", frozenset({"物业行业党委", "行业党组织"})),
    "owners_committee": Code("业主委员会", "owners' committee", frozenset({"业委会"})),
    "property_committee": Code("物业管理委员会", "property-management committee", frozenset({"物管会"})),
    "residents_group": Code("居民小组", "residents' group"),
    "property_company": Code("物业公司", "property company", frozenset({"物业", "物业企业", "物业服务企业"})),
    "contracting_unit": Code("包抓单位", "contracting unit", frozenset({"包联单位", "包保单位"})),
    "reporting_unit": Code("双报到单位", "reporting unit", frozenset({"报到单位", "共建单位", "驻区单位"})),
    "volunteer_team": Code("志愿服务队", "volunteer team", frozenset({"志愿队", "志愿者服务队", "服务队", "志愿团队"})),
    "activity_team": Code("文体活动队", "activity team", frozenset({"文体队", "活动团队"})),
    "station_team": Code("站点班组", "station's team", frozenset({"服务站班组", "帮办代办队"})),
    "other": Code("其他", "other"),
}
"""Kinds of organisation, as the published accounts name them; `other` for words that mean none of them."""

SET_UPS: dict[str, Code] = {
    "alone": Code("单建", "set up alone", frozenset({"单独组建", "单独建"})),
    "jointly": Code("联建", "set up jointly", frozenset({"联合组建", "联合建", "按网格联建"})),
    "property_station": Code(
        "依托物业服务站", "based on a property-management station", frozenset({"依托物业管理服务站", "依托物业服务站组建", "依托物业"})
    ),
}
"""How a branch was set up."""

BRANCHES = frozenset({"compound_branch", "functional_branch", "property_branch"})
"""What counts as a branch."""

COMMITTEES = frozenset(
    {
        "street_committee",
        "community_committee",
        "street_joint_committee",
        "community_joint_committee",
        "general_branch",
        "industry_committee",
    }
)
"""What stands above branches."""

PARTY = BRANCHES | COMMITTEES | {"group"}
"""Party organisations: their posts belong to the party organisation alone."""

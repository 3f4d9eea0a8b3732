"""Households: how a dwelling is used, exactly one way, apart from who lives there permanently and who needs care."""

from __future__ import annotations

from gridsvc.domain.code_tables import Code

USES: dict[str, Code] = {
    "own": Code("自住", "own use", frozenset({"自有自住", "自用", "户主自住", "自有", "自住房", "业主自住"})),
    "let": Code("出租", "let", frozenset({"租住", "租赁", "出租房", "租户", "转租", "合租", "群租"})),
    "vacant": Code("空置", "vacant", frozenset({"空房", "闲置", "空置房", "未入住", "无人居住", "空户"})),
    "shop": Code("商铺", "shop", frozenset({"商户", "门面", "门市", "门面房", "商用", "经营", "底商", "店铺", "网点"})),
}
"""The four colours of a building; the words are those of ledgers."""

CARE: dict[str, Code] = {
    "elderly": Code("高龄", "elderly", frozenset({"老年人", "老人", "高龄老人", "空巢老人", "空巢"})),
    "alone": Code("独居", "living alone", frozenset({"独居老人", "孤寡", "孤寡老人"})),
    "sick": Code("患病", "sick", frozenset({"重病", "大病", "慢性病", "病患"})),
    "disabled": Code("残疾", "disabled", frozenset({"残疾人", "失能", "半失能"})),
}
"""Who needs care, as Longze's account of 2024 lists them: elderly, solitary, sick or disabled residents."""

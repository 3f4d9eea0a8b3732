"""People and members: kinds of member, their standing, and why one is exempt."""

from __future__ import annotations

from gridsvc.domain.code_tables import Code

MEMBER_KINDS: dict[str, Code] = {
    "in_service": Code("在职党员", "in-service member", frozenset({"在职"})),
    "retired": Code("离退休党员", "retired member", frozenset({"离退休", "退休党员", "退休"})),
    "floating": Code("流动党员", "floating member", frozenset({"流动"})),
    "resident": Code("无职党员", "member without office", frozenset({"无职", "无职(居民)", "居民党员"})),
    "bluebird": Code("青鸟党员", "returning young member", frozenset({"青鸟", "“青鸟”党员"})),
    "other": Code("其他", "other"),
}
"""Kinds of member (四类党员 has no published definition: a table to be changed)."""

STANDINGS: dict[str, Code] = {
    "full": Code("正式党员", "full member", frozenset({"正式", "是"})),
    "probationary": Code("预备党员", "probationary member", frozenset({"预备", "否"})),
}
"""Whether a member is a full one."""

EXEMPTIONS: dict[str, Code] = {
    "age70": Code("年满70周岁", "70 or older", frozenset({"70岁以上", "高龄", "年满70岁"})),
    "frail": Code("年老体弱", "frail", frozenset({"体弱", "病残", "患病"})),
    "away": Code("长期外出", "away for long", frozenset({"外出", "流动外出"})),
}
"""Why no household is contracted to a member, as the district of 宁海 wrote in 2020."""

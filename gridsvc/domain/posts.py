"""Posts that people hold, besides the tiers of a scheme: what each carries, who gives it, and where secretaries come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gridsvc.domain.code_tables import Code, key_of
from gridsvc.domain.permissions import Action, Role
from gridsvc.domain.schemes import Scheme, Tier

HEADS, PARTY = Action.APPOINT_HEADS, Action.APPOINT_PARTY


@dataclass(frozen=True, slots=True)
class Post(Code):
    """A row of the table of posts, or a tier of a scheme."""

    role: Role | None = None
    """What its holder may do at its ground, while it is held."""
    action: Action = HEADS
    """The right to give it and to end it."""
    at: tuple[str, ...] = ()
    """Where it hangs: keys of levels, or building, street, household; () where the table does not say."""
    holders_min: int = 0
    holders_max: int | None = None


POSTS: dict[str, Post] = {
    "secretary": Post("党支部书记", "branch secretary", frozenset({"书记", "支部书记", "小区党支部书记"}), Role.GRID_LEADER, PARTY),
    "deputy_secretary": Post("党支部副书记", "deputy secretary", frozenset({"副书记", "支部副书记"}), None, PARTY),
    "committee_member": Post("支部委员", "committee member", frozenset({"委员", "组织委员", "宣传委员", "纪检委员", "支委"}), None, PARTY),
    "group_head": Post("党小组长", "group head", frozenset({"党小组组长", "小组长"}), None, PARTY),
    "secretary_assistant": Post("书记助理", "secretary's assistant", frozenset({"支部书记助理"}), None, PARTY),
    "member_home": Post("党员中心户", "member's home as hub", frozenset({"中心户"}), None, PARTY, ("household",)),
    "linking_member": Post("联户党员", "household-linking member", frozenset({"党员联户", "党员干部联户"}), None, PARTY),
    "full_time_worker": Post("专职网格员", "full-time grid worker", frozenset({"专职微网格员"}), Role.GRID_WORKER, Action.APPOINT),
    "part_time_worker": Post("兼职网格员", "part-time grid worker", frozenset({"兼职微网格员"}), Role.GRID_WORKER),
    "building_head": Post("楼长", "building head", frozenset({"楼栋长", "楼组长"}), Role.GRID_WORKER, HEADS, ("building",)),
    "entrance_head": Post("单元长", "entrance head", frozenset({"单元楼长"}), None, HEADS, ("building",)),
    "lane_head": Post("巷长", "lane head", frozenset({"里弄长"}), Role.GRID_WORKER),
    "patch_head": Post("片长", "patch head", frozenset({"片区长"}), Role.GRID_WORKER),
    "street_head": Post("街长", "street head", frozenset({"路长"}), None, Action.APPOINT, ("street",)),
    "volunteer": Post("志愿者", "volunteer", frozenset({"志愿服务者"})),
    "station_staff": Post("站点工作人员", "station staff", frozenset({"站点值班人员", "帮办代办员"}), Role.STATION_STAFF),
    "red_housekeeper": Post("红管家", "red housekeeper"),
    "property_housekeeper": Post("物管家", "property housekeeper"),
    "peacemaker": Post("和事佬", "peacemaker", frozenset({"调解员"})),
    "contracting_head": Post("包抓负责人", "head of a contracting unit", frozenset({"包抓单位负责人"}), None, Action.APPOINT),
    "unit_head": Post("单位负责人", "head of a unit"),
    "joint_member": Post("兼职委员", "member of a joint committee", frozenset({"大党委委员", "大工委委员"}), None, PARTY),
    "owners_head": Post("业委会主任", "chair of the owners' committee", frozenset({"业主委员会主任", "物管会主任"})),
    "owners_member": Post("业委会委员", "member of the owners' committee", frozenset({"业主委员会委员", "物管会委员"})),
    "residents_head": Post("居民小组长", "head of a residents' group"),
    "property_manager": Post(
        "物业经理", "property manager", frozenset({"物业项目经理", "物业负责人"}), Role.PROPERTY_STAFF, Action.APPOINT
    ),
    "service_policy": Post("政策宣传岗", "service post: policies explained"),
    "service_wishes": Post("民情收集岗", "service post: wishes collected"),
    "service_peace": Post("矛盾调解岗", "service post: disputes settled"),
    "service_tidiness": Post("环境卫生岗", "service post: tidiness"),
    "service_patrol": Post("治安巡逻岗", "service post: patrols"),
    "service_help": Post("帮扶助困岗", "service post: help for the weak"),
    "service_manners": Post("文明劝导岗", "service post: good manners"),
}
"""Posts that every place may give; a scheme adds its tiers, which go before them."""

SERVICE = frozenset(key for key in POSTS if key.startswith("service_"))
"""Posts that members take where they live (认领岗位); the accounts count seven kinds and do not name them."""

ORIGINS: dict[str, Code] = {
    "retired": Code(
        "离退休党员", "retired member of organs and enterprises", frozenset({"机关企事业单位离退休党员", "离退休", "退休党员"})
    ),
    "veteran": Code("退役军人", "veteran", frozenset({"退伍军人", "复转军人"})),
    "cadre": Code("社区两委成员", "cadre of the community's two committees", frozenset({"两委成员", "两委干部", "社区两委干部"})),
    "resident": Code("居民党员", "resident member", frozenset({"小区居民党员", "居住地党员"})),
}
"""Where a secretary comes from: the four sources of Yuci's account."""

ROSTERS: dict[str, Code] = {
    "ordinary": Code("平时", "ordinary times", frozenset({"平常", "常态"})),
    "urgent": Code("急时", "urgent times", frozenset({"应急", "战时"})),
}
"""The roster on which a post stands."""


def posts_of(scheme: Scheme) -> dict[str, Post]:
    """Return the posts of a place by key: the tiers of its scheme from the top down, then those that every place may give."""
    tiers = {tier.key: _post(tier) for tier in scheme.tiers}
    names = {post.name_zh for post in tiers.values()}
    return tiers | {key: post for key, post in POSTS.items() if key not in tiers and post.name_zh not in names}


def post_key(posts: dict[str, Post], word: str | None) -> str | None:
    """Return the key of what a file calls `word`; what a tier is called wins over the other words of a post."""
    named = (key for key, post in posts.items() if word in (key, post.name_zh))
    return next(named, None) or key_of(posts, word)


def tiers_needed(scheme: Scheme) -> list[dict[str, Any]]:
    """Return the tiers of which a place needs somebody, as post_places() in sql/77_counted.sql takes them."""
    numbers = {level.key: level.number for level in scheme.levels}
    return [
        {
            "post": tier.key,
            "levels": [numbers[key] for key in tier.at if key in numbers],
            "at_buildings": "building" in tier.at,
            "needed": tier.holders_min,
        }
        for tier in scheme.tiers
        if tier.holders_min and tier.at != ("household",)
    ]


def _post(tier: Tier) -> Post:
    """Return a tier as a post: a leader whom the street appoints, else a worker or head whom the community gives itself."""
    known = POSTS.get(tier.key)
    works = "building" in tier.at or tier.key.endswith("worker")
    role = None if tier.at == ("household",) else Role.GRID_WORKER if works else Role.GRID_LEADER
    if known is not None:
        role = known.role
    return Post(
        tier.name_zh,
        tier.name_en,
        known.words if known else frozenset(),
        role,
        known.action if known else Action.APPOINT if role == Role.GRID_LEADER else HEADS,
        tier.at,
        tier.holders_min,
        tier.holders_max,
    )

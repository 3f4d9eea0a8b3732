"""Organisations, people and appointments as files: private values masked, unless somebody asks for all of them with a reason."""

from __future__ import annotations

from gridsvc.database.queries.export_columns import ID, NAME, REF, Column, Export, Words, named, versions
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.domain import organisations, people, posts
from gridsvc.domain.masking import MASKS
from gridsvc.domain.permissions import Action
from gridsvc.sealing import unseal


def _post(place: JurisdictionRow, key: str) -> str:
    found = posts.posts_of(place.scheme)
    return found[key].name_zh if key in found else key


def _ground(noun: str, called: str) -> str:
    """Return the places of a noun that an organisation is attached to, the one that leads first."""
    return f"""(SELECT string_agg({called}, '、' ORDER BY g.leads DESC, {called})
    FROM organisation_ground g JOIN {noun} o ON o.id = g.{noun}_id JOIN {noun}_version x ON x.{noun}_id = o.id AND {{holds:x}}
    WHERE g.organisation_id = n.id AND {{holds:g}})"""


_NUMBERED = "CASE WHEN o.source_ref NOT LIKE '#%' THEN o.source_ref ELSE x.name END"
_STANDING = "CASE WHEN m.full THEN 'full' WHEN NOT m.full THEN 'probationary' END"
_DEPUTY: Words = lambda _, is_deputy: "是" if is_deputy else "否"  # noqa: E731  # a row of the table below

OF_PEOPLE: dict[str, Export] = {
    "organisations": Export(
        "组织",
        {
            "id": ID,
            "ref": REF,
            "name": NAME,
            "kind": Column("组织类别", "v.kind", named(organisations.KINDS)),
            "parent": Column("上级组织编号", "(SELECT p.source_ref FROM organisation p WHERE p.id = v.parent_id)"),
            "set_up": Column("组建方式", "v.set_up", named(organisations.SET_UPS)),
            "units": Column("网格编码", _ground("unit", "coalesce(x.code, x.name)")),
            "compounds": Column("小区", _ground("compound", _NUMBERED)),
            "buildings": Column("楼栋编号", _ground("building", "o.source_ref")),
            "streets": Column("道路", _ground("street", _NUMBERED)),
            "phone": Column("办公电话", "v.phone"),
            "contract_from": Column("合同开始日期", "v.contract_from::text"),
            "contract_until": Column("合同结束日期", "v.contract_until::text"),
            "score": Column("考评得分", "v.score"),
            "note": Column("备注", "v.note"),
        },
        versions("organisation"),
        """EXISTS (SELECT FROM unnest(organisation_paths(n.id)) AS stands WHERE stands <@ cast(:path AS ltree))""",
        geometry="NULL::bytea",
    ),
    "people": Export(
        "人员",
        {
            "id": ID,
            "ref": REF,
            "name": Column("姓名", "v.name", masked=MASKS["name"]),
            "phone": Column("手机号码", "v.phone_sealed", opened=unseal, masked=MASKS["phone"]),
            "id_number": Column("身份证号", "v.id_number_sealed", opened=unseal, masked=MASKS["id_number"]),
            "born_on": Column("出生日期", "v.born_on::text", masked=MASKS["born_on"]),
            "home": Column("家庭住址", "v.home_text", masked=MASKS["address"]),
            "building": Column("居住楼栋编号", "b.source_ref"),
            "kind": Column("党员类别", "m.kind", named(people.MEMBER_KINDS)),
            "full": Column("党员身份", _STANDING, named(people.STANDINGS)),
            "branch": Column("组织关系所在支部编号", "o.source_ref"),
            "reporting_branch": Column("报到支部编号", "r.source_ref"),
            "unit": Column("报到单位编号", "u.source_ref"),
            "exemption": Column("免包联原因", "m.exemption", named(people.EXEMPTIONS)),
            "max_households": Column("最多包联户数", "m.max_households"),
        },
        versions(
            "person",
            "LEFT JOIN building b ON b.id = v.home_building_id",
            "LEFT JOIN member m ON m.person_id = n.id AND {holds:m}",
            "LEFT JOIN organisation o ON o.id = m.branch_id",
            "LEFT JOIN organisation r ON r.id = m.reporting_branch_id",
            "LEFT JOIN organisation u ON u.id = m.unit_id",
        ),
        "n.paths <@ cast(:path AS ltree)",
        action=Action.READ_PEOPLE,
        geometry="NULL::bytea",
        clear="n.paths <@ ANY ((SELECT scopes('people.reveal'))::ltree[])",
    ),
    "appointments": Export(
        "任职",
        {
            "id": ID,
            "person": Column("人员编号", "p.source_ref"),
            "name": Column("姓名", "v.name", masked=MASKS["name"]),
            "post": Column("职务", "n.post", _post),
            "unit": Column("网格编码", "coalesce(x.code, x.name)"),
            "building": Column("楼栋编号", "b.source_ref"),
            "street": Column("道路", "s.source_ref"),
            "household": Column("住户编号", "h.source_ref"),
            "organisation": Column("组织编号", "o.source_ref"),
            "deputy": Column("是否副职", "n.deputy", _DEPUTY),
            "roster": Column("平急", "n.roster", named(posts.ROSTERS)),
            "origin": Column("书记来源", "n.origin", named(posts.ORIGINS)),
            "duty_phone": Column("值班电话", "n.duty_phone"),
            "ends_on": Column("任期至", "n.ends_on::text"),
            "reason": Column("任免原因", "n.reason"),
        },
        "appointment n JOIN person p ON p.id = n.person_id AND {holds:n} AND n.state = 'held' "
        "JOIN person_version v ON v.person_id = p.id AND {holds:v} LEFT JOIN unit_version x ON x.unit_id = n.unit_id AND {holds:x} "
        "LEFT JOIN building b ON b.id = n.building_id LEFT JOIN street s ON s.id = n.street_id "
        "LEFT JOIN household h ON h.id = n.household_id LEFT JOIN organisation o ON o.id = n.organisation_id",
        "n.paths <@ cast(:path AS ltree)",
        source="NULL",
        number="NULL",
        action=Action.READ_PEOPLE,
        geometry="NULL::bytea",
        clear="n.paths <@ ANY ((SELECT scopes('people.reveal'))::ltree[])",
    ),
}
"""Beside the things that have a shape."""

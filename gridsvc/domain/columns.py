"""Which column of a file holds what: guessed from its header, in the words offices use, and correctable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache

from gridsvc.errors import Invalid

_FULL_WIDTH = {0xFF01 + at: 0x21 + at for at in range(94)} | {0x3000: " "}
"""What a Chinese keyboard writes twice as wide; other characters that merely look alike, such as ①, stay."""

_NAME = ("name", "名称", "title")
_REF = ("ref", "id", "osm_id", "编号", "标识")

HEADERS: dict[str, dict[str, tuple[str, ...]]] = {
    "units": {
        "code": ("code", "编码", "网格编码", "代码", "区划代码", "grid_code", "geoid", "geoid20"),
        "name": ("网格名称", "单元名称", *_NAME),
        "level": ("level", "层级", "级别"),
        "parent": ("parent", "parent_code", "上级编码", "上级", "上级名称"),
        "kind": ("kind", "类型", "网格类型"),
    },
    "area_codes": {"code": ("code", "区划代码", "统计用区划代码", "编码", "代码"), "name": _NAME},
    "aliases": {
        "spelling": ("spelling", "写法", "别名", "台账写法", "alias"),
        "compound": ("compound", "小区", "小区名称", "所属小区"),
        "building": ("building", "楼栋", "楼号", "楼栋名称"),
    },
    "compounds": {"ref": (*_REF, "小区编号"), "name": ("小区名称", "小区", *_NAME)},
    "buildings": {
        "ref": (*_REF, "楼栋编号", "楼栋编码"),
        "name": ("楼栋", "楼号", "楼栋名称", "门牌号", *_NAME, "housenumber", "addr_housenumber", "addr:housenumber"),
        "use": ("use", "用途", "building", "类型", "kind"),
        "floors": ("floors", "层数", "楼层数", "building_levels", "building:levels", "levels", "floor"),
        "height_m": ("height_m", "高度", "height"),
        "households": ("households", "户数", "总户数"),
        "shops": ("shops", "商户", "商户数"),
        "compound": ("compound", "小区", "所属小区"),
    },
    "streets": {
        "ref": _REF,
        "name": ("道路名称", "路名", *_NAME),
        "street_class": ("street_class", "class", "等级", "道路等级", "highway", "fclass", "type", "kind_detail"),
    },
    "barriers": {
        "ref": _REF,
        "name": _NAME,
        "kind": ("kind", "类型", "类别", "waterway", "railway", "barrier", "natural", "water", "fclass", "type"),
    },
    "ledger": {
        "compound": ("小区", "小区名称", "所属小区", "住宅小区", "院落", "小区(院落)", "compound"),
        "buildings": ("楼栋", "楼号", "楼栋号", "楼栋范围", "楼栋名称", "包含楼栋", "覆盖楼栋", "管辖楼栋", "所辖楼栋", "buildings"),
        "sides": ("四至", "四至范围", "网格四至", "四至边界", "边界", "bounds"),
        "code": ("网格编码", "编码", "网格编号", "代码", "code"),
        "households": ("户数", "总户数", "住户数", "households"),
    },
    "stations": {
        "ref": (*_REF, "站点编号", "驿站编号"),
        "name": ("站点名称", "驿站名称", "服务站名称", "阵地名称", *_NAME),
        "kind": ("kind", "站点类型", "类型", "类别", "amenity"),
        "hours": ("hours", "开放时间", "服务时间", "营业时间", "工作时间", "opening_hours"),
        "phone": ("phone", "值班电话", "联系电话", "电话", "服务电话", "contact:phone"),
        "address": ("address", "地址", "站点地址", "详细地址", "addr:full"),
        "floor_area_m2": ("floor_area_m2", "建筑面积", "面积", "面积(平方米)", "面积m2", "使用面积"),
        "premises": ("premises", "用房来源", "房屋来源", "用房类型", "场所来源"),
        "services": ("services", "服务事项", "服务内容", "服务项目"),
    },
    "gates": {
        "ref": (*_REF, "出入口编号", "大门编号"),
        "name": ("出入口名称", "大门名称", *_NAME),
        "kind": ("kind", "出入口类型", "类型", "类别", "barrier", "entrance"),
    },
    "parking_lots": {
        "ref": (*_REF, "停车场编号", "车场编号"),
        "name": ("停车场名称", "停车场", "车场名称", *_NAME),
        "kind": ("kind", "车位性质", "停车场类型", "类型", "性质", "access"),
        "level": ("level", "层", "楼层", "所在层", "位置", "parking"),
        "capacity": ("capacity", "车位数", "泊位数", "车位数量", "总车位"),
    },
    "parking_spaces": {
        "ref": (*_REF, "泊位编码", "车位编码"),
        "number": ("number", "车位号", "泊位号", "车位编号", *_NAME),
        "kind": ("kind", "车位性质", "车位类型", "类型", "性质", "access"),
        "level": ("level", "层", "楼层", "所在层", "位置", "parking"),
        "lot": ("lot", "停车场", "所属停车场", "停车场编号", "车库"),
    },
    "fire_lanes": {
        "ref": (*_REF, "消防通道编号", "通道编号"),
        "name": ("消防通道名称", "通道名称", "消防车道名称", *_NAME),
        "form": ("form", "形式", "通道形式", "类型", "类别"),
        "clear_width_m": ("clear_width_m", "净宽", "净宽度", "宽度", "width", "净宽(米)"),
        "clear_height_m": ("clear_height_m", "净高", "净高度", "限高", "maxheight", "净高(米)"),
    },
    "organisations": {
        "ref": ("ref", "id", "组织编号", "编号", "标识"),
        "name": ("组织名称", "单位名称", *_NAME),
        "kind": ("kind", "组织类别", "组织类型", "类别", "类型"),
        "parent": ("parent", "上级组织编号", "上级组织", "上级"),
        "set_up": ("set_up", "组建方式", "设置方式"),
        "units": ("units", "网格编码", "所属网格", "网格"),
        "compounds": ("compounds", "小区", "所属小区", "小区名称"),
        "buildings": ("buildings", "楼栋编号", "楼栋"),
        "streets": ("streets", "道路", "道路名称"),
        "phone": ("phone", "办公电话", "联系电话", "电话"),
        "contract_from": ("contract_from", "合同开始日期", "合同起"),
        "contract_until": ("contract_until", "合同结束日期", "合同止"),
        "score": ("score", "考评得分", "量化评分", "得分"),
        "note": ("note", "备注", "说明"),
    },
    "people": {
        "ref": ("ref", "id", "人员编号", "编号", "标识", "工号"),
        "name": ("姓名", "name", "党员姓名", "名称"),
        "phone": ("phone", "手机号码", "手机号", "手机", "联系电话", "联系方式", "电话"),
        "id_number": ("id_number", "身份证号", "身份证号码", "公民身份号码", "证件号码"),
        "born_on": ("born_on", "出生日期", "出生年月", "生日"),
        "home": ("home", "家庭住址", "居住地址", "住址", "现居住地", "地址"),
        "building": ("building", "居住楼栋编号", "楼栋编号"),
        "kind": ("kind", "党员类别", "党员类型", "人员类别", "类别"),
        "full": ("full", "党员身份", "正式或预备", "是否正式党员"),
        "branch": ("branch", "组织关系所在支部编号", "组织关系所在支部", "组织关系", "所在党支部", "所在支部"),
        "reporting_branch": ("reporting_branch", "报到支部编号", "报到支部", "报到党支部", "报到社区党组织"),
        "unit": ("unit", "报到单位编号", "报到单位", "工作单位", "单位"),
        "exemption": ("exemption", "免包联原因", "免包联", "豁免原因"),
        "max_households": ("max_households", "最多包联户数", "包联户数上限"),
    },
    "appointments": {
        "person": ("person", "人员编号", "任职人编号", "姓名"),
        "post": ("post", "职务", "岗位", "任职岗位"),
        "unit": ("unit", "网格编码", "所属网格", "网格"),
        "building": ("building", "楼栋编号", "楼栋"),
        "street": ("street", "道路", "道路名称"),
        "household": ("household", "住户编号"),
        "organisation": ("organisation", "组织编号", "所在组织", "组织名称"),
        "deputy": ("deputy", "是否副职", "副职"),
        "roster": ("roster", "平急", "名册"),
        "origin": ("origin", "书记来源", "人员来源"),
        "duty_phone": ("duty_phone", "值班电话", "岗位电话"),
        "ends_on": ("ends_on", "任期至", "任期结束", "任期届满"),
        "reason": ("reason", "任免原因", "事由", "备注"),
    },
    "households": {
        "ref": ("ref", "住户编号", "户编号", "房屋编号", "编号"),
        "compound": ("compound", "小区", "小区名称", "所属小区"),
        "building": ("building", "楼栋编号", "楼栋", "楼号", "楼栋号", "楼栋名称", "幢号"),
        "entrance": ("entrance", "单元", "单元号"),
        "room": ("room", "室号", "房号", "房间号", "房间", "户号", "门牌号", "室"),
        "address": ("address", "地址", "住址", "详细地址", "房屋地址", "居住地址", "家庭住址"),
        "use": ("use", "房屋用途", "使用情况", "房屋状态", "房屋使用情况", "居住类型", "房屋性质", "用途"),
        "resident": ("resident", "是否常住", "常住"),
        "persons": ("persons", "居住人数", "人口数", "家庭人口", "人数", "常住人口"),
        "care": ("care", "关爱类别", "关爱对象", "特殊人群", "重点关爱"),
        "away": ("away", "长期外出", "是否外出", "外出"),
    },
    "contracts": {
        "person": ("person", "人员编号", "党员编号", "党员", "姓名"),
        "household": ("household", "住户编号", "户编号", "房屋编号"),
        "address": ("address", "地址", "住址", "包联户地址", "详细地址"),
        "reason": ("reason", "说明", "备注", "事由"),
    },
    "figures": {
        "key": ("key", "指标", "指标编码"),
        "value": ("value", "数值", "数量"),
        "qualifier": ("qualifier", "限定", "限定词", "精度"),
        "measure": ("measure", "计量单位", "单位"),
        "counts_zh": ("counts_zh", "口径", "统计口径", "指标名称", *_NAME),
        "counts_en": ("counts_en", "口径(英文)"),
        "period": ("period", "时期", "统计时期"),
        "account": ("account", "来源", "出处", "source"),
        "published_on": ("published_on", "发布日期", "来源日期", "日期"),
        "unit_codes": ("unit_codes", "所属编码", "网格编码", "编码"),
        "claim": ("claim", "勾稽", "勾稽关系", "核对"),
        "note_zh": ("note_zh", "备注", "说明"),
        "note_en": ("note_en", "备注(英文)"),
    },
}
"""For each noun its fields, and for each field the headers that mean it, the likeliest first."""


def match_columns(noun: str, headers: Iterable[str], chosen: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return field -> header; `chosen` wins over the guess, and an empty header there leaves the field out.

    Raises Invalid for a field that the noun does not have and a header that the file does not have.
    """
    given = list(headers)
    plain = {_bare(header): header for header in reversed(given)} | {_plain(header): header for header in reversed(given)}
    found = {field: next((plain[word] for word in map(_plain, words) if word in plain), None) for field, words in HEADERS[noun].items()}
    for field, header in (chosen or {}).items():
        if field not in found:
            raise Invalid("{noun} have no field {field!r}; the fields are {fields}.", noun=noun, field=field, fields=", ".join(found))
        if header and header not in given:
            near = get_close_matches(header, given, 3) or given
            raise Invalid("The file has no column {header!r}; it has {columns}.", header=header, columns=", ".join(near))
        found[field] = header or None
    return {field: header for field, header in found.items() if header}


def text_of(value: object) -> str | None:
    """Return a cell as text without spaces around it, full-width letters, digits and marks as plain ones; None for an empty one.

    A whole number that came as 3.0 is 3.
    """
    if value is None or value != value:  # noqa: PLR0124  # not a number is the one value that differs from itself
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    return (text if text.isascii() else text.translate(_FULL_WIDTH)).strip() or None


def texts_of(values: Iterable[object]) -> list[str | None]:
    """Return `text_of` of each cell of a column, in which the same things are said again and again."""
    known: dict[str, str | None] = {}
    texts: list[str | None] = []
    for value in values:
        if type(value) is int:
            texts.append(str(value))
        elif type(value) is not str:
            texts.append(text_of(value))
        else:
            if value not in known:
                known[value] = text_of(value)
            texts.append(known[value])
    return texts


def number_of(value: object) -> float | None:
    """Return a cell as a number; None where it is empty or says something else (`12 m` is 12)."""
    text = text_of(value)
    return None if text is None else _number(text)


@lru_cache(maxsize=4096)
def _number(text: str) -> float | None:
    if not text.isdecimal():
        text = text.replace(",", "").removesuffix("m").removesuffix("米").removesuffix("层").removesuffix("户").strip()
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e12 else None


def _plain(header: str) -> str:
    """Return a header without what does not tell it from another: blanks, line breaks, capitals, the star of a required column."""
    return "".join(unicodedata.normalize("NFKC", header).split()).strip("*").casefold()


def _bare(header: str) -> str:
    """Return a header without the unit or remark in brackets behind it."""
    return re.sub(r"(?<=.)\([^()]*\)$", "", _plain(header))

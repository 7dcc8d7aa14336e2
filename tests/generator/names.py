"""Invented places and bodies, and the codes that identify them.

Region codes begin with 99, which the national table of regions does not give out; hosts end in
``.example``, which the name system reserves.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

FIRST = {
    "霁": "ji",
    "漪": "yi",
    "翊": "yi",
    "珩": "heng",
    "璟": "jing",
    "岫": "xiu",
    "澹": "dan",
    "颢": "hao",
}
SECOND = {
    "川": "chuan",
    "原": "yuan",
    "坪": "ping",
    "溪": "xi",
    "泽": "ze",
    "渡": "du",
    "麓": "lu",
    "浦": "pu",
}
TOWN_KINDS = {"镇": "镇", "乡": "乡"}
DEPARTMENTS = {
    "民政局": "minzheng",
    "财政局": "caizheng",
    "教育局": "jiaoyu",
    "水务局": "shuiwu",
    "审计局": "shenji",
    "统计局": "tongji",
    "商务局": "shangwu",
    "自然资源局": "ziran",
    "交通运输局": "jiaotong",
    "农业农村局": "nongye",
    "应急管理局": "yingji",
    "医疗保障局": "yibao",
    "文化和旅游局": "wenlv",
    "住房和城乡建设局": "zhujian",
    "市场监督管理局": "shichang",
    "卫生健康委员会": "weijian",
    "人力资源和社会保障局": "renshe",
}
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 signs of a social credit code (GB 32100): I, O, S, V and Z are left out."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body that reports: what the registry would know of it."""

    unit_id: str
    name: str
    short: str
    level: str
    kind: str
    region_code: str
    credit_code: str
    host: str


def make_body(rng: Random, level: str = "town", kind: str = "government") -> Body:
    """Invent a body of a level (town, county, city) and kind (department, government)."""
    county, county_letters = _place(rng)
    letters, region = county_letters, f"99{rng.randint(1, 89):02d}{rng.randint(21, 89):02d}"
    area = county + ("市" if level == "city" else rng.choice("县区"))
    if level == "city":
        region = region[:4] + "00"
    if level == "town":
        town, letters = _place(rng, other_than=county)
        short = town + rng.choice(tuple(TOWN_KINDS))
        name = f"{area}{short}人民政府"
    elif kind == "government":
        name, short = f"{area}人民政府", area
    else:
        short = rng.choice([*DEPARTMENTS, "人民政府办公室"])
        name = area + short
        letters = f"{county_letters}-{DEPARTMENTS.get(short, 'office')}"
        if short not in DEPARTMENTS:
            short = name
    return Body(
        unit_id=f"{letters}-{rng.randint(100, 999)}",
        name=name,
        short=short,
        level=level,
        kind=kind,
        region_code=region,
        credit_code=make_credit_code(rng, region),
        host=f"www.{county_letters}.gov.example",
    )


def _place(rng: Random, other_than: str = "") -> tuple[str, str]:
    while True:
        first, second = rng.choice(tuple(FIRST)), rng.choice(tuple(SECOND))
        if first + second != other_than:
            return first + second, FIRST[first] + SECOND[second]


def make_credit_code(rng: Random, region: str) -> str:
    """A social credit code of a public body (11 + region + organisation code) with right check signs."""
    body = "".join(rng.choice("0123456789") for _ in range(8))
    return finish_credit_code("11" + region + body + organisation_check(body))


def organisation_check(body: str) -> str:
    """The ninth sign of an organisation code (GB 11714)."""
    rest = (
        11
        - sum(int(sign) * weight for sign, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    )
    return {10: "X", 11: "0"}.get(rest, str(rest))


def finish_credit_code(body: str) -> str:
    """Append the eighteenth sign (GB 32100) to the first seventeen."""
    weighted = sum(ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + ALPHABET[-weighted % 31]


def credit_code_is_valid(code: str) -> bool:
    """Whether both check signs of a social credit code are right."""
    return (
        len(code) == 18
        and organisation_check(code[8:16]) == code[16]
        and finish_credit_code(code[:17]) == code
    )

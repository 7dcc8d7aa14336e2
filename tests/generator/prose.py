"""The prose of an invented report: parts one, five and six, with claims that agree with the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from expectations.forms import editions, load_form
from tests.generator import sentences
from tests.generator.names import Body

Cells = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Statement:
    """A number that the prose states: what it counts, how much, and in which part."""

    kind: str
    value: Decimal
    part: int = 1


@dataclass(frozen=True, slots=True)
class Prose:
    """The paragraphs of parts one, five and six, what stands before them, and what they state."""

    opening: str
    parts: Mapping[int, tuple[str, ...]]
    statements: tuple[Statement, ...]


def count(cells: Cells, cell: str) -> int:
    """A count cell as a whole number; a blank or absent one as 0."""
    return int(cells.get(cell) or 0)


def make_prose(rng: Random, body: Body, year: int, cells: Cells) -> Prose:
    """Write the prose of a report whose figures are given."""
    said: list[Statement] = []
    paragraphs = [
        "（一）主动公开情况。" + _disclosure(rng, year, cells, said),
        "（二）依申请公开情况。" + _applications(rng, year, cells, said) + _proceedings(rng, cells, said),
        "（三）政府信息管理情况。" + "".join(rng.sample(sentences.MANAGEMENT, 2)),
        "（四）政府信息公开平台建设情况。" + "".join(rng.sample(sentences.PLATFORM, 2)),
        "（五）监督保障情况。" + "".join(rng.sample(sentences.SUPERVISION, 2)),
    ]
    if body.kind == "government":
        paragraphs[-1] += rng.choice(sentences.REVIEW)
    problems, remedies = rng.sample(sentences.PROBLEMS, 3), rng.sample(sentences.REMEDIES, 3)
    five = (
        f"{year}年，{body.short}政府信息公开工作虽有进展，但仍存在以下问题：" + _listed(problems),
        rng.choice(
            (
                "下一步，将重点抓好以下工作：",
                "针对上述问题，将采取以下改进措施：",
                f"{year + 1}年，将从三个方面加以改进：",
            )
        )
        + _listed(remedies),
    )
    six = ["（一）收取信息处理费情况。" + rng.choice(sentences.FEES)]
    if rng.random() < 0.7:
        six.append("（二）年度政务公开工作要点落实情况。" + rng.choice(sentences.AGENDA).format(year=year))
    return Prose(
        opening=_opening(rng, body, year),
        parts={1: tuple(paragraphs), 5: five, 6: tuple(six)},
        statements=tuple(said),
    )


def _opening(rng: Random, body: Body, year: int) -> str:
    # The notice cited is that of the year, whatever form is then used.
    notice = next(load_form(e).document_number for e in reversed(editions()) if load_form(e).due_in(year))
    text = rng.choice(sentences.OPENINGS).format(name=body.name, year=year, notice=notice)
    if body.kind == "government" and body.level != "town":
        text += "报告数据范围包括本级人民政府办公室、所属各部门和下级人民政府。"
    return text


def _listed(items: list[str]) -> str:
    return "".join(f"{number}是{item}" for number, item in zip("一二三四五", items, strict=False))[:-1] + "。"


def _disclosure(rng: Random, year: int, cells: Cells, said: list[Statement]) -> str:
    website, media, boards = rng.randint(60, 1900), rng.randint(20, 900), rng.randint(5, 120)
    whole = website + media + boards
    said.append(Statement("disclosed_items", Decimal(whole)))
    text = rng.choice(sentences.DISCLOSURE).format(
        year=year, whole=whole, website=website, media=media, boards=boards
    )
    if "t2.normative_documents.issued" in cells and cells["t2.normative_documents.issued"] is not None:
        issued, repealed, valid = (
            count(cells, f"t2.normative_documents.{key}") for key in ("issued", "repealed", "in_force")
        )
        text += rng.choice(sentences.DOCUMENTS).format(issued=issued, repealed=repealed, valid=valid)
        said += [
            Statement("documents_issued", Decimal(issued)),
            Statement("documents_repealed", Decimal(repealed)),
            Statement("documents_in_force", Decimal(valid)),
        ]
    return text + rng.choice(sentences.EXPLAINING)


def _applications(rng: Random, year: int, cells: Cells, said: list[Statement]) -> str:
    new, carried = count(cells, "t3.new.total"), count(cells, "t3.carried_in.total")
    answered, left = count(cells, "t3.total.total"), count(cells, "t3.carried_out.total")
    said.append(Statement("applications_received", Decimal(new)))
    if new == 0:
        text = rng.choice(sentences.NO_APPLICATIONS).format(year=year)
        if carried:
            text += (
                f"上年结转的{carried}件申请均已依法办理。"
                if not left
                else f"上年结转{carried}件，答复{answered}件。"
            )
        return text
    text = rng.choice(sentences.RECEIVED).format(year=year, new=new) + _channels(rng, new, said)
    if carried:
        text += f"上年结转{carried}件，"
        said.append(Statement("applications_carried_in", Decimal(carried)))
    text += f"本年度办结{answered}件，结转下年度继续办理{left}件。"
    said += [
        Statement("applications_answered", Decimal(answered)),
        Statement("applications_carried_out", Decimal(left)),
    ]
    natural = count(cells, "t3.new.natural_person")
    if rng.random() < 0.5:
        text += f"从申请主体看，自然人{natural}件，法人或其他组织{new - natural}件。"
        said += [
            Statement("applicants_natural", Decimal(natural)),
            Statement("applicants_organisations", Decimal(new - natural)),
        ]
    if answered and rng.random() < 0.4:
        given = count(cells, "t3.granted.total") + count(cells, "t3.partial.total")
        share = (Decimal(given * 100) / answered).quantize(Decimal("0.01"))
        text += f"其中予以公开和部分公开{given}件，占办结总数的{share}%。"
    return text


def _channels(rng: Random, new: int, said: list[Statement]) -> str:
    in_person, post = rng.randint(0, new // 4), rng.randint(0, new // 3)
    split = {"当面提交": in_person, "信函提交": post, "网络提交": new - in_person - post}
    named = "，".join(f"{channel}{amount}件" for channel, amount in split.items() if amount)
    said += [Statement(f"channel:{channel}", Decimal(amount)) for channel, amount in split.items() if amount]
    return f"其中{named}。"


def _proceedings(rng: Random, cells: Cells, said: list[Statement]) -> str:
    reviews = count(cells, "t4.reconsideration.total")
    suits = count(cells, "t4.litigation_direct.total") + count(
        cells, "t4.litigation_after_reconsideration.total"
    )
    said += [Statement("reconsiderations", Decimal(reviews)), Statement("litigations", Decimal(suits))]
    if not reviews and not suits:
        return rng.choice(sentences.NO_PROCEEDINGS)
    return f"因政府信息公开工作被申请行政复议{reviews}件，被提起行政诉讼{suits}件。"

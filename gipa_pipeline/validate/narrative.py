"""The prose against the tables (正文核对): N01, N04 to N08, X01 and X07. At most a warning.

Prose and tables may count different things: an office alone or its whole district, new applications or those
carried in as well. Wherever another reading of the sentence agrees with the table, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from expectations.outcomes import Finding
from gipa_pipeline.extract.prose.wordings import OWN, SCOPE
from gipa_pipeline.model import Claim
from gipa_pipeline.validate.case import Case, Checked
from gipa_pipeline.validate.cells import NO_TABLE
from gipa_pipeline.validate.prose import (
    NUMBERS,
    check_prose,
    meant,
    plain,
    received_as,
    said,
    sentences,
    told,
)
from gipa_pipeline.validate.prose import RULES as PROSE_RULES
from gipa_pipeline.validate.structure import NO_TEXT

_ACTOR = re.compile(
    r"(?:^|[,。;、:)])(?:20\d\d年度?|全年|本年度?|年内|其中|由)*(?P<who>[^,。;:、()\d]{2,16}?(?:办公室|府办|[局委办院镇乡]|街道|政府|中心))"
    r"(?:共|全年|年内|本年度?|累计|依法|总|一共|共计)*(?:收到|新收|受理|接收|接到|办结|答复|制发|印发|出台)"
)
"""The body that a sentence names as the one that received or answered."""
_ALL_PUBLIC = re.compile(
    r"(?:都|均|全部|一律)(?:已|已经|予以|依法|及时|按时|主动|向申请人)*(?:公开|提供)(?!.{0,4}(?:答复|办理))"
)


RULES = ("N01", "N04", "N05", "N06", "N07", "N08", "X01", "X07")


def check_narrative(case: Case) -> Iterator[Checked]:
    """Every rule on what the prose states, those on the prose alone first."""
    if not case.subject.sections:
        for rule in (*RULES, *PROSE_RULES):
            yield Checked(rule, reason=NO_TEXT)
        return
    yield from check_prose(case)
    if case.subject.form is None or not case.subject.values:
        for rule in RULES:
            yield Checked(rule, reason=NO_TABLE)
        return
    empty = _all_zero(case)
    yield empty
    # A report of which no table was filled in is told once, not number by number.
    unfilled = "fail" if empty.findings else None
    for rule, check in _AGAINST_TABLES.items():
        if unfilled and rule in ("N01", "N04", "N06", "N07"):
            yield Checked(rule, said=unfilled)
        else:
            yield check(case)


def own_claims(case: Case, *kinds: str) -> list[Claim]:
    """The claims of some kinds that are about the unit itself and not about other bodies."""
    return [c for c in case.subject.claims if c.kind in kinds and _own(case, c.sentence)]


def _own(case: Case, sentence: str) -> bool:
    """Whether a sentence speaks of the unit alone: no 全市 or 各部门, no other body that did it."""
    text, subject = plain(sentence), case.subject
    if SCOPE.search(text):
        return False
    names = [n for n in (subject.agency, subject.title) if n]
    if subject.unit is not None:
        names += [subject.unit.name, *subject.unit.aliases]
    return not names or all(
        OWN.search(m["who"]) or any(_short_for(m["who"], name) for name in names)
        for m in _ACTOR.finditer(text)
    )


def _short_for(short: str, name: str) -> bool:
    """Whether a name is the other's short form (市府办 for 市人民政府办公室)."""
    rest = iter(plain(name))
    return all(character in rest for character in short)


def _compare(
    case: Case,
    rule: str,
    claims: Iterable[Claim],
    cells: tuple[str, ...],
    what: str,
    accepted: Iterable[Decimal],
    unsure: bool = False,
) -> list[Finding]:
    """A finding when none of the claims agrees with any accepted reading of the table.

    Numbers of several sentences may be parts of the table's; if they are not, it is left open which of
    them was meant. ``unsure`` says that an accepted reading could not be made out, for a cell has no value.
    """
    claims, accepted = list(claims), set(accepted)
    table = case.subject.value(cells[0])
    values = {c.value for c in claims}
    if not claims or table is None or values & (accepted | {table}):
        return []
    if len(values) > 1 and sum(values, Decimal(0)) in accepted | {table}:
        return []
    claim = claims[0]
    return [
        case.finding(
            rule,
            cells,
            expected=table,
            actual=claim.value,
            difference=abs(claim.value - table),
            responsibility="undecided" if unsure or len(values) > 1 else None,
            key=(claim.kind,),
            evidence={"sentence": claim.sentence, "part": claim.part},
            sentence=said(claim.sentence, claim.value),
            what=what,
            table=table,
        )
    ]


def _received(case: Case) -> Checked:
    """N01: received, answered, carried in, carried out."""
    received = [
        c for c in own_claims(case, "applications_received", "applications_received_with_carried") if c.value
    ]
    found: list[Finding] = []
    carried_unknown = case.subject.value(NUMBERS[1]) is None
    if case.subject.value(NUMBERS[0]):
        may_be = {v for c in received for v in _received_as(case, c)}
        found += _compare(case, "N01", received, NUMBERS[:1], "本年新收总计", may_be, unsure=carried_unknown)
    answered = [c for c in own_claims(case, "applications_answered") if c.value]
    accepted = {v for c in answered for v in _answered_as(case, c)}
    found += _compare(case, "N01", answered, (NUMBERS[2],), "办理结果总计", accepted, unsure=carried_unknown)
    for kind, cell, what in (
        ("applications_carried_in", NUMBERS[1], "上年结转总计"),
        ("applications_carried_out", NUMBERS[3], "结转下年度总计"),
    ):
        found += _compare(case, "N01", own_claims(case, kind), (cell,), what, ())
    stated = received or answered
    return Checked("N01", tuple(found), reason=None if stated else "正文没有写明申请件数")


def _received_as(case: Case, claim: Claim) -> set[Decimal]:
    return meant(case) if claim.kind.endswith("_with_carried") else received_as(case, claim.sentence)


def _answered_as(case: Case, claim: Claim) -> set[Decimal]:
    """What 答复 may count besides the total: the year's new ones alone, or without those not answered in substance.

    More than was handled cannot have been answered (答复、办结), though it may be under way (办理).
    """
    new, _, total, carried_out = (case.subject.value(c) for c in NUMBERS)
    accepted = set() if new is None or carried_out is None else {new - carried_out}
    done = re.search(
        rf"(?:办结|答复|回复)[^,。;\d]{{0,14}}{claim.value.normalize():f}件", plain(claim.sentence)
    )
    accepted |= {v for v in meant(case) if total is None or v <= total or not done}
    if total is not None:
        for left in (("other",), ("reject",), ("other", "reject")):
            rows = [r.key for r in case.form.rows if r.key.startswith(left)]
            values = [case.subject.value(f"t3.{row}.total") for row in rows]
            accepted.add(total - sum((v for v in values if v is not None), Decimal(0)))
    return accepted


def _none_received(case: Case) -> Checked:
    """N04: none came, says the prose; or some came, and the table has none."""
    claims = own_claims(case, "applications_received")
    table = case.subject.value("t3.new.total")
    if not claims or table is None:
        return Checked("N04", reason="正文没有写明申请件数" if not claims else "有数据格没有数值")
    if any((c.value > 0) == (table > 0) for c in claims):
        return Checked("N04")
    if any(c.value and c.value in meant(case) for c in claims):
        return Checked("N04")
    claim = claims[0]
    finding = case.finding(
        "N04",
        NUMBERS[:1],
        expected=table,
        actual=claim.value,
        evidence={"sentence": claim.sentence, "part": claim.part},
        sentence=said(claim.sentence, claim.value),
        table=table,
    )
    return Checked("N04", (finding,))


def _disputes(case: Case) -> Checked:
    """N05: reviews and suits."""
    direct, after = "t4.litigation_direct.total", "t4.litigation_after_reconsideration.total"
    found: list[Finding] = []
    known = False
    for kind, cells, what in (
        ("reconsideration_cases", ("t4.reconsideration.total",), "行政复议总计"),
        ("litigation_cases", (direct, after), "行政诉讼两栏总计之和"),
    ):
        claims = own_claims(case, kind)
        values = [case.subject.value(c) for c in cells]
        if not claims or None in values:
            continue
        known = True
        numbers = [v for v in values if v is not None]
        table = sum(numbers, Decimal(0))
        counted = {c.value for c in claims}
        if any(v == table or (v and v in numbers) for v in counted | {sum(counted, Decimal(0))}):
            continue
        claim = claims[0]
        # Prose often counts the year's new cases only: fewer than the table is worth a question, no more.
        fewer = 0 < claim.value < table
        found.append(
            case.finding(
                "N05",
                cells,
                expected=table,
                actual=claim.value,
                severity="info" if fewer else None,
                responsibility="undecided" if len(counted) > 1 else None,
                evidence={"sentence": claim.sentence, "part": claim.part},
                sentence=said(claim.sentence, claim.value),
                what=what,
                table=table,
            )
        )
    return Checked("N05", tuple(found), reason=None if known else "正文没有写明案件数")


def _documents(case: Case) -> Checked:
    """N06: normative documents."""
    if case.form.edition != "2021":
        return Checked("N06", reason="旧格式的指标不同")
    found: list[Finding] = []
    known = False
    for column, what in (
        ("issued", "本年制发件数"),
        ("repealed", "本年废止件数"),
        ("in_force", "现行有效件数"),
    ):
        cell = f"t2.normative_documents.{column}"
        claims = own_claims(case, f"normative_{column}")
        known = known or bool(claims)
        with_regulations = (case.subject.value(cell) or Decimal(0)) + (
            case.subject.value(f"t2.regulations.{column}") or Decimal(0)
        )
        found += _compare(case, "N06", claims, (cell,), what, {with_regulations})
    return Checked("N06", tuple(found), reason=None if known else "正文没有写明规范性文件件数")


def _applicants(case: Case) -> Checked:
    """N07: who applied."""
    columns = [c.key for c in case.form.columns if c.key not in ("natural_person", "total")]
    found: list[Finding] = []
    known = False
    for kind, keys, what in (
        ("applicants_natural", ["natural_person"], "本年新收“自然人”列"),
        ("applicants_organisations", columns, "本年新收法人或其他组织各列之和"),
    ):
        claims = own_claims(case, kind)
        rows = {
            row: [case.subject.value(f"t3.{row}.{k}") for k in keys] for row in ("new", "carried_in", "total")
        }
        if not claims or any(None in values for values in rows.values()):
            continue
        known = True
        new, carried_in, total = (
            sum((v for v in values if v is not None), Decimal(0)) for values in rows.values()
        )
        if any(c.value in (new, new + carried_in, total) for c in claims):
            continue
        claim = claims[0]
        if _of_another_whole(case, claim.sentence):
            continue
        found.append(
            case.finding(
                "N07",
                [f"t3.new.{k}" for k in keys],
                expected=new,
                actual=claim.value,
                difference=abs(claim.value - new),
                responsibility="undecided" if len({c.value for c in claims}) > 1 else None,
                evidence={"sentence": claim.sentence, "part": claim.part},
                sentence=said(claim.sentence, claim.value),
                what=what,
                table=new,
            )
        )
    return Checked("N07", tuple(found), reason=None if known else "正文没有写明申请人构成")


def _of_another_whole(case: Case, sentence: str) -> bool:
    """Whether the applicants of a sentence add up to a number of it that is not the year's applications."""
    kinds = ("applicants_natural", "applicants_organisations")
    both = [c.value for c in case.subject.claims if c.sentence == sentence and c.kind in kinds]
    counts = {Decimal(n) for n in re.findall(r"(?<![\d.])(\d+)[件宗份起]", plain(sentence))}
    whole = sum(both, Decimal(0))
    return len(both) == 2 and whole in counts and whole not in meant(case)


def _wording(case: Case) -> Checked:
    """N08: all was disclosed, says the prose."""
    rows = [r.key for r in case.form.rows]
    granted, partial = (case.subject.value(f"t3.{r}.total") for r in ("granted", "partial"))
    sums = {
        prefix: [case.subject.value(f"t3.{r}.total") for r in rows if r.startswith(prefix)]
        for prefix in ("denied_", "unable_")
    }
    if granted is None or partial is None or any(None in v for v in sums.values()):
        return Checked("N08", reason="有数据格没有数值")
    denied, unable = (sum((v for v in values if v is not None), Decimal(0)) for values in sums.values())
    if granted or not partial + denied + unable:
        return Checked("N08")
    for sentence in sentences(case, 1, 5, 6):
        text = plain(sentence)
        if "申请" in text and _ALL_PUBLIC.search(text) and not SCOPE.search(text):
            cells = ("t3.granted.total", "t3.partial.total")
            numbers = {"partial": partial, "denied": denied, "unable": unable}
            finding = told(case, "N08", cells, sentence, numbers)
            return Checked("N08", (finding,))
    return Checked("N08")


def _fees(case: Case) -> Checked:
    """X01: a fee was not paid in time, and no notice was sent."""
    cell = "t3.other_overdue_fee.total"
    value = case.subject.value(cell)
    notices = own_claims(case, "fee_notices")
    none = [] if any(c.value for c in notices) else notices
    if value is None:
        return Checked("X01", reason="有数据格没有数值" if cell in case.form.cells else "旧格式没有该行")
    if not value or not none:
        return Checked("X01")
    return Checked("X01", (told(case, "X01", (cell,), none[0].sentence, {"value": value}),))


def _all_zero(case: Case) -> Checked:
    """X07: nothing in the tables, and something in the prose."""
    values = [case.subject.value(c) for t in ("t2", "t3") for c in case.form.table_cells(t)]
    if any(values) or None in values:
        return Checked("X07")
    kinds = ("applications_received", "applications_answered", "normative_issued", "normative_in_force")
    stated = [c for c in own_claims(case, *kinds) if c.value]
    if not stated:
        return Checked("X07")
    return Checked("X07", (told(case, "X07", NUMBERS[:1], stated[0].sentence, {}),))


_AGAINST_TABLES: dict[str, Callable[[Case], Checked]] = {
    "N01": _received,
    "N04": _none_received,
    "N05": _disputes,
    "N06": _documents,
    "N07": _applicants,
    "N08": _wording,
    "X01": _fees,
}

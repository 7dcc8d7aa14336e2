"""What prose states, in wordings of many kinds, and what only looks like a statement."""

import pytest

from gipa_pipeline.extract.prose.narrative import KINDS, claims_of
from gipa_pipeline.model import SectionText


def told(text, part=1):
    """Kind and number of each claim, sorted."""
    found = claims_of([SectionText(part, "一、总体情况", text, 0)])
    assert {c.kind for c in found} <= set(KINDS)
    return sorted((c.kind, int(c.value)) for c in found)


R, A = "applications_received", "applications_answered"
IN, OUT = "applications_carried_in", "applications_carried_out"
PERSON, POST, NET, MAIL, FAX = (f"channel_{c}" for c in ("in_person", "letter", "online", "email", "fax"))
NATURAL, FIRMS = "applicants_natural", "applicants_organisations"
REVIEW, SUIT = "reconsideration_cases", "litigation_cases"
ISSUED, REPEALED, VALID = (f"normative_{d}" for d in ("issued", "repealed", "in_force"))
HEAD = "（二）依申请公开情况。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # What is counted is said once and meant further on.
        (HEAD + "全年新收申请57件。办结58件，结转下年度1件。", [(R, 57), (A, 58), (OUT, 1)]),
        (HEAD + "本年度收到政府信息公开申请57件，上年结转2件。已全部答复57件，结转下年度继续办理2件。",
         [(R, 57), (IN, 2), (A, 57), (OUT, 2)]),
        (HEAD + "2023年收到申请12件。其中，自然人10件，法人或其他组织2件。", [(R, 12), (NATURAL, 10), (FIRMS, 2)]),
        (HEAD + "收到申请20件。从申请方式看，当面3件、信函7件、网络10件。", [(R, 20), (PERSON, 3), (POST, 7), (NET, 10)]),
        ("本机关政府信息公开申请共21件，已办结20件。", [(R, 21), (A, 20)]),
        ("全年累计收到政府信息公开申请33件。", [(R, 33)]),
        ("截至12月31日，共受理政府信息公开申请1，204件。", [(R, 1204)]),
        ("2023年1月1日至2023年12月31日，收到政府信息公开申请5件。", [(R, 5)]),
        ("共收到公开申请9件，同比减少3件，其中当面申请4件，网上申请5件。", [(R, 9), (PERSON, 4), (NET, 5)]),
        ("收到政府信息公开申请19件，其中16件为当面提交，3件为网上申请。", [(R, 19), (PERSON, 16), (NET, 3)]),
        ("收到政府信息公开申请9件，其中信函及传真2件，网络7件。", [(R, 9), ("channel_joint", 2), (NET, 7)]),
        ("收到政府信息公开申请9件（当面1件、电子邮件3件、传真5件）。", [(R, 9), (PERSON, 1), (MAIL, 3), (FAX, 5)]),
        ("收到政府信息公开申请30件，其中网上申请20件（含电子邮件5件），信函10件。", [(R, 30), (NET, 20), (POST, 10)]),
        ("去年收到政府信息公开申请34件，今年收到政府信息公开申请21件。", [(R, 21)]),
        ("2023年，推进政务公开。2022年收到政府信息公开申请34件，2023年收到政府信息公开申请21件。", [(R, 21)]),
        ("收到政府信息公开申请98件（含上年结转8件），答复95件，结转下一年度3件。",
         [("applications_received_with_carried", 98), (IN, 8), (A, 95), (OUT, 3)]),
        ("收到政府信息公开申请21件，其中1件结转下年度。", [(R, 21), (OUT, 1)]),
        ("本年度无人申请，未收到政府信息公开申请。", [(R, 0)]),
        (HEAD + "2023年，未收到申请。", [(R, 0)]),
        (HEAD + "收到自然人申请50件、法人或其他组织申请6件，合计56件。", [(NATURAL, 50), (FIRMS, 6)]),
        ("全局共收到依申请公开政府信息申请23件，其中自然人申请20件，法人申请3件；已答复22件，1件结转下年度。",
         [(R, 23), (NATURAL, 20), (FIRMS, 3), (A, 22), (OUT, 1)]),
        ("收到政府信息公开申请23件（其中网上申请15件，来信申请5件，当面申请3件），比上年减少12件。",
         [(R, 23), (NET, 15), (POST, 5), (PERSON, 3)]),
        (HEAD + "今年以来，共收到政府信息公开申请16件。", [(R, 16)]),
        ("未收到依申请公开事项。", [(R, 0)]),
        # Ellipsis inside a sentence.
        ("全年制发行政规范性文件0件、废止3件，截至年底现行有效17件，均已集中公开。", [(ISSUED, 0), (REPEALED, 3), (VALID, 17)]),
        ("做好行政规范性文件清理，新制定2件，废止1件，现行有效的共30件。", [(ISSUED, 2), (REPEALED, 1), (VALID, 30)]),
        ("现行有效行政规范性文件12件，其中本年度制发3件。", [(VALID, 12), (ISSUED, 3)]),
        # Cases about disclosure.
        (HEAD + "被申请行政复议3件，被提起行政诉讼1件。", [(REVIEW, 3), (SUIT, 1)]),
        ("政府信息公开行政复议和行政诉讼案件均为0件。", [(REVIEW, 0), (SUIT, 0)]),
        ("因政府信息公开引发行政复议2起、行政诉讼0起。", [(REVIEW, 2), (SUIT, 0)]),
        ("没有因政府信息公开被申请行政复议、提起行政诉讼。", [(REVIEW, 0), (SUIT, 0)]),
        # Shares name their base.
        ("收到政府信息公开申请42件，其中自然人申请21件，占收到申请总数的50%。",
         [(R, 42), (NATURAL, 21), ("share_of_received", 50)]),
        (HEAD + "予以公开20件，占办结总数的80%；部分公开5件，占比20%。",
         [("result_granted", 20), ("share_of_answered", 80), ("result_partial", 5), ("share_of_unstated", 20)]),
    ],
)  # fmt: skip
def test_what_is_stated(text, expected):
    assert told(text) == sorted(expected)


@pytest.mark.parametrize(
    "text",
    [
        # Another count: persons, times, items, round figures, ten thousands.
        "收到政府信息公开申请21人次。",
        "收到政府信息公开申请21次。",
        "收到政府信息公开申请1.2万件。",
        "收到政府信息公开申请2万件。",
        "收到政府信息公开申请约30件。",
        "收到政府信息公开申请近30件。",
        "收到政府信息公开申请30余件。",
        "收到政府信息公开申请30件以上。",
        "收到政府信息公开申请20-30件。",
        "政府信息公开申请答复率100%。",
        # Another time.
        "上半年收到政府信息公开申请21件。",
        "前三季度收到政府信息公开申请21件。",
        "6月收到政府信息公开申请3件。",
        "近三年收到政府信息公开申请210件。",
        "自2019年以来，收到政府信息公开申请210件。",
        "去年共收到政府信息公开申请21件，答复20件。",
        "预计收到政府信息公开申请30件。",
        "收到政府信息公开申请比上年多21件。",
        "收到政府信息公开申请较去年增加5件。",
        # Another matter.
        "收到政府信息公开申请及咨询12件。",
        "（二）依申请公开情况。规范办理流程。全年办结群众诉求58件。",
        "（二）依申请公开情况。规范办理流程。办理12345热线工单58件。",
        "（二）依申请公开情况。规范办理流程。办理人大建议5件，答复5件。",
        "（二）依申请公开情况。规范办理流程。（三）政府信息管理情况。全年办结58件。",
        "（二）依申请公开情况。规范办理流程。\n全年办结58件，满意率99%。",
        "收到低保申请21件。",
        "全年受理不动产登记申请21件，办结20件。",
        "通过政府网站公开信息300条。",
        "政府信息公开工作中未发生超期答复申请的情况。",
        "未收到关于不予公开的政府信息公开申请异议。",
        "未发生政府信息公开申请逾期答复。",
        "未收到信函提出的政府信息公开申请。",
        "不予处理政府信息公开申请5件。",
        "政府信息公开申请中延期答复3件。",
        "作为复议机关，受理政府信息公开行政复议案件23件。",
        "政府信息公开行政复议和行政诉讼案件共5件。",
        "政府信息公开行政复议维持2件。",
        "政府信息公开行政诉讼无败诉。",
        "公开行政规范性文件8件。",
        "清理规范性文件35件，政策文件废止3件。",
        "开展听证会2场。",
    ],
)
def test_what_only_looks_like_a_statement(text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The whole city's, then what only leans on it: the second sentence gives nothing.
        ("全市共收到政府信息公开申请340件。办结338件，结转下年度2件。", [(R, 340)]),
        (
            "全市共收到政府信息公开申请340件。我局收到政府信息公开申请21件，办结20件。",
            [(R, 340), (R, 21), (A, 20)],
        ),
        # A split of a split is no split of the whole.
        ("收到政府信息公开申请40件，其中网上申请30件，其中自然人28件。", [(R, 40), (NET, 30)]),
        # Legal persons and other organisations apart: neither is the whole.
        ("收到政府信息公开申请40件，其中自然人30件，法人6件，其他组织4件。", [(R, 40), (NATURAL, 30)]),
        # Replies by post are no applications by post.
        ("收到政府信息公开申请21件，通过邮寄答复12件，网络答复9件。", [(R, 21)]),
        ("全年制发行政规范性文件3件，废止1件，失效2件。", [(ISSUED, 3)]),
        # What follows a part counts that part.
        (HEAD + "去年收到申请21件。答复20件，结转下年度1件。", []),
        (HEAD + "上半年收到申请21件，答复20件。按期办结20件。", []),
        (HEAD + "收到网上申请12件，办结12件。", []),
        (HEAD + "收到企业提出的申请6件，办结6件。", []),
        (HEAD + "收到申请16件，其中转办3件，实际办理13件。", [(R, 16)]),
        ("对现行有效的12件行政规范性文件进行清理，修改1件，继续有效9件。", []),
        ("2023年收到政府信息公开申请3件，较2022年的8件减少5件。2022年办结8件。", [(R, 3)]),
        ("制发行政规范性文件3件；制定政策文件9件，废止4件。", [(ISSUED, 3)]),
    ],
)
def test_what_belongs_to_something_else_is_left(text, expected):
    assert told(text) == sorted(expected)


def test_a_glued_text_without_any_full_stop():
    text = "二依申请公开情况全年收到政府信息公开申请5件办结5件办理政协提案3件办结3件"
    assert told(text) == [(A, 5), (R, 5)]


def test_what_is_said_is_not_carried_for_ever():
    filler = "工作扎实有序。" * 6
    assert told(HEAD + filler + "办结58件。") == []
    assert told(HEAD + filler[:14] + "办结58件。") == [(A, 58)]


def test_context_ends_with_its_part():
    parts = [SectionText(1, "", HEAD + "规范流程。", 0), SectionText(5, "", "办结58件。", 50)]
    assert claims_of(parts) == []


def test_the_sentence_is_as_printed_and_its_start_is_known():
    text = "（一）概述。\n　　２０２３年共收到政府信息\n公开申请２１件，办结２０件。"
    claim = claims_of([SectionText(1, "", text, 1000)])[0]
    assert claim.sentence == "２０２３年共收到政府信息公开申请２１件，办结２０件。"
    assert text[claim.start - 1000 :].startswith("２０２３年")
    assert int(claim.value) == 21


def test_traditional_characters_and_pinyin_read_alike():
    assert told("全年沒有收到政府信息公開申請。") == [(R, 0)]
    assert told("全年收到政府信(xìn)息公開申請21件。") == [(R, 21)]


def test_a_text_that_never_ends_is_read_in_pieces_that_cut_no_number():
    text = HEAD + "工" * 1990 + "，收到政府信息公开申请1234567件，办结1234567件"
    assert {value for _, value in told(text)} <= {1234567}
    long = "全年收到政府信息公开申请57件其中当面提交1件网络提交56件办结58件" * 3000
    claims = claims_of([SectionText(1, "", long, 0)])
    assert max(len(c.sentence) for c in claims) <= 2001
    assert {int(c.value) for c in claims if c.kind == R} == {57}

import pytest

from gipa_pipeline.extract.prose.narrative import claims_of
from gipa_pipeline.model import SectionText


def claims(text, part=1):
    return {c.kind: int(c.value) for c in claims_of([SectionText(part, "一、总体情况", text, 100)])}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "2023年古镇镇共收到公开申请21件，同比减少63%，其中当面申请16件，信函2件，网上申请3件。",
            {"applications_received": 21, "channel_in_person": 16, "channel_letter": 2, "channel_online": 3},
        ),
        ("2022年，市府办共受理政府信息公开申请177件，均按规范流程办理和答复。", {"applications_received": 177}),
        ("全年收到１，０２２件政府信息公开申请（含上年结转14件），答复申请987件，结转下年度35件。",
         {"applications_received_with_carried": 1022, "applications_answered": 987,
          "applications_carried_in": 14, "applications_carried_out": 35}),
        ("共收到政府信息公开申请95件，其中自然人89件，法人或其他组织6件。",
         {"applications_received": 95, "applicants_natural": 89, "applicants_organisations": 6}),
        ("2023年未收到群众政府信息公开申请。", {"applications_received": 0}),
        ("2024年度未收到和处理政府信息公开申请，没有因政府信息公开工作被申请行政复议、提起行政诉讼的情况。",
         {"applications_received": 0, "reconsideration_cases": 0, "litigation_cases": 0}),
        ("因政府信息公开被申请行政复议13件、行政诉讼26件。", {"reconsideration_cases": 13, "litigation_cases": 26}),
        ("全年制发行政规范性文件3件，废止规范性文件1件，现行有效规范性文件12件。",
         {"normative_issued": 3, "normative_repealed": 1, "normative_in_force": 12}),
        ("年内未制发规范性文件。", {"normative_issued": 0}),
        ("本年度未发出收费通知，未收取信息处理费。", {"fee_notices": 0, "fee_amount": 0}),
        ("2024年度主动公开信息260条，其中政务网站110条。", {"published_items": 260}),
    ],
)  # fmt: skip
def test_what_the_prose_states(text, expected):
    assert claims(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "收到信息公开申请较上年的34件有所减少。",
        "条例施行以来累计收到政府信息公开申请340件。",
        "收到政府信息公开申请近百件。",
        "收到政府信息公开申请40余件。",
        "办理人大代表建议18件、政协提案16件，办结率达100%，政务公开持续加强。",
        "2022年，市府办共办理网民给省长留言155条，市长留言277条。",
        "未收到当面提出的政府信息公开申请。",
        "全年办理行政复议案件23件，行政诉讼案件5件。",
        "政府信息公开行政诉讼无败诉案件。",
        "公开规范性文件8件。",
        "收到不动产登记申请21件。",
        "收取城市生活垃圾处理费3万元。",
        "政府信息公开申请办结率100%。",
    ],
)
def test_what_is_not_surely_said_gives_no_claim(text):
    assert claims(text) == {}


def test_breaks_of_the_layout_do_not_cut_a_sentence():
    assert claims("2023年共收到政府信息公开\n\n申请 2 1 件。")["applications_received"] == 21


def test_tables_are_not_prose():
    assert claims("收到政府信息公开申请21件。", part=3) == {}


def test_a_claim_knows_its_sentence_part_and_place():
    text = "　工作扎实。\n　2023年未收到政府信息公开申请。"
    claim = claims_of([SectionText(1, "一、总体情况", text, 100)])[0]
    assert (claim.sentence, claim.part) == ("2023年未收到政府信息公开申请。", 1)
    assert text[claim.start - 100] == "2"

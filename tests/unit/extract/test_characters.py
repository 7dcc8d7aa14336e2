"""Bytes to characters, characters to their plain form, dates in text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gipa_pipeline.extract.fold import blank_pinyin, fold, ideographs, without_pinyin
from gipa_pipeline.extract.media.charset import decode
from gipa_pipeline.extract.prose.dates import date_in

PROSE = "二〇二三年度,本机关收到政府信息公开申请12件,其中自然人申请10件,结转下年度继续办理2件。" * 4
TRADITIONAL = "本機關收到政府信息公開申請十二件,行政複議維持一件,結轉下年度繼續辦理。" * 4


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
    ],
)
def test_text_is_decoded_by_its_bytes(encoding: str, named: str) -> None:
    assert decode(PROSE.encode(encoding)) == (PROSE, named)


def test_a_page_labelled_gb2312_may_hold_any_gbk_character() -> None:
    page = f'<meta charset="gb2312"><p>{PROSE}镕喆堃</p>'
    assert decode(page.encode("gb18030")) == (page, "gb18030")


def test_a_page_labelled_gb2312_may_be_utf8() -> None:
    page = f'<meta charset="gb2312"><p>{PROSE}</p>'
    assert decode(page.encode()) == (page, "utf-8")


def test_big5() -> None:
    assert decode(TRADITIONAL.encode("big5")) == (TRADITIONAL, "big5")


def test_utf8_cut_in_a_character_loses_only_that_character() -> None:
    assert decode(PROSE.encode()[:-2]) == (PROSE[:-1], "utf-8")


def test_gbk_behind_plain_ascii_keeps_its_digits() -> None:
    text = "applications: 3, 结转1"
    assert decode(text.encode("gb18030"))[0] == text


def test_a_few_broken_bytes_do_not_turn_utf8_into_something_else() -> None:
    data = bytearray((PROSE * 5).encode())
    data[100], data[700] = 0xFF, 0x00FE
    text, named = decode(bytes(data))
    assert named == "utf-8"
    assert text.count("\ufffd") <= 6
    assert "行政" not in text
    assert "继续办理2件" in text


@given(st.text(max_size=80))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert len(blank_pinyin(fold(text))) == len(text)


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("１２３", "123"),
        ("（一）予以公開", "(一)予以公开"),
        ("⺠政⾏政", "民政行政"),
        ("行政複議", "行政复议"),
        ("隻計這一情形", "只计这一情形"),
        ("３①", "3①"),
        ("㈠", "一"),
        ("\u3000\u200b", "  "),
    ],
)
def test_characters_have_one_form(printed: str, plain: str) -> None:
    assert fold(printed) == plain


def test_pinyin_artefacts() -> None:
    assert without_pinyin(fold("國務(wù)院辦(bàn)公廳")) == "国务院办公厅"
    assert without_pinyin("国务院(office)") == "国务院(office)"[:3]
    assert ideographs("（二）部分 公开（区分处理）：") == "二部分公开区分处理"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("发布日期：2024-01-18 10:22", date(2024, 1, 18)),
        ("2024年1月5日", date(2024, 1, 5)),
        ("2024/03/01", date(2024, 3, 1)),
        ("20240118", date(2024, 1, 18)),
        ("二〇二四年一月十八日", date(2024, 1, 18)),
        ("二○二四年十二月三十一日", date(2024, 12, 31)),
        ("2023-02-30 更正 2023-03-02", date(2023, 3, 2)),
        ("2023年13月1日", None),
        ("电话 12024011855", None),
        ("", None),
    ],
)
def test_dates(text: str, day: date | None) -> None:
    assert date_in(text) == day

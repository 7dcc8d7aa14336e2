from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gipa_pipeline.normalize.numbers import chinese_number, parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("21", "21"),
        ("00", "0"),
        (" 12 ", "12"),
        ("１２", "12"),
        ("1,234", "1234"),
        ("1，234", "1234"),
        ("1 5", "15"),
        ("22件", "22"),
        ("3项", "3"),
        ("4 條", "4"),
        ("22（其中修订 16 件）", "22"),
        ("5*", "5"),
        ("3①", "3"),
        ("3²", "3"),
        ("7 [1]", "7"),
        ("-3", "-3"),
        ("－3", "-3"),
        ("−3", "-3"),
        ("负3", "-3"),
        ("+4", "4"),
        ("3.5", "3.5"),
        ("3.0", "3"),
        ("零", "0"),
        ("〇", "0"),
        ("十二", "12"),
        ("二十件", "20"),
        ("共22件", "22"),
        ("1.2万件", "12000"),
        ("12\u3000", "12"),
        ("\ufeff9", "9"),
        ("12345678", "12345678"),
    ],
)
def test_counts(text, value):
    number = parse_number(text, "count")
    assert (number.status, number.value) == ("reported", Decimal(value))


@pytest.mark.parametrize(
    "text", ["", " ", "/", "／", "-", "—", "——", "－", "无", "無", "空", "无。", "\u3000", "— —"]
)
def test_a_blank_is_not_zero(text):
    assert parse_number(text, "count") == parse_number("", "count")
    assert parse_number(text, "count").status == "blank"
    assert parse_number(text, "count").value is None


@pytest.mark.parametrize(
    "text",
    [
        "本单位未制作规章",
        "1,2",
        "12,34",
        "1/2",
        "3%",
        "约3",
        "3-5",
        "1.2.3",
        "一",
        "(3)",
        "①",
        "²",
        "3万元",
        "O",
        "22其中修订16",
        "1234567890123",
        "—3",
        "减3",
        "一百五",
        "2023年",
        "三第",
        "0.1234567",
        "3；4",
    ],
)
def test_what_is_not_surely_one_number_is_unreadable(text):
    number = parse_number(text, "count")
    assert (number.status, number.value) == ("unreadable", None)
    assert number.notes


@pytest.mark.parametrize(
    ("text", "hint", "value", "unit"),
    [
        ("4219.39", "万元", "4219.39", "万元"),
        ("4219.39万元", "万元", "4219.39", "万元"),
        ("251000元", "万元", "25.1", "元"),
        ("251000", "元", "25.1", "元"),
        ("251000", None, "251000", None),
        ("1.5亿元", None, "15000", "亿元"),
        ("0.000001", "万元", "0.000001", "万元"),
        ("0.01元", None, "0.000001", "元"),
        ("1,234.50 元", None, "0.12345", "元"),
        ("0", "元", "0", "元"),
        ("３．５萬元", None, "3.5", "万元"),
    ],
)
def test_money_comes_out_in_wan_yuan(text, hint, value, unit):
    number = parse_number(text, "money", hint)
    assert (number.status, number.value, number.unit) == ("reported", Decimal(value), unit)


def test_a_count_in_a_money_cell_is_not_money():
    assert parse_number("3件", "money", "万元").notes == ("unit_mismatch",)


def test_changes_may_fall():
    assert parse_number("减少3", "change").value == -3
    assert parse_number("增12", "change").value == 12


def test_notes_say_what_stood_in_the_way():
    assert parse_number("12").notes == ()
    assert parse_number("１，２３４ 件（注）").notes == (
        "full_width",
        "footnote",
        "space",
        "separator",
        "unit",
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10),
        ("二十一", 21),
        ("一百零五", 105),
        ("一百五十", 150),
        ("一千零一十", 1010),
        ("二〇二三", 2023),
        ("一百一十一", 111),
        ("十十", None),
        ("百", None),
        ("", None),
        ("零十", None),
        ("两百", 200),
    ],
)
def test_chinese_numerals(text, value):
    assert chinese_number(text) == value


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_every_way_of_printing_a_count_gives_the_same_value(count):
    wide = str(count).translate({ord("0") + i: ord("０") + i for i in range(10)})
    for text in (str(count), f"{count:,}", wide, f" {count} 件", f"{count}（注）"):
        assert parse_number(text).value == count


@given(st.text(max_size=12), st.sampled_from(["count", "change", "money"]))
def test_any_text_is_answered(text, kind):
    number = parse_number(text, kind, "元")
    assert (number.value is not None) == (number.status == "reported")


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_yuan_and_wan_yuan_agree_to_the_last_fen(yuan):
    assert parse_number(f"{yuan}元", "money").value == yuan / 10000


@pytest.mark.parametrize(
    ("note", "value"),
    [("()", 12), ("(一)", 12), ("[1]", 12), ("#", 12), ("*", 12), ("(1)\n", 12), ("[", None)],
)
def test_notes_without_end_take_no_longer_than_their_length(note: str, value: int | None) -> None:
    assert parse_number("12" + note * 200_000).value == value
    assert parse_number("12" + note * 3).value == value

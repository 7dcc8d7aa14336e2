"""Finding the form's labels in running text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.forms import load_form
from gipa_pipeline.extract.tables.labels import Ideographs, Label, closest, core, find_in_order, table3_labels

FORM = load_form("2021")
TITLES = [row.label for row in FORM.rows]


def _found(text: str, **options: bool) -> list[str | None]:
    read = Ideographs(text)
    found = find_in_order(read, table3_labels(FORM), 0, len(read.string), **options)
    return [f.label.key if f else None for f in found]


KEYS = [row.key for row in FORM.rows]


def test_all_labels_in_order() -> None:
    assert _found("\n".join(f"{t}\t0\t0" for t in TITLES)) == KEYS


def test_the_span_is_that_of_the_printed_label() -> None:
    text = "表\n" + "\n".join(f"{t} 7" for t in TITLES)
    read = Ideographs(text)
    found = find_in_order(read, table3_labels(FORM), 0, len(read.string))
    for label, spot in zip(TITLES, found, strict=True):
        assert spot is not None
        assert core(text[spot.start : spot.end]) in core(label)
        assert text[spot.end :].lstrip(")）。”").startswith(" 7")


def test_wrapped_labels() -> None:
    wrapped = "\n".join("\n".join(t[n : n + 5] for n in range(0, len(t), 5)) + " 0" for t in TITLES)
    assert _found(wrapped) == KEYS


def test_a_label_with_a_wrong_character() -> None:
    damaged = "\n".join(f"{t} 0" for t in TITLES).replace("属于国家秘密", "属干国家秘密")
    assert _found(damaged) == KEYS
    assert _found(damaged, fuzzy=False).count(None) == 1


def test_a_missing_label_is_not_made_up() -> None:
    rows = [t for t in TITLES if "国家秘密" not in t]
    assert [k for k, f in zip(KEYS, _found("\n".join(f"{t} 0" for t in rows)), strict=True) if f is None] == [
        "denied_state_secret"
    ]


def test_pinyin_artefacts_do_not_hide_labels() -> None:
    text = "\n".join(f"{t} 0" for t in TITLES).replace("秘密", "秘(mì)密(mì)")
    assert _found(text) == KEYS


def test_copies_of_a_label_count_as_one() -> None:
    label = table3_labels(FORM)[0]
    text = f"{TITLES[0]} | {TITLES[0]} | {TITLES[0]} | 5 | 0"
    read = Ideographs(text)
    (found,) = find_in_order(read, [label], 0, len(read.string))
    assert found is not None
    assert text[found.end :].strip(" |").startswith("5")


def test_ten_thousand_copies_are_bounded_work() -> None:
    read = Ideographs(core(TITLES[0]) * 10_000)
    found = find_in_order(read, table3_labels(FORM), 0, len(read.string))
    assert found[0] is not None
    assert found[1:] == [None] * (len(KEYS) - 1)


def test_closest() -> None:
    assert closest("不予公开", "甲乙不与公开丙", 0, 7, 1) == (2, 4, 1)
    assert closest("不予公开", "甲乙丙丁", 0, 4, 1) is None


@given(st.text("甲乙丙丁", min_size=4, max_size=9), st.text("戊己", max_size=9), st.text("戊己", max_size=9))
def test_a_text_that_holds_the_key_gives_it(key: str, before: str, after: str) -> None:
    text = before + key + after
    assert closest(key, text, 0, len(text), 1) == (len(before), len(key), 0)


@given(st.text("甲乙12 \n(mì)|", max_size=60))
def test_positions_and_offsets_go_both_ways(text: str) -> None:
    read = Ideographs(text)
    for position, character in enumerate(read.string):
        offset = read.offset(position)
        assert read.text[offset] == character
        assert read.position(offset) == position


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_every_label_of_the_form_has_ideographs(edition: str) -> None:
    assert all(isinstance(label, Label) and label.keys for label in table3_labels(load_form(edition)))

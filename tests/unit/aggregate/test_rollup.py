from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.forms import load_form
from gipa_pipeline.aggregate import consolidate, differences, in_scope, roster
from gipa_pipeline.aggregate.rollup import not_summed
from tests.unit.aggregate.scene import Scene, unit

NEW = "t3.new.total"
FEES = "t2.fees.amount_wan_yuan"


def county() -> Scene:
    return Scene(
        [
            unit("office"),
            unit("finance", office="office"),
            unit("town", level="town", kind="government", office="office"),
            unit("county", kind="government", office="office"),
        ]
    )


def sums(scene: Scene, year: int = 2023) -> dict[str, pd.DataFrame]:
    return consolidate(scene.registry, year, **scene.frames(year))


def row(frame: pd.DataFrame, cell: str, office: str = "office") -> dict:
    [found] = frame[(frame["office_id"] == office) & (frame["cell_id"] == cell)].to_dict("records")
    return found | {"unit_ids": list(found["unit_ids"])}


def test_sums_are_exact_decimals_and_a_governments_own_report_is_no_summand() -> None:
    scene = county().report("office", {NEW: 3, FEES: "0.1"}).report("finance", {NEW: 4, FEES: "0.2"})
    scene.report("town", {NEW: 5, FEES: "4219.39"}).report("county", {NEW: 1000, FEES: 1000})
    flat = sums(scene)["consolidated"]
    assert row(flat, NEW) == {
        "office_id": "office", "year": 2023, "cell_id": NEW, "value": Decimal(12), "units_included": 3,
        "units_missing": 0, "units_doubtful": 0, "unit_ids": ["finance", "office", "town"],
    }  # fmt: skip
    assert row(flat, FEES)["value"] == Decimal("4219.69")
    assert flat["value"].dtype == "decimal128(18, 6)[pyarrow]"
    assert list(flat["cell_id"]) == list(load_form("2021").cells)


@pytest.mark.parametrize("printed", ["", None, [3, 37]])
def test_blank_absent_and_ambiguous_cells_add_nothing_and_are_doubtful(printed: object) -> None:
    scene = county().report("office", {NEW: 3}).report("finance", {NEW: printed}).report("town", {NEW: 5})
    found = row(sums(scene)["consolidated"], NEW)
    assert (found["value"], found["units_included"], found["units_doubtful"]) == (Decimal(8), 2, 1)
    assert found["unit_ids"] == ["office", "town"]
    other = row(sums(scene)["consolidated"], "t3.total.total")
    assert (other["value"], other["units_included"], other["units_doubtful"]) == (Decimal(0), 3, 0)


def test_a_cell_that_no_unit_states_is_null_and_not_zero() -> None:
    scene = county().report("office", default="").report("finance", default="")
    found = row(sums(scene)["consolidated"], NEW)
    assert found["value"] is None or pd.isna(found["value"])
    assert (found["units_included"], found["units_missing"], found["units_doubtful"], found["unit_ids"]) == (
        0,
        1,
        2,
        [],
    )


@pytest.mark.parametrize("state", ["unreadable", "table_absent", "not_a_report", "wrong_year", "wrong_unit"])
def test_reports_that_were_not_read_and_units_without_a_report_are_missing(state: str) -> None:
    scene = county().report("office", {NEW: 3}).report("finance", state=state)
    found = row(sums(scene)["consolidated"], NEW)
    assert (found["value"], found["units_included"], found["units_missing"], found["units_doubtful"]) == (
        3,
        1,
        2,
        0,
    )


def test_cells_of_a_report_that_was_not_read_are_never_added() -> None:
    scene = county().report("office", {NEW: 3}).report("finance", {NEW: 70})
    scene.reports[1]["state"] = "wrong_unit"
    assert row(sums(scene)["consolidated"], NEW)["value"] == 3


@pytest.mark.parametrize(
    ("more", "doubtful"),
    [
        ({}, 1),
        ({"state": "sent"}, 1),
        ({"state": "confirmed"}, 1),
        ({"state": "dismissed"}, 0),
        ({"state": "corrected"}, 0),
        ({"severity": "warning"}, 0),
        ({"responsibility": "undecided", "verdict": "uncertain"}, 1),
        ({"responsibility": "undecided", "verdict": "uncertain", "severity": "warning"}, 1),
    ],
)
def test_an_open_error_finding_makes_the_unit_doubtful_and_keeps_its_number(
    more: dict, doubtful: int
) -> None:
    scene = county().report("office", {NEW: 3}).report("finance", {NEW: 4}).report("town", {NEW: 5})
    scene.find("finance", "R01", ["t3.new.natural_person", NEW], **more).find("finance", "K01", [NEW], **more)
    found = row(sums(scene)["consolidated"], NEW)
    assert (found["value"], found["units_included"], found["units_doubtful"]) == (12, 3, doubtful)
    assert row(sums(scene)["consolidated"], "t3.total.total")["units_doubtful"] == 0


def test_blank_under_an_error_is_one_doubtful_unit_not_two() -> None:
    scene = county().report("office", {NEW: ""}).find("office", "R01", [NEW])
    assert row(sums(scene)["consolidated"], NEW)["units_doubtful"] == 1


def test_the_2019_form_in_a_later_year_is_folded_into_the_years_form() -> None:
    scene = county().report("office", {"t3.other_other.total": 2, "t3.other_overdue_fee.total": 1})
    old = {"t3.other.total": 7, NEW: 4, "t2.procurement.items": 99, "t2.licensing.decisions": 69}
    scene.report("town", old, template="2019").find("town", "K02", ["t3.other.total"])
    flat = sums(scene)["consolidated"]
    assert set(flat["cell_id"]) == set(load_form("2021").cells)
    assert row(flat, "t3.other_other.total")["value"] == 9
    assert row(flat, "t3.other_other.total")["units_doubtful"] == 1
    assert row(flat, "t2.licensing.decisions")["value"] == 69
    fee = row(flat, "t3.other_overdue_fee.total")
    assert (fee["value"], fee["units_included"], fee["units_doubtful"]) == (1, 1, 1)
    assert "t2.procurement.items" in not_summed("2019", load_form("2021"))
    assert "t3.other.total" not in not_summed("2019", load_form("2021"))


def test_a_report_with_both_rows_counts_its_own_cell_once() -> None:
    scene = county().report("office", {"t3.other_other.total": 2})
    scene.cells.append(scene.cells[0] | {"cell_id": "t3.other.total", "value": Decimal(5)})
    assert row(sums(scene)["consolidated"], "t3.other_other.total")["value"] == 2


def test_the_form_due_sets_the_cells() -> None:
    scene = county().report("office", {"t2.procurement.items": 6}, template="2019", year=2020)
    flat = sums(scene, 2020)["consolidated"]
    assert list(flat["cell_id"]) == list(load_form("2019").cells)
    assert row(flat, "t2.procurement.items")["value"] == 6
    assert len(sums(scene, 2015)["consolidated"]) == 0


def test_tree_adds_the_offices_below_level_by_level() -> None:
    scene = Scene(
        [
            unit("city", level="city"),
            unit("city-gov", level="city", kind="government", office="city"),
            unit("city-dept", level="city", office="city"),
            unit("east", office="city"),
            unit("east-gov", kind="government", office="east"),
            unit("east-town", level="town", kind="government", office="east"),
            unit("village", level="town", office="east-town"),
        ]
    )
    for number, name in enumerate(u.unit_id for u in scene.units):
        scene.report(name, {NEW: 10**number})
    found = sums(scene)
    flat, tree = (
        {o: int(row(f, NEW, o)["value"]) for o in ("city", "east", "east-town")} for f in found.values()
    )
    assert flat == {"city": 101, "east": 1000, "east-town": 1100000}
    assert tree == {"city": 1101101, "east": 1101000, "east-town": 1100000}
    assert row(found["consolidated_tree"], NEW, "city")["unit_ids"] == [
        "city",
        "city-dept",
        "east",
        "east-town",
        "village",
    ]


def test_offices_of_which_nobody_looked_for_a_report_are_left_out() -> None:
    scene = Scene(
        [
            unit("top"),
            unit("middle", office="top"),
            unit("low", office="middle"),
            unit("aside", office="top"),
            unit("part", office="aside"),
        ]
    ).report("low", {NEW: 3})
    made = in_scope(scene.registry, 2023, consolidate(scene.registry, 2023, **scene.frames()))
    assert set(made["consolidated"]["office_id"]) == {"middle"}
    assert set(made["consolidated_tree"]["office_id"]) == {"top", "middle"}
    assert scene.registry.offices_in(2022) == ()


def test_a_unit_of_nobody_is_its_own_office_and_a_lone_government_has_an_empty_sum() -> None:
    scene = (
        Scene([unit("alone"), unit("gov", kind="government")])
        .report("alone", {NEW: 4})
        .report("gov", {NEW: 9})
    )
    flat = sums(scene)["consolidated"]
    assert row(flat, NEW, "alone")["value"] == 4
    assert row(flat, NEW, "gov")["units_included"] == 0


def test_sums_too_large_to_store_raise_and_floats_are_refused() -> None:
    scene = county().report("office", {NEW: "999999999999"}).report("town", {NEW: 1})
    with pytest.raises(Exception, match=r"(?i)out of range|cast|conversion"):
        sums(scene)
    frames = county().report("office").frames()
    frames["cells"]["value"] = frames["cells"]["value"].astype(float)
    with pytest.raises(TypeError, match="floats"):
        consolidate(county().registry, 2023, **frames)


def test_differences_of_a_governments_own_report() -> None:
    scene = county().report("office", {NEW: 3}).report("finance", {NEW: 4, FEES: "0.25"})
    scene.report("county", {NEW: 9, FEES: "0.2", "t3.total.total": ""})
    found = differences(scene.registry, 2023, scene.frame("reports"), scene.frame("cells"), sums(scene))
    by_cell = {r["cell_id"]: r for r in found.to_dict("records")}
    new = by_cell[NEW]
    assert (new["unit_id"], new["office_id"], new["reported"], new["consolidated"], new["difference"]) == (
        "county",
        "office",
        9,
        7,
        2,
    )
    assert (new["units_missing"], new["difference_tree"]) == (1, 2)
    assert by_cell[FEES]["difference"] == Decimal("-0.05")
    assert "t3.total.total" not in by_cell


def test_roster_says_who_counts_and_who_does_not() -> None:
    scene = (
        county().report("office").report("finance", state="unreadable", covered="unreadable").report("county")
    )
    scene.cover("town", "missing")
    found = roster(scene.registry, 2023, scene.frame("reports"), scene.frame("coverage"))
    rows = {r["unit_id"]: (r["role"], r["included"], r["coverage_state"]) for r in found.to_dict("records")}
    assert rows == {
        "office": ("summand", True, "on_time"),
        "finance": ("summand", False, "unreadable"),
        "town": ("summand", False, "missing"),
        "county": ("consolidation", False, "on_time"),
    }


printed = st.one_of(
    st.none(), st.just(""), st.lists(st.integers(0, 99), min_size=2, max_size=3),
    st.decimals(-10**6, 10**8, places=6, allow_nan=False),
)  # fmt: skip


@given(values=st.lists(printed, min_size=1, max_size=8), missing=st.integers(0, 3), data=st.data())
def test_a_figure_is_the_sum_of_the_included_units(values: list, missing: int, data: st.DataObject) -> None:
    names = [f"u{i}" for i in range(len(values))]
    scene = Scene([unit("office"), *(unit(n, office="office") for n in names)])
    scene.units += [unit(f"m{i}", office="office") for i in range(missing)]
    for name, value in zip(names, values, strict=True):
        scene.report(name, {NEW: value})
    accused = data.draw(st.sets(st.sampled_from(names)))
    for name in accused:
        scene.find(name, "K01", [NEW])
    stated = {
        n: v for n, v in zip(names, values, strict=True) if not (v is None or v == "" or isinstance(v, list))
    }
    found = row(sums(scene)["consolidated"], NEW)
    assert found["unit_ids"] == sorted(stated)
    assert found["units_included"] == len(stated)
    assert found["units_missing"] == missing + 1
    assert found["units_doubtful"] == len(set(names) - set(stated) | accused)
    assert (pd.isna(found["value"]) and not stated) or found["value"] == sum(stated.values(), Decimal(0))


def test_frames_keep_the_contract_of_their_stage() -> None:
    from expectations.frames import check
    from gipa_pipeline.aggregate import series

    scene = county().report("office", {NEW: 3}).report("finance", default="")
    for name, frame in sums(scene).items():
        check("aggregated", name, frame)
    check(
        "aggregated", "consolidated", consolidate(scene.registry, 2015, **scene.frames(2015))["consolidated"]
    )
    check("aggregated", "series", series([scene.frame("cells")]))

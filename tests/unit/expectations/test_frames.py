import subprocess
import sys

import pandas as pd
import pytest

from expectations.frames import FrameBroken, arrow_schema, cell_ids, check, columns, conform, frames, schema

CELL = {
    "unit_id": "u", "year": 2023, "cell_id": "t3.new.total", "value": None, "status": "blank", "raw": "/",
    "candidates": None, "evidence": None, "document_sha256": "ab", "table": "t3", "row": "new",
    "column": "total", "agreement": 1,
}  # fmt: skip


@pytest.mark.parametrize("name", list(frames()))
def test_every_frame_has_a_schema_for_file_and_memory_that_agree(name):
    stage, _, frame = name.partition("/")
    empty = conform(stage, frame, [])
    check(stage, frame, empty)
    assert list(empty.columns) == arrow_schema(stage, frame).names == [c.name for c in columns(stage, frame)]
    assert [d.pyarrow_dtype for d in empty.dtypes] == arrow_schema(stage, frame).types


def test_keys_and_codes_name_columns_that_are_there():
    for frame in frames().values():
        assert set(frame.key) <= set(frame.names)
        assert all(c.chinese and c.english for c in frame.columns)


def test_a_good_row_passes_whatever_the_unit_published():
    check("normalized", "cells", conform("normalized", "cells", [CELL | {"value": -3, "status": "reported"}]))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"cell_id": "t3.nonsense.total"}, "cell_id"),
        ({"status": "guessed"}, "status"),
        ({"unit_id": None}, "unit_id"),
        ({"table": "t9"}, "table"),
    ],
)
def test_a_row_that_breaks_the_contract_is_our_defect(change, named):
    with pytest.raises(FrameBroken, match=named):
        check("normalized", "cells", conform("normalized", "cells", [CELL | change]))


def test_a_key_stands_once():
    with pytest.raises(FrameBroken):
        check("normalized", "cells", conform("normalized", "cells", [CELL, CELL]))


def test_a_column_too_many_or_too_few_is_told():
    frame = conform("normalized", "cells", [CELL])
    with pytest.raises(FrameBroken):
        check("normalized", "cells", frame.assign(extra=1))
    with pytest.raises(FrameBroken):
        check("normalized", "cells", frame.drop(columns="raw"))


def test_rows_come_out_in_order_of_the_key():
    rows = [CELL | {"unit_id": u} for u in ("b", "a")]
    assert list(conform("normalized", "cells", pd.DataFrame(rows))["unit_id"]) == ["a", "b"]


def test_schemas_never_judge_what_units_publish():
    for name in frames():
        stage, _, frame = name.partition("/")
        checks = {c.name for column in schema(stage, frame).columns.values() for c in column.checks}
        assert checks <= {"isin"}


def test_cells_of_both_editions_are_known():
    assert {"t2.fees.amount_wan_yuan", "t2.procurement.items"} <= cell_ids()


def test_the_listing_costs_no_library():
    code = "import sys, expectations.frames as f; f.frames(); print({'pandas','pandera','pyarrow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"

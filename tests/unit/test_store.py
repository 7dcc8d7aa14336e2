import hashlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gipa_pipeline.errors import StoreError
from gipa_pipeline.store import Store, digest_of

SCHEMA = pa.schema(
    [
        ("unit_id", pa.string()),
        ("year", pa.int16()),
        ("value", pa.decimal128(18, 6)),
        ("candidates", pa.list_(pa.decimal128(18, 6))),
        ("published", pa.date32()),
    ]
)
numbers = st.decimals(min_value=-(10**8), max_value=10**8, places=6)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "unit_id": st.text(max_size=8),
            "year": st.integers(2008, 2100),
            "value": st.none() | numbers,
            "candidates": st.lists(numbers, max_size=3),
            "published": st.none() | st.dates(),
        }
    ),
    max_size=20,
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data")


@given(data=st.binary(max_size=300))
def test_bytes_come_back_under_their_hash(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        sha256 = store.put_bytes(data)
        assert sha256 == hashlib.sha256(data).hexdigest()
        assert store.get_bytes(sha256) == data
        assert store.put_bytes(data) == sha256
        assert [p.name for p in Path(folder).rglob("*") if p.is_file()] == [sha256]


@given(rows=rows, order=st.randoms(use_true_random=False))
def test_frames_come_back_and_equal_content_gives_equal_bytes(rows: list[dict], order) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        table = pa.Table.from_pylist(rows, schema=SCHEMA)
        assert store.write_frame("extracted", 2023, "cells", table)
        assert store.read_table("extracted", 2023, "cells").to_pylist() == table.to_pylist()
        # Through pandas and back nothing is lost: neither nulls nor digits.
        frame = store.read_frame("extracted", 2023, "cells")
        assert not store.write_frame("extracted", 2023, "cells", frame, SCHEMA)
        # With a key that is unique the order in which rows arrive cannot be seen.
        by_unit = list({row["unit_id"]: row for row in rows}.values())
        store.write_frame(
            "extracted", 2023, "cells", pa.Table.from_pylist(by_unit, schema=SCHEMA), key=["unit_id"]
        )
        order.shuffle(by_unit)
        again = pa.Table.from_pylist(by_unit, schema=SCHEMA)
        assert not store.write_frame("extracted", 2023, "cells", again, key=["unit_id"])


def test_types_of_a_frame_read(store: Store) -> None:
    frame = pd.DataFrame(
        {
            "unit_id": ["a", None],
            "year": [2023, 2023],
            "value": [Decimal("1.5"), None],
            "candidates": [[], []],
        }
    )
    frame["published"] = None
    frame.index = pd.Index([7, 9])
    store.write_frame("extracted", 2023, "cells", frame, SCHEMA)
    read = store.read_frame("extracted", 2023, "cells")
    assert [str(t) for t in read.dtypes[:3]] == ["str", "int16[pyarrow]", "decimal128(18, 6)[pyarrow]"]
    assert read["value"][0] == Decimal("1.5")
    assert read["value"].isna().tolist() == [False, True]
    assert read.index.tolist() == [0, 1]
    assert store.read_frame("extracted", 2023, "cells", ["value"]).columns.tolist() == ["value"]


def test_unchanged_files_are_not_touched(store: Store) -> None:
    assert store.write_text("reports", 2023, "office/index.html", "甲")
    path = store.root / "reports" / "2023" / "office" / "index.html"
    before = path.stat().st_ino
    assert not store.write_text("reports", 2023, "office/index.html", "甲")
    assert path.stat().st_ino == before
    assert store.write_text("reports", 2023, "office/index.html", "乙")
    assert store.read_text("reports", 2023, "office/index.html") == "乙"


def test_a_frame_not_made_names_the_stage(store: Store) -> None:
    with pytest.raises(
        StoreError, match=r"cells\.parquet: not made yet\. Run the stage normalize: gipa run --year 2023"
    ):
        store.read_frame("normalized", 2023, "cells")
    assert not store.has_frame("normalized", 2023, "cells")


def test_a_frame_that_does_not_fit_its_schema(store: Store) -> None:
    with pytest.raises(StoreError, match="cells"):
        store.write_frame("extracted", 2023, "cells", pd.DataFrame({"unit_id": ["a"]}), SCHEMA)
    assert not store.has_frame("extracted", 2023, "cells")


@pytest.mark.parametrize("keep", [0, 3, 100, -1])
def test_a_truncated_frame_is_set_aside(store: Store, keep: int) -> None:
    store.write_frame("extracted", 2023, "cells", pd.DataFrame({"a": range(100)}))
    path = store.frame_path("extracted", 2023, "cells")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(StoreError, match=r"damaged .*set aside as cells\.parquet\.damaged.*stage extract"):
        store.read_frame("extracted", 2023, "cells")
    assert (path.exists(), path.with_name("cells.parquet.damaged").exists()) == (False, True)


def test_a_column_asked_for_that_is_not_there(store: Store) -> None:
    store.write_frame("extracted", 2023, "cells", pd.DataFrame({"a": [1]}))
    with pytest.raises(StoreError, match="has no column b"):
        store.read_frame("extracted", 2023, "cells", ["a", "b"])
    assert store.has_frame("extracted", 2023, "cells")


def test_a_damaged_document_is_set_aside_and_can_be_put_again(store: Store) -> None:
    sha256 = store.put_bytes(b"report")
    store.object_path(sha256).write_bytes(b"rep0rt")
    assert store.has(sha256)
    assert not store.intact(sha256)
    assert not store.has(sha256)
    assert store.object_path(sha256).with_name(sha256 + ".damaged").read_bytes() == b"rep0rt"
    store.put_bytes(b"report")
    assert store.get_bytes(sha256) == b"report"


def test_putting_bytes_again_repairs_a_damaged_document_of_the_same_size(store: Store) -> None:
    sha256 = store.put_bytes(b"report")
    store.object_path(sha256).write_bytes(b"rep0rt")
    store.put_bytes(b"report")
    assert store.get_bytes(sha256) == b"report"


def test_a_document_that_is_not_there(store: Store) -> None:
    with pytest.raises(StoreError, match="not in the store"):
        store.get_bytes("0" * 64)
    with pytest.raises(ValueError, match="no sha256"):
        store.get_bytes("../../x")


def test_a_stage_is_current_until_inputs_code_or_outputs_change(store: Store) -> None:
    assert not store.is_current("extracted", 2023, "in", "1")
    store.write_frame("extracted", 2023, "cells", pd.DataFrame({"a": [1]}))
    made = store.record("extracted", 2023, "in", "1")
    assert list(made.outputs) == ["cells.parquet"]
    assert store.made("extracted", 2023) == made
    assert store.is_current("extracted", 2023, "in", "1")
    assert not store.is_current("extracted", 2023, "other", "1")
    assert not store.is_current("extracted", 2023, "in", "2")
    before = store.digest("extracted", 2023)
    store.write_frame("extracted", 2023, "cells", pd.DataFrame({"a": [2]}))
    assert not store.is_current("extracted", 2023, "in", "1")
    assert store.digest("extracted", 2023) != before
    store.write_frame("extracted", 2023, "cells", pd.DataFrame({"a": [1]}))
    assert store.digest("extracted", 2023) == before
    assert store.is_current("extracted", 2023, "in", "1")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"inputs": "in"}', '{"inputs": 1, "code_version": 2, "outputs": 3}']
)
def test_a_damaged_record_means_run_again(store: Store, text: str) -> None:
    store.write_text("extracted", 2023, "_made.json", text)
    assert store.made("extracted", 2023) is None


def test_prune_removes_what_is_no_longer_made(store: Store) -> None:
    for name in ("a/index.html", "b/index.html"):
        store.write_text("reports", 2023, name, "x")
    assert store.prune("reports", 2023, ["a/index.html"]) == ("b/index.html",)
    assert [p.name for p in (store.root / "reports" / "2023" / "b").iterdir()] == []


def test_what_people_put_beside_the_reports_is_none_of_the_stages_results(store: Store) -> None:
    store.write_text("reports", 2023, "office/index.html", "甲")
    store.record("reports", 2023, "in", "1")
    before = store.digest("reports", 2023)
    for name in ("office/letters/finance.docx", "office/report.pdf", "office/备注.txt"):
        store.write_text("reports", 2023, name, "x")
    assert store.is_current("reports", 2023, "in", "1")
    assert store.digest("reports", 2023) == before
    store.write_text("reports", 2023, "office/index.html", "乙")
    assert not store.is_current("reports", 2023, "in", "1")
    assert store.digest("reports", 2023) != before


def test_digest_of_does_not_depend_on_the_order_of_keys() -> None:
    assert digest_of({"a": 1, "b": "甲"}) == digest_of({"b": "甲", "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": 2})


def test_leftovers_of_a_killed_writer_are_cleared(store: Store) -> None:
    store.write_text("reports", 2023, "a.html", "x")
    leftover = store.root / "reports" / "2023" / ".tmp-1234"
    leftover.write_text("half")
    with store.lock():
        assert not leftover.exists()
        other = leftover.with_name(".tmp-5678")
        other.write_text("being written")
        with store.lock(), Store(store.root).lock():
            assert other.exists()
    assert store.read_text("reports", 2023, "a.html") == "x"


HOLDER = """
import sys
from gipa_pipeline.store import Store
with Store(sys.argv[1]).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_who_writes_and_a_killed_one_leaves_no_lock(store: Store) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(store.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match=f"in use by process {holder.pid}"), store.lock():
            pass
        holder.kill()
        holder.wait()
        with store.lock():
            pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system with fork")
def test_a_worker_that_lives_on_does_not_keep_the_lock(store: Store) -> None:
    with store.lock():
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        worker = context.Process(target=theirs.recv)
        worker.start()
    with store.lock():
        pass
    ours.send("end")
    worker.join(10)
    assert worker.exitcode == 0


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"), Store(tmp_path / "file").lock():
        pass
    with pytest.raises(StoreError, match="cannot be written"):
        Store(tmp_path / "file").put_bytes(b"x")

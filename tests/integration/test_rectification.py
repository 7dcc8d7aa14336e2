"""The loop between an office and its units: told, acknowledged, corrected, and what the next report says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html

from gipa_pipeline.cli import main
from gipa_pipeline.commands.letters import letters
from gipa_pipeline.ledger import restate
from tests.integration.test_ledger import YEAR, World, town_report


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, town_report())


def places(world: World) -> list[str]:
    return ["--registry", str(world.folder), "--data", str(world.store.root)]


def send_letters(world: World) -> int:
    options = {"office": None, "year": YEAR, "unit": None, "new_template": None, "sent": True}
    return letters(world.folder, world.store.root, {}, clock=world.chain().clock, **options)


def page(world: World) -> html.HtmlElement:
    path = world.store.folder("reports", YEAR) / "office" / "index.html"
    return html.document_fromstring(path.read_text(encoding="utf-8"))


def told(world: World, section: str) -> str:
    found = page(world).xpath(f"//section[@id='{section}']")
    return "".join(found[0].text_content().split()) if found else ""


def test_from_the_letter_to_the_corrected_report(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    first = world.run(town_report(total=13, note="网址：www.a.gov.cn"))["R01"]
    assert told(world, "since") == ""
    assert send_letters(world) == 0
    assert "finding(s) noted as sent" in capsys.readouterr().out
    letter = world.store.folder("reports", YEAR) / "office" / "letters" / "town.docx"
    assert letter.is_file()
    assert world.run()["R01"]["state"] == "sent"
    assert "已发出" in told(world, "findings")

    world.day += 1
    world.decide(first, "acknowledged")
    restate(world.store, YEAR)
    assert send_letters(world) == 0
    assert "0 finding(s) noted as sent" in capsys.readouterr().out, "nobody's answer is overwritten"
    assert world.run()["R01"]["state"] == "acknowledged"
    assert main(["report", *places(world), "--year", str(YEAR), "--handed-over"]) == 0
    assert "noted as handed over" in capsys.readouterr().out
    assert told(world, "since") == ""

    assert world.run(town_report(note="网址：www.a.gov.cn"))["R01"]["state"] == "corrected"
    assert "已改正1某镇人民政府：表三“一、本年新收" in told(world, "since")
    assert not letter.exists() or "R01" not in letter.read_bytes().decode("latin-1")
    before = html.tostring(page(world))
    assert main(["report", *places(world), "--year", str(YEAR), "--handed-over"]) == 0
    world.run(days=0)
    assert html.tostring(page(world)) == before, "handing it over does not make it another report"

    assert world.run(town_report(total=13, note="网址：www.a.gov.cn"))["R01"]["state"] == "open"
    assert "新发现1" in told(world, "since")
    assert send_letters(world) == 0
    assert world.run()["R01"]["state"] == "sent", "a finding that came back is told anew"

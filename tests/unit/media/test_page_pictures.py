"""Web pages whose tables are pictures: which pictures count, the web archive that keeps them, and the text around."""

from __future__ import annotations

import base64
import importlib.util
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media import ocr, scan
from gipa_pipeline.extract.media.kinds import medium_of
from gipa_pipeline.extract.media.page_pictures import bundle, opened, table_pictures
from gipa_pipeline.extract.reading import open_document, read_document

BASE = "http://www.a.gov.cn/xxgk/2024/index.html"
HEAD = "<h1>甲县2023年政府信息公开工作年度报告</h1>"
PARTS = (
    "<p>二、主动公开政府信息情况</p>{}<p>三、收到和处理政府信息公开申请情况</p>{}"
    "<p>四、政府信息公开行政复议、行政诉讼情况</p>{}<p>五、存在的主要问题</p>"
)


def page(first: str = "", second: str = "", third: str = "", *, before: str = "") -> bytes:
    body = PARTS.format(first, second, third)
    return f"<html><meta charset=utf-8><body>{before}{HEAD}{body}</body></html>".encode()


def drawn(width: int = 400, height: int = 300) -> bytes:
    target = BytesIO()
    Image.new("L", (width, height), 255).save(target, "PNG")
    return target.getvalue()


def test_the_pictures_of_the_parts_in_order() -> None:
    made = page(
        "<img src=b.png>", '<img src="/a.jpg" width=600>', "<p><img data-src=c.png src=blank.png></p>"
    )
    assert table_pictures(made, BASE) == [
        "http://www.a.gov.cn/xxgk/2024/b.png",
        "http://www.a.gov.cn/a.jpg",
        "http://www.a.gov.cn/xxgk/2024/c.png",
    ]


@pytest.mark.parametrize(
    "made",
    [
        page("<img src=logo.png>", "<img src=t.png width=60>"),  # the page's dress
        page(before="<img src=head.png>"),  # before the parts
        page(third="<footer><img src=f.png></footer>"),
        page("<img src=a.png><p>一、本年新收政府信息公开<br>申请数量</p>"),  # the table stands there
        b"<html><body><h1>2023</h1><img src=a.png></body></html>",  # no annual report
        page("<img src='javascript:x'>", "<img src='http://[bad'>"),
        b"",
    ],
)
def test_other_pictures_are_left_alone(made: bytes) -> None:
    assert table_pictures(made, BASE) == []


def test_ten_pictures_at_most() -> None:
    assert len(table_pictures(page("".join(f"<img src={n}.png>" for n in range(30))), BASE)) == 10


def test_a_page_and_its_pictures_come_back_as_they_were() -> None:
    made, pictures = page("<img src=a.png>"), [("http://www.a.gov.cn/xxgk/2024/a.png", drawn())]
    kept = bundle(made, BASE, pictures)
    assert kept == bundle(made, BASE, pictures)
    assert medium_of(kept) == "mhtml"
    assert opened(kept) == (made, BASE, dict(pictures))


def test_a_web_archive_without_a_page_is_told() -> None:
    empty = (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n'
    )
    assert medium_of(empty) == "mhtml"
    with pytest.raises(UnreadableDocument) as caught:
        open_document(empty, "mhtml")
    assert caught.value.kind == "broken"
    assert read_document(empty, "a.mht").error == ("broken", "the web archive holds no page")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """The sizes of the pictures that were looked at; each shows one line that tells its number."""
    sizes: list[tuple[int, ...]] = []

    def look(image: Any, number: int) -> list[Any]:
        sizes.append(image.shape)
        return [(1.0, (f"图{number}", (1.0, 1.0, 9.0, 9.0)))]

    monkeypatch.setattr(scan, "seen_blocks", look)
    monkeypatch.setattr(ocr, "require", lambda: None)
    return sizes


def test_what_pictures_show_stands_where_they_stand(seen: list[tuple[int, ...]]) -> None:
    first, third = drawn(), drawn(500, 80)
    inline = "<img src='data:image/png;base64," + base64.b64encode(first).decode() + "'>"
    made = page(inline, "<img src='data:image/png;base64,AAAA'>", inline.replace("png;", "png ;"))
    document = open_document(made, "html")
    assert document.medium == "image"
    assert len(seen) >= 1
    order = ("二、主动公开", "图1", "三、收到和处理")
    assert [document.text.index(w) for w in order] == sorted(document.text.index(w) for w in order)
    at = document.text.index("图1")
    place = document.place(at, at + 2)
    assert (place.reader, place.page) == ("image", 1)
    kept = bundle(
        page("<img src=a.png>", "", "<img src=c.png>"),
        BASE,
        [(BASE.replace("index.html", "a.png"), first), (BASE.replace("index.html", "c.png"), third)],
    )
    archived = open_document(kept, "mhtml")
    order = ("主动公开政府", "图1", "收到和处理", "行政复议", "图2", "五、存在")
    assert [archived.text.index(w) for w in order] == sorted(archived.text.index(w) for w in order)
    tail = archived.text.index("五、存在")
    assert archived.place(tail, tail + 2).reader == "html"


def test_ornaments_are_not_looked_at(seen: list[tuple[int, ...]]) -> None:
    kept = bundle(page("<img src=a.png>"), BASE, [(BASE.replace("index.html", "a.png"), drawn(200, 200))])
    assert open_document(kept, "mhtml").medium == "html"
    assert seen == []


def test_without_the_recogniser_the_archive_tells_the_remedy_and_the_page_is_a_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = importlib.util.find_spec
    gone: Any = lambda name, *a: None if name == "rapidocr" else there(name, *a)  # noqa: E731
    monkeypatch.setattr(ocr.importlib.util, "find_spec", gone)
    kept = bundle(page("<img src=a.png>"), BASE, [(BASE.replace("index.html", "a.png"), drawn())])
    error = read_document(kept, "page").error
    assert error is not None
    assert error[0] == "needs_ocr"
    assert "pip install" in error[1]
    inline = "<img src='data:image/png;base64," + base64.b64encode(drawn()).decode() + "'>"
    reading = read_document(page(inline), "page.html")
    assert (reading.state, reading.error) == ("table_absent", None)
    assert [n.kind for n in reading.notes if n.kind == "picture_tables"] == ["picture_tables"]

"""Word documents in one XML file, and packages whose parts a server has numbered."""

from __future__ import annotations

import io
import zipfile

import pytest

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media.kinds import medium_of
from gipa_pipeline.extract.media.word import read_docx
from tests.unit.extract.test_office_files import _cell, _docx, _rows, _table

NEW = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OLD = "http://schemas.microsoft.com/office/word/2003/wordml"
AML = "http://schemas.microsoft.com/aml/2001/core"
HINT = "http://schemas.microsoft.com/office/word/2003/auxHint"
HEAD = '<?xml version="1.0"?><?mso-application progid="Word.Document"?>'
BODY = _table(_cell("甲") + _cell("12"))


def _of_2003(body: str) -> bytes:
    spaces = f'xmlns:w="{OLD}" xmlns:aml="{AML}" xmlns:wx="{HINT}"'
    return f"{HEAD}<w:wordDocument {spaces}><w:body>{body}</w:body></w:wordDocument>".encode()


def _in_a_row(body: str) -> bytes:
    part = f'<pkg:xmlData><w:document xmlns:w="{NEW}"><w:body>{body}</w:body></w:document></pkg:xmlData>'
    return (
        '<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">'
        f'<pkg:part pkg:name="/word/document.xml">{part}</pkg:part>'
        '<pkg:part pkg:name="/word/media/a.png"><pkg:binaryData>AA==</pkg:binaryData></pkg:part></pkg:package>'
    ).encode()


@pytest.mark.parametrize("data", [_of_2003(f"<wx:sect>{BODY}</wx:sect>"), _in_a_row(BODY)])
def test_a_document_in_one_xml_file_is_read_as_words_own(data: bytes) -> None:
    assert medium_of(data, "a.doc") == "docx"
    assert _rows(read_docx(data).grids[0]) == [["甲", "12"]]


def test_marks_of_2003_count_under_their_old_names() -> None:
    struck = '<aml:annotation w:type="Word.Deletion"><aml:content><w:r><w:t>9</w:t></w:r></aml:content></aml:annotation>'
    added = '<aml:annotation w:type="Word.Insertion"><aml:content><w:r><w:t>5</w:t></w:r></aml:content></aml:annotation>'
    first = _cell("甲", '<w:vmerge w:val="restart"/>') + f"<w:tc><w:p>{struck}{added}</w:p></w:tc>"
    rows = _table(first, _cell("", "<w:vmerge/>") + _cell("7"))
    assert _rows(read_docx(_of_2003(rows)).grids[0]) == [["甲", "5"], ["甲", "7"]]


@pytest.mark.parametrize(
    "data", [HEAD.encode() + b"<a>", _in_a_row(BODY).replace(b"/word/document", b"/word/x")]
)
def test_a_file_that_says_it_is_words_and_holds_none_is_broken(data: bytes) -> None:
    with pytest.raises(UnreadableDocument) as told:
        read_docx(data)
    assert told.value.kind == "broken"


def test_a_page_pasted_from_word_is_still_a_page() -> None:
    page = b"<html><!--[if gte mso 9]><xml><w:WordDocument/></xml><![endif]--><body><table></table></body></html>"
    assert medium_of(page, "a.doc") == "html"


def test_parts_under_a_number_are_found() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_docx(BODY))) as made, zipfile.ZipFile(target, "w") as package:
        for name in made.namelist():
            package.writestr(name.replace("document.xml", "document2.xml"), made.read(name))
        hidden = (
            '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:rPr><w:vanish/></w:rPr></w:style>'
        )
        package.writestr("word/styles2.xml", f'<w:styles xmlns:w="{NEW}">{hidden}</w:styles>')
    assert medium_of(target.getvalue(), "a.docx") == "docx"
    assert read_docx(target.getvalue()).grids == []


def test_a_locked_document_is_told_as_such() -> None:
    data = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(UnreadableDocument, match="locked") as told:
        medium_of(data, "a.docx")
    assert told.value.kind == "encrypted"

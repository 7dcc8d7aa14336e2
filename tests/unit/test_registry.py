from datetime import date
from pathlib import Path

import pytest

from gipa_pipeline.errors import Problem, RegistryError
from gipa_pipeline.registry import Registry, load_registry

TODAY = date(2025, 2, 1)
UNITS = """\
unit_id,name,level,kind,region_code,supervising_unit_id,host,contact_email
city,中山市人民政府办公室,city,department,442000,,WWW.ZS.gov.cn.,gk@zs.gov.cn
city-gov,中山市人民政府,city,government,442000,city,,
county,古镇区办公室,county,department,442000,city,guzhen.zs.gov.cn,
town,古镇镇人民政府,town,government,442000101,county,,
alone,某局,city,department,,,政务.cn,
"""
SOURCES = """\
unit_id,year,url
city,2023,https://www.zs.gov.cn/a.html
town,2023,files\\town_2023.txt
town,2022,./town_2022.txt
"""


def folder_with(folder: Path, units: str = UNITS, sources: str = SOURCES, encoding: str = "utf-8") -> Path:
    (folder / "units.csv").write_bytes(units.encode(encoding))
    (folder / "sources.csv").write_bytes(sources.encode(encoding))
    return folder


def loaded(folder: Path, units: str = UNITS, sources: str = SOURCES, encoding: str = "utf-8") -> Registry:
    return load_registry(folder_with(folder, units, sources, encoding), today=TODAY)


def problems(folder: Path, units: str = UNITS, sources: str = SOURCES) -> list[Problem]:
    with pytest.raises(RegistryError) as caught:
        loaded(folder, units, sources)
    return list(caught.value.problems)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("sign", [";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_tables_that_an_office_program_saved_in_its_own_way(
    tmp_path: Path, encoding: str, sign: str, mark: str
) -> None:
    as_usual = loaded(tmp_path)
    for name, text in (("units.csv", UNITS), ("sources.csv", SOURCES)):
        (tmp_path / name).write_bytes((mark + text.replace(",", sign)).encode(encoding))
    other = load_registry(tmp_path, today=TODAY)
    assert (other.units, other.sources) == (as_usual.units, as_usual.sources)


def test_a_column_that_is_missing_under_semicolons_is_the_only_one_told(tmp_path: Path) -> None:
    found = problems(tmp_path, UNITS.replace(",host", "").replace(",", ";"))
    assert [(p.row, p.column) for p in found] == [(1, "host")]


def test_a_workbook_instead_of_a_table_is_pointed_out(tmp_path: Path) -> None:
    folder_with(tmp_path)
    (tmp_path / "units.csv").rename(tmp_path / "units.xlsx")
    with pytest.raises(RegistryError, match=r"There is units\.xlsx: open it and save it as “CSV UTF-8”"):
        load_registry(tmp_path, today=TODAY)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_units_sources_and_offices(tmp_path: Path, encoding: str) -> None:
    registry = loaded(tmp_path, encoding=encoding)
    town = registry.units["town"]
    assert (town.name, town.level, town.kind) == ("古镇镇人民政府", "town", "government")
    assert (town.region_code, town.supervising_unit_id, town.row) == ("442000101", "county", 5)
    assert registry.offices() == ("city", "county", "alone")
    assert [registry.office_of(u) for u in registry.units] == ["city", "city", "county", "county", "alone"]
    assert registry.members("city") == ("city", "city-gov")
    assert registry.members("county") == ("county", "town")
    assert registry.members("alone") == ("alone",)
    assert registry.suboffices("city") == ("county",)
    assert registry.years() == (2022, 2023)
    assert [(s.unit_id, s.url, s.is_file) for s in registry.sources_of(2023)] == [
        ("city", "https://www.zs.gov.cn/a.html", False),
        ("town", "files/town_2023.txt", True),
    ]
    assert registry.hosts() == {"www.zs.gov.cn", "guzhen.zs.gov.cn", "xn--zfr164b.cn"}


def test_optional_columns_in_any_order_and_spare_columns(tmp_path: Path) -> None:
    units = (
        "备注,aliases,name,unit_id,level,kind,region_code,supervising_unit_id,host,contact_email,credit_code\n"
        "x,古镇；古镇镇政府;,古镇镇人民政府,town,TOWN,government,,,,,11442000007330000a\n"
    )
    unit = loaded(tmp_path, units, "unit_id,year,url\n").units["town"]
    assert unit.aliases == ("古镇", "古镇镇政府")
    assert (unit.level, unit.credit_code) == ("town", "11442000007330000A")


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    units = UNITS + "city,又一个,village,bureau,44,nobody,http://x,a b\n,,city,department,,,,\n"
    sources = SOURCES + "nobody,20x3,ftp://x/y\ntown,2023,files/town_2023.txt\n"
    found = problems(tmp_path, units, sources)
    places = {(Path(p.file).name, p.row, p.column) for p in found}
    assert places == {
        ("units.csv", 7, "unit_id"),
        ("units.csv", 7, "level"),
        ("units.csv", 7, "kind"),
        ("units.csv", 7, "region_code"),
        ("units.csv", 7, "host"),
        ("units.csv", 7, "contact_email"),
        ("units.csv", 8, "unit_id"),
        ("units.csv", 8, "name"),
        ("sources.csv", 5, "unit_id"),
        ("sources.csv", 5, "year"),
        ("sources.csv", 5, "url"),
        ("sources.csv", 6, "url"),
    }
    assert all(p.what and p.remedy for p in found)


@pytest.mark.parametrize(
    "unit_id",
    ["../x", "a/b", "a\\b", "a.b", ".", "CON", "com1", "办公室", "a b", "-a", "x" * 65, "a\x00b", "a\u202eb"],
)
def test_an_id_that_is_no_folder_name_is_refused(tmp_path: Path, unit_id: str) -> None:
    found = problems(tmp_path, UNITS + f"{unit_id},某局,city,department,,,,\n")
    assert len(found) == 1
    if "\x00" in unit_id:
        assert "NUL" in found[0].what
    else:
        assert (found[0].row, found[0].column) == (7, "unit_id")


def test_ids_that_differ_in_case_only_are_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, UNITS + "CITY,某局,city,department,,,,\n")
    assert [(p.row, p.column, "row 2" in p.what) for p in found] == [(7, "unit_id", True)]


@pytest.mark.parametrize(
    "url",
    [
        "../secret.txt",
        "a/../../b.txt",
        "..\\secret.txt",
        "/etc/passwd",
        "C:\\reports\\a.txt",
        "c:a.txt",
        "\\\\server\\share\\a.txt",
        "file:///etc/passwd",
        "ftp://a.gov.cn/x",
        "javascript:alert(1)",
        "http://",
        "http://user:pw@a.gov.cn/",
        "http://a.gov.cn:99999/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://a..b/",
        "http://[::1/",
        "http://a.gov.cn/a b",
        "a\x07.txt",
        "x" * 300,
        "https://a.gov.cn/" + "x" * 3000,
        "",
    ],
)
def test_a_source_that_leads_elsewhere_is_refused(tmp_path: Path, url: str) -> None:
    found = problems(tmp_path, sources=SOURCES + f'city,2022,"{url}"\n')
    assert [(p.row, p.column) for p in found] == [(5, "url")]


@pytest.mark.parametrize(
    ("year", "said"),
    [
        ("2025", "not over yet"),
        ("2099", "not over yet"),
        ("2007", "before the first"),
        ("２０２３", "no year"),
        ("", "no year"),
    ],
)
def test_a_year_that_cannot_have_been_reported(tmp_path: Path, year: str, said: str) -> None:
    found = problems(tmp_path, sources=SOURCES + f"city,{year},b.txt\n")
    assert [(p.row, p.column, said in p.what) for p in found] == [(5, "year", True)]


def test_the_last_year_is_possible(tmp_path: Path) -> None:
    assert loaded(tmp_path, sources=SOURCES + "city,2024,b.txt\n").years() == (2022, 2023, 2024)


@pytest.mark.parametrize(
    "twin",
    ["https://WWW.zs.gov.cn/a.html", "https://www.zs.gov.cn:443/a.html", "https://www.zs.gov.cn/a.html#top"],
)
def test_the_same_source_in_another_spelling_is_a_duplicate(tmp_path: Path, twin: str) -> None:
    found = problems(tmp_path, sources=SOURCES + f"city,2023,{twin}\n")
    assert [(p.row, "row 2" in p.what) for p in found] == [(5, True)]


def test_a_circle_of_supervision_is_told_once(tmp_path: Path) -> None:
    units = (
        UNITS
        + "a,甲,city,department,,b,,\nb,乙,city,department,,a,,\nc,丙,city,department,,a,,\ns,丁,city,department,,s,,\n"
    )
    found = problems(tmp_path, units)
    assert [(p.row, p.column) for p in found] == [(7, "supervising_unit_id"), (10, "supervising_unit_id")]
    assert "a → b → a" in found[0].what


def test_missing_files_and_columns(tmp_path: Path) -> None:
    with pytest.raises(RegistryError) as caught:
        load_registry(tmp_path, today=TODAY)
    assert [Path(p.file).name for p in caught.value.problems] == ["units.csv", "sources.csv"]
    found = problems(tmp_path, UNITS.replace(",host", ""), SOURCES.replace("year", "url"))
    assert [(Path(p.file).name, p.row, p.column) for p in found] == [
        ("units.csv", 1, "host"),
        ("sources.csv", 1, "year"),
        ("sources.csv", 1, "url"),
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (UNITS.encode("utf-16"), "UTF-16"),
        (b"unit_id\0", "NUL"),
        (b"unit_id\xff\xff\n", "line 1 is neither UTF-8 nor GB18030"),
        (b'unit_id,"name\n', "CSV"),
        (b"", "column is missing"),
        (b"x" * 200_000, "CSV"),
    ],
)
def test_files_that_are_no_table(tmp_path: Path, data: bytes, said: str) -> None:
    folder_with(tmp_path, sources="unit_id,year,url\n")
    (tmp_path / "units.csv").write_bytes(data)
    with pytest.raises(RegistryError, match=said):
        load_registry(tmp_path, today=TODAY)


def test_a_comma_that_was_not_quoted_is_told(tmp_path: Path) -> None:
    found = problems(tmp_path, UNITS + "x,某局,city,department,,,,a@b.cn,extra\n")
    assert [(p.row, p.what) for p in found] == [(7, "9 fields under 8 columns")]


def test_the_settings_beside_it_are_used(tmp_path: Path) -> None:
    (tmp_path / "gipa.toml").write_text("[dates]\ntoday = 2023-06-01\n")
    folder_with(tmp_path)
    with pytest.raises(RegistryError, match="2023 is not over yet"):
        load_registry(tmp_path)

"""XLSX → rows（电子表格抽取）, straight from its XML: nothing is computed, no cell is rounded twice."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

from zhengtong.kit import Refused
from zhengtong.tables.loading.dialect import to_column_names
from zhengtong.tables.loading.extract import Extract, Number
from zhengtong.tables.loading.report import Rejected
from zhengtong.tables.loading.sources import WorkbookSource

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MOST_BYTES = 4 << 30
_DATE_FORMATS = {*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)}
_DATE_LETTERS = re.compile(r"[ymdhs年月日时分秒]", re.IGNORECASE)
_NOT_LETTERS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
#: from here on a double cannot tell neighbouring whole numbers of an identifier apart
_LOST_DIGITS = 10**15


def extract_workbook(source: WorkbookSource, target: Path) -> Extract:
    """Return the sheet's rows below its heading row; a row with a number of more than 15 digits is rejected.

    A spreadsheet keeps such a number as an approximation: the identifier typed there is gone already.
    """
    extract = Extract(target, "xlsx")
    try:
        with zipfile.ZipFile(source.path) as archive:
            _refuse_bombs(archive)
            book = _Book(archive)
            rows = book.rows(source.sheet)
            heading = next((cells for number, cells in rows if number >= source.heading_row), None)
            if heading is None:
                raise _unreadable("工作表是空的", "the sheet is empty")
            width = max(heading, default=0)
            names = to_column_names(tuple(str(heading.get(place, "")) for place in range(1, width + 1)))
            return extract.write(names, _data(rows, width, names, extract))
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError) as error:
        raise _unreadable("不是完整的 XLSX 文件", "it is not a whole XLSX file") from error


def _data(
    rows: Iterator[tuple[int, dict[int, Any]]], width: int, names: list[str], extract: Extract
) -> Iterator[tuple[int, list[Any]]]:
    for number, cells in rows:
        values = [cells.get(place) for place in range(1, width + 1)]
        lost = next((place for place, value in enumerate(values) if isinstance(value, _Lost)), None)
        if lost is not None:
            sentence = f"字段“{names[lost]}”超过 15 位的数字已被电子表格改成近似值；请把该列设为文本后重新填写"
            extract.rejects.append(
                Rejected(
                    number, "cell.lost-digits", sentence, ",".join(str(v or "") for v in values)[:2000], names[lost]
                )
            )
        elif any(value not in (None, "") for value in values):
            yield number, values


class _Lost(str):
    """A number that had more digits than a spreadsheet keeps."""

    __slots__ = ()


class _Book:
    """An open workbook: its shared texts, date styles and sheets."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = set(archive.namelist())
        self._texts = list(self._shared_texts())
        self._dates = self._date_styles()
        root = self._parse("xl/workbook.xml")
        properties = root.find(f"{_MAIN}workbookPr")
        is_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        # 1899-12-30 makes up for the 29 February 1900 that spreadsheets believe in
        self._epoch = datetime.datetime(1904, 1, 1) if is_1904 else datetime.datetime(1899, 12, 30)  # noqa: DTZ001
        self._sheets = self._list_sheets(root)

    def rows(self, sheet: str | None) -> Iterator[tuple[int, dict[int, Any]]]:
        """Yield (row number, {column number: value}) of a sheet, both from 1, never holding more than a row."""
        visible = [path for name, path, hidden in self._sheets if name == sheet or (sheet is None and not hidden)]
        if not visible:
            raise _unreadable(f"没有工作表“{sheet}”", f"there is no sheet {sheet!r}")
        with self._open(visible[0]) as file:
            number = 0
            for _, element in ElementTree.iterparse(file, events=("end",)):  # noqa: S314 - DTDs are refused
                if element.tag == f"{_MAIN}row":
                    number = int(element.get("r") or number + 1)
                    yield number, dict(self._cells(element))
                    element.clear()

    def _cells(self, row: ElementTree.Element) -> Iterator[tuple[int, Any]]:
        place = 0
        for cell in row.findall(f"{_MAIN}c"):
            place = _column_number(cell.get("r")) or place + 1
            value = self._value(cell)
            if value is not None:
                yield place, value

    def _value(self, cell: ElementTree.Element) -> Any:
        kind, raw = cell.get("t", "n"), cell.findtext(f"{_MAIN}v")
        if kind == "inlineStr":
            return "".join(text.text or "" for text in cell.iter(f"{_MAIN}t"))
        if raw is None or raw == "":
            return None
        match kind:
            case "s":
                return self._texts[int(raw)]
            case "b":
                return raw == "1"
            case "n" if int(cell.get("s", "0")) in self._dates:
                return self._moment(raw)
            case "n":
                return _number(raw)
            case _:  # str: a formula's text; e: an error such as #N/A, which stays visible; d: an ISO date
                return raw

    def _moment(self, raw: str) -> str:
        seconds = round(Decimal(raw) * 86400)
        moment = self._epoch + datetime.timedelta(seconds=seconds)
        return moment.date().isoformat() if seconds % 86400 == 0 else moment.isoformat()

    def _shared_texts(self) -> Iterator[str]:
        if "xl/sharedStrings.xml" not in self._names:
            return
        with self._open("xl/sharedStrings.xml") as file:
            for _, element in ElementTree.iterparse(file, events=("end",)):  # noqa: S314 - DTDs are refused
                if element.tag == f"{_MAIN}si":
                    for reading in element.findall(f"{_MAIN}rPh"):
                        element.remove(reading)  # how to pronounce it is no part of the text
                    yield "".join(text.text or "" for text in element.iter(f"{_MAIN}t"))
                    element.clear()

    def _date_styles(self) -> set[int]:
        if "xl/styles.xml" not in self._names:
            return set()
        root = self._parse("xl/styles.xml")
        own = {
            int(form.get("numFmtId", "0"))
            for form in root.iter(f"{_MAIN}numFmt")
            if _DATE_LETTERS.search(_NOT_LETTERS.sub("", form.get("formatCode", "")))
        }
        styles = root.find(f"{_MAIN}cellXfs")
        formats = [int(style.get("numFmtId", "0")) for style in (styles if styles is not None else ())]
        return {place for place, form in enumerate(formats) if form in _DATE_FORMATS or form in own}

    def _list_sheets(self, root: ElementTree.Element) -> list[tuple[str, str, bool]]:
        relations = {link.get("Id"): link.get("Target", "") for link in self._parse("xl/_rels/workbook.xml.rels")}
        found = []
        for sheet in root.iter(f"{_MAIN}sheet"):
            target = relations[sheet.get(_RELATION)].lstrip("/")
            path = target if target.startswith("xl/") else f"xl/{target}"
            found.append((sheet.get("name", ""), path, sheet.get("state", "visible") != "visible"))
        return found

    def _parse(self, name: str) -> ElementTree.Element:
        with self._open(name) as file:
            return ElementTree.parse(file).getroot()  # noqa: S314 - DTDs are refused

    def _open(self, name: str) -> IO[bytes]:
        with self._archive.open(name) as file:
            if b"<!DOCTYPE" in file.read(2048):
                raise _unreadable("含有不允许的文档类型声明", "it declares a document type, which is not allowed")
        return self._archive.open(name)


def _number(raw: str) -> Any:
    number = Decimal(raw)
    if abs(number) >= _LOST_DIGITS:
        return _Lost(f"{number:f}")
    if number == number.to_integral_value():
        return int(number)
    # a spreadsheet shows 15 digits of its double: 0.1 + 0.2 is stored as 0.30000000000000004
    return Number(f"{Decimal(f'{number:.15g}').normalize():f}")


def _column_number(reference: str | None) -> int:
    number = 0
    for char in reference or "":
        if not char.isalpha():
            break
        number = number * 26 + ord(char.upper()) - 64
    return number


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    if sum(member.file_size for member in archive.infolist()) > _MOST_BYTES:
        raise _unreadable("解压后过大", "it is too large when unpacked")


def _unreadable(zh: str, en: str) -> Refused:
    return Refused(
        "tables.load.bad-workbook", f"无法读取电子表格：{zh}。", f"The workbook cannot be read: {en}.", field="source"
    )

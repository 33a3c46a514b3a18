"""A list of items brought in（事项导入）: every line accounted for, twice without duplicates, changes with a history."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from tests.apps.people.town import CITY, make_organisation
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.matters import actions, queries
from zhengtong.apps.matters.items import COLUMNS
from zhengtong.apps.matters.models import Matter
from zhengtong.apps.people import actions as people
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.kit.identifiers import make_credit_code

USCC = make_credit_code(authority="1", category="1", region_code="990102", body="33333333").canonical
CODE = f"511A0138000000-990102000000-000-{USCC}-1-00"
LINE = {
    "department": "区教育局",
    "main_item": "未分类",
    "name": "教师资格认定",
    "item_code": CODE,
    "region_code": "990102000000",
    "department_code": USCC,
    "task_type": "7",
}


def write(folder: Path, *lines: dict[str, str], header: tuple[str, ...] = COLUMNS, encoding: str = "utf-8-sig") -> Path:
    path = folder / "items.csv"
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.DictWriter(out, fieldnames=header, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(lines)
    return path


def bring_in(path: Path, now: dt.datetime):
    return actions.import_items(path=path, by=SYSTEM, at=now)


def test_the_real_list_comes_in_once_however_often_it_is_brought(real_list: Path, db: None, now: dt.datetime) -> None:
    report = bring_in(real_list, now)
    lines = len(list(csv.DictReader(real_list.read_text(encoding="utf-8-sig").splitlines())))
    assert report.taken + len(report.refused) == lines == 1135
    assert report.taken == queries.count_matters(source="import")
    assert (report.updated, report.unchanged) == (0, 0)
    assert evidence.get_receipt(report.receipt_no).kind == "matters.imported"
    again = bring_in(real_list, now + dt.timedelta(days=1))
    assert (again.taken, again.updated, again.unchanged) == (0, 0, report.taken)
    assert queries.count_matters() == report.taken
    assert {note.column for note in report.warnings} == {"department_code", "region_code"}
    assert all(note.line > 1 and note.zh and note.en for note in report.warnings)


def test_every_real_guide_opens(real_list: Path, db: None, now: dt.datetime) -> None:
    bring_in(real_list, now)
    for code in Matter.objects.values_list("code", flat=True)[::25]:
        guide = queries.get_guide(code)
        assert {fact.key for fact in guide.known} >= {"department", "task_type", "region", "catalog_code"}
        assert ("申请材料", "What to bring") in guide.unknown
        assert not guide.matter.online


def test_a_changed_line_is_updated_with_what_it_was(tmp_path: Path, db: None, now: dt.datetime) -> None:
    bring_in(write(tmp_path, LINE), now)
    report = bring_in(write(tmp_path, {**LINE, "name": "教师资格认定（高中）"}), now + dt.timedelta(days=1))
    assert (report.taken, report.updated, report.unchanged) == (0, 1, 0)
    guide = queries.get_guide(CODE)
    (change,) = guide.history
    assert change.changes == {"title_zh": ("教师资格认定", "教师资格认定（高中）")} or change.changes == {
        "title_zh": ("教师资格认定", "教师资格认定(高中)")
    }
    assert change.receipt_no == report.receipt_no
    assert guide.matter.version == 2
    assert [hit.code for hit in queries.search("教师资格 高中").hits] == [CODE]


def test_a_line_is_linked_to_the_department_that_is_registered(tmp_path: Path, db: None, now: dt.datetime) -> None:
    people.define_region(code=CITY, name_zh="澜江市", name_en="Lanjiang", valid_from=now.date(), by=SYSTEM, at=now)
    bureau = make_organisation("education", "44444444", CITY, now)
    line = {**LINE, "item_code": CODE.replace(USCC, bureau.uscc), "department_code": bureau.uscc}
    bring_in(write(tmp_path, line), now)
    assert queries.get_matter(line["item_code"]).organisation == bureau


REFUSED = [
    ({"name": ""}, "name", "没有事项名称"),
    ({"name": "长" * 301}, "name", "300"),
    ({"item_code": ""}, "item_code", "没有事项编码"),
    ({"item_code": "511A0138000000"}, "item_code", "编码结构不对"),
    ({"item_code": "'; DROP TABLE matters_matter; --"}, "item_code", "编码结构不对"),
    ({"task_type": "66"}, "task_type", "A.1"),
    ({"task_type": ""}, "task_type", "A.1"),
    ({"task_type": "1x"}, "task_type", "A.1"),
    ({"region_code": "51160"}, "region_code", "12 位"),
]


@pytest.mark.parametrize(("change", "column", "word"), REFUSED, ids=[str(change)[:30] for change, _, _ in REFUSED])
def test_a_line_that_cannot_be_a_matter_is_told_why(tmp_path, db, now, change, column, word) -> None:
    good = {**LINE, "item_code": CODE.replace("-1-00", "-2-00")}
    report = bring_in(write(tmp_path, {**LINE, **change}, good), now)
    (note,) = report.refused
    assert (note.line, note.column) == (2, column)
    assert word in note.zh
    assert note.en
    assert report.taken == 1, "the lines beside it are taken"


DIRTY = [
    (USCC, CODE, USCC, ""),
    ("", CODE, USCC, ""),
    (USCC[8:17], CODE, USCC, ""),
    (f"{USCC[8:16]}-{USCC[16]}", CODE, USCC, ""),
    (USCC[:17], CODE, USCC, ""),
    (f"{USCC}_6391", CODE, USCC, ""),
    (USCC.lower(), CODE, USCC, ""),
    ("3946653276082720768", CODE, USCC, "对不上"),
    ("00877868-5", CODE.replace(USCC, "00877868-5"), "008778685", "9 位"),
    (USCC[:17], CODE.replace(USCC, USCC[:17]), USCC[:17], "17 位"),
    ("1.15113E+17", CODE.replace(USCC, "2222222222222"), "1.15113E+17", "科学计数法"),
    ("11736", CODE.replace(USCC, "2222222222222"), "11736", "校验不通过"),
    (USCC, CODE.replace(USCC, "2222222222222"), USCC, ""),
]


@pytest.mark.parametrize(("given", "code", "kept", "word"), DIRTY, ids=[given or "empty" for given, _, _, _ in DIRTY])
def test_a_dirty_department_code_is_mended_or_marked(tmp_path, db, now, given, code, kept, word) -> None:
    report = bring_in(write(tmp_path, {**LINE, "department_code": given, "item_code": code}), now)
    assert report.taken == 1
    assert queries.get_matter(code).department_uscc == kept
    assert [word in note.zh for note in report.warnings] == ([True] if word else [])


def test_a_code_twice_in_one_file_is_taken_once(tmp_path, db, now) -> None:
    report = bring_in(write(tmp_path, LINE, {**LINE, "name": "另一个"}), now)
    (note,) = report.refused
    assert (report.taken, note.line, note.column) == (1, 3, "item_code")
    assert "第 2 行" in note.zh
    assert queries.get_matter(CODE).title_zh == "教师资格认定"


def test_a_line_with_more_columns_than_the_header_is_refused(tmp_path, db, now) -> None:
    path = write(tmp_path, LINE)
    path.write_text(
        path.read_text(encoding="utf-8-sig") + f"a,b,c,{CODE},990102000000,x,7,多出一列\n", encoding="utf-8"
    )
    report = bring_in(path, now)
    assert [(note.line, "引号" in note.zh) for note in report.refused] == [(3, True)]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda folder: write(folder, LINE, header=COLUMNS[:-1]), "matters.import.missing-column"),
        (lambda folder: write(folder, LINE, encoding="gb18030"), "matters.import.not-utf8"),
        (lambda folder: write(folder, header=()), "matters.import.missing-column"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_and_nothing_changes(tmp_path, db, now, refuses, make, code) -> None:
    with refuses(code):
        bring_in(make(tmp_path), now)
    assert queries.count_matters() == 0
    assert evidence.count_receipts() == 0


def test_a_file_that_breaks_off_in_the_middle_leaves_nothing_behind(tmp_path, db, now, refuses) -> None:
    path = write(tmp_path, *({**LINE, "item_code": CODE.replace("511A", f"5{at:03}")} for at in range(600)))
    path.write_bytes(path.read_bytes() + b"\xff\xfe broken\n")
    with refuses("matters.import.not-utf8"):
        bring_in(path, now)
    assert queries.count_matters() == 0


def test_only_an_administrator_may_bring_in_a_list(tmp_path, db, now, refuses) -> None:
    with refuses("matters.import.no-right", 403):
        actions.import_items(path=write(tmp_path, LINE), by=Actor(kind="officer", account_id=1), at=now)

"""A list of items brought in（事项导入）: streamed, each line taken or told why not, twice without duplicates."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from django.db import transaction

from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.matters import search
from zhengtong.apps.matters.codes import task_types
from zhengtong.apps.matters.items import COLUMNS, ItemLine, read_line
from zhengtong.apps.matters.models import Matter, MatterChange
from zhengtong.apps.matters.shapes import ImportReport, LineNote
from zhengtong.apps.people.queries import list_organisations
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused

BATCH = 500
COMPARED = (
    "title_zh",
    "main_item",
    "department_name",
    "department_uscc",
    "region_code",
    "task_type",
    "catalog_code",
    "task_code",
)


@dataclass
class _Run:
    """The running count of an import."""

    by: Actor
    at: dt.datetime
    organisations: dict[str, int]
    taken: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[LineNote] = field(default_factory=list)
    warnings: list[LineNote] = field(default_factory=list)
    changes: list[MatterChange] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def import_items(*, path: Path, by: Actor, at: dt.datetime) -> ImportReport:
    """Return what became of each line of a CSV list（columns as `items.COLUMNS`）.

    A line is known by its item code: new ones are taken, known ones compared and changed with a history entry, the same
    line twice in one file is refused the second time. Matters that are not in the file stay. Read as a stream, written
    in batches of 500, all or nothing; memory does not grow with the file but for the codes seen. Refused as a whole: not UTF-8,
    a column missing, no right.
    """
    if by.kind != "system" and by.duty != "sysadmin":
        raise Refused(
            code="matters.import.no-right",
            zh="只有系统管理员可以导入事项清单，请联系系统管理员",
            en="Only a system administrator may import a list of items",
            status=403,
        )
    organisations = {organisation.uscc: organisation.id for organisation in list_organisations()}
    run = _Run(by, at, organisations)
    digest = hashlib.sha256()
    with path.open("rb") as content:
        for chunk in iter(lambda: content.read(1 << 20), b""):
            digest.update(chunk)
    with path.open(encoding="utf-8-sig", newline="") as text:
        for batch in _batches(_lines(text, run)):
            _write(batch, run)
    return _finish(run, digest.hexdigest())


def _lines(text: IO[str], run: _Run) -> Iterator[ItemLine]:
    """Yield the lines that can be taken; note the others."""
    types = task_types().codes
    reader = csv.DictReader(text)
    try:
        _check_header(reader.fieldnames or [])
        for row in reader:
            number = reader.line_num
            line = read_line(number, row, types)
            run.warnings.extend(line.warnings)
            if line.refused is None and (first := run.seen.setdefault(line.values["code"], number)) != number:
                line.refused = LineNote(
                    number,
                    "item_code",
                    f"与第 {first} 行的事项编码相同，只收第一行；请核对是否重复",
                    f"the code stands in line {first} already; only the first is taken",
                    line.values["code"],
                )
            if line.refused is None:
                yield line
            else:
                run.refused.append(line.refused)
    except UnicodeDecodeError as fault:
        raise Refused(
            code="matters.import.not-utf8",
            zh="文件不是 UTF-8 编码。请另存为“CSV UTF-8”后再导入",
            en="The file is not UTF-8. Save it as CSV UTF-8 and import it again",
        ) from fault
    except csv.Error as fault:
        raise Refused(
            code="matters.import.not-csv",
            zh=f"第 {reader.line_num} 行不是正确的 CSV。请检查引号后再导入",
            en=f"Line {reader.line_num} is not CSV. Check the quotes and import it again",
            facts={"line": reader.line_num},
        ) from fault


def _check_header(header: object) -> None:
    missing = [column for column in COLUMNS if column not in list(header)]  # type: ignore[call-overload]
    if missing:
        raise Refused(
            code="matters.import.missing-column",
            zh=f"表头缺少 {'、'.join(missing)}。请对照模板补上这些列",
            en=f"The header lacks {', '.join(missing)}. Add these columns",
            facts={"missing": missing},
        )


def _batches(lines: Iterator[ItemLine]) -> Iterator[list[dict[str, str]]]:
    while batch := [line.values for line in itertools.islice(lines, BATCH)]:
        yield batch


def _write(batch: list[dict[str, str]], run: _Run) -> None:
    known = {matter.code: matter for matter in Matter.objects.filter(code__in=[values["code"] for values in batch])}
    fresh, changed = [], []
    for values in batch:
        matter = known.get(values["code"])
        if matter is None:
            fresh.append(_new(values, run))
        elif difference := _difference(matter, values):
            changed.append(_changed(matter, values, difference, run))
        else:
            run.unchanged += 1
    Matter.objects.bulk_create(fresh)
    Matter.objects.bulk_update(changed, [*COMPARED, "organisation_id", "pinyin", "updated_at", "version"])
    search.reindex(fresh + changed)
    run.taken += len(fresh)
    run.updated += len(changed)


def _new(values: dict[str, str], run: _Run) -> Matter:
    return Matter(
        **values,
        kind="matter",
        source="import",
        status="published",
        organisation_id=run.organisations.get(values["department_uscc"]),
        pinyin=search.pinyin_of(values["title_zh"], ()),
        updated_at=run.at,
    )


def _difference(matter: Matter, values: dict[str, str]) -> dict[str, list[str]]:
    return {
        column: [getattr(matter, column), values[column]]
        for column in COMPARED
        if getattr(matter, column) != values[column]
    }


def _changed(matter: Matter, values: dict[str, str], difference: dict[str, list[str]], run: _Run) -> Matter:
    run.changes.append(MatterChange(matter=matter, at=run.at, by_label=run.by.label, changes=difference))
    for column in COMPARED:
        setattr(matter, column, values[column])
    matter.organisation_id = run.organisations.get(matter.department_uscc)
    matter.pinyin = search.pinyin_of(matter.title_zh, matter.keywords)
    matter.updated_at, matter.version = run.at, matter.version + 1
    return matter


def _finish(run: _Run, digest: str) -> ImportReport:
    """Leave one receipt for the whole run, and write the history under it."""
    counts = {"taken": run.taken, "updated": run.updated, "unchanged": run.unchanged, "refused": len(run.refused)}
    receipt = evidence.record(
        kind="matters.imported",
        body={"file": f"sha256:{digest}", **counts},
        by=run.by,
        at=run.at,
        summary_zh=f"导入事项清单：新收 {run.taken}，更新 {run.updated}，未收 {len(run.refused)}",
        summary_en=f"List of items imported: {run.taken} new, {run.updated} changed, {len(run.refused)} refused",
    )
    for change in run.changes:
        change.receipt_no = receipt.no
    MatterChange.objects.bulk_create(run.changes, batch_size=BATCH)
    return ImportReport(
        taken=run.taken,
        updated=run.updated,
        unchanged=run.unchanged,
        refused=tuple(run.refused),
        warnings=tuple(run.warnings),
        receipt_no=receipt.no,
    )

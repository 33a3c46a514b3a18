"""Reading instead of asking（数据预填）: a pack's data uses, carried out through the one door of exchange.

Whatever cannot be read stays open for the applicant, with the name of the source that failed and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from zhengtong.apps.cases.held import Read, plain_values
from zhengtong.apps.cases.scope import Scope, evaluate, holds, nest, to_plain
from zhengtong.apps.cases.shapes import FieldValue
from zhengtong.apps.exchange import actions as exchange
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.declared.shapes import DataUse, Pack
from zhengtong.kit import Refused

DONE = frozenset({"read", "not-found"})


def read_uses(
    uses: Iterable[DataUse],
    scope: Scope,
    *,
    pack: Pack,
    region_code: str,
    case_no: str,
    by: Actor,
    at: datetime,
    done: Mapping[str, Read] | None = None,
    values: Mapping[str, FieldValue] | None = None,
) -> tuple[dict[str, Read], dict[str, FieldValue]]:
    """Return the reads and values after carrying out the uses in order; each sees what the ones before it filled.

    A use already read is not read again. One whose whole key is still unknown waits.
    """
    reads = dict(done or {})
    filled = dict(values or {})
    for use in uses:
        if not holds(use.when, scope) or (use.id in reads and reads[use.id].state in DONE):
            continue
        reads[use.id] = _read(use, scope, pack, region_code, case_no, by, at)
        filled |= _fill(use, reads[use.id], filled)
        scope = {**scope, "form": nest(plain_values(filled)), "data": found_data(reads)}
    return reads, filled


def found_data(reads: Mapping[str, Read]) -> dict[str, Any]:
    """Return what expressions see as `data.<use>.<field>`: only of reads that found a row."""
    return {use_id: dict(read.values) for use_id, read in reads.items() if read.state == "read"}


def key_of(use: DataUse, scope: Scope) -> dict[str, str]:
    """Return the key of a use, its unknown fields left out."""
    found = {field: evaluate(text, scope) for field, text in use.key.items()}
    return {field: str(value) for field, value in found.items() if value not in (None, "")}


def _read(use: DataUse, scope: Scope, pack: Pack, region_code: str, case_no: str, by: Actor, at: datetime) -> Read:
    key = key_of(use, scope)
    blank = Read(use.id, use.resource, "waiting", {}, key, use.purpose.zh, use.purpose.en, at=at)
    if not key:
        return blank
    try:
        answer = exchange.read(
            consumer=_consumer(use, pack, region_code),
            resource_code=use.resource,
            key=key,
            fields=list(dict.fromkeys([*use.fills.values(), *use.fields, *_checked_fields(pack, use)])),
            mode=use.mode,
            case_no=case_no,
            by=by,
            at=at,
            purpose_zh=use.purpose.zh,
            purpose_en=use.purpose.en,
        )
    except Refused as refusal:
        return replace(blank, state="failed", reason_zh=refusal.zh, reason_en=refusal.en)
    return replace(
        blank,
        state="read" if answer.found else "not-found",
        values={name: to_plain(value) for name, value in answer.values.items()},
        title_zh=answer.resource_title_zh,
        title_en=answer.resource_title_en,
        provider_zh=answer.provider_zh,
        provider_en=answer.provider_en,
        reason_zh="" if answer.found else "没有查到对应的记录，请自行填写。",
        reason_en="" if answer.found else "No record was found; please fill the fields in yourself.",
        at=answer.retrieved_at,
        receipt_no=answer.receipt_no,
    )


def _checked_fields(pack: Pack, use: DataUse) -> list[str]:
    return [check.right for check in pack.checks if check.use == use.id]


def _consumer(use: DataUse, pack: Pack, region_code: str) -> OrganisationShape:
    function = use.consumer or pack.owner
    found = people.find_organisation(function=function, region_code=region_code)
    if found is None:
        raise Refused(
            "case.read.no-consumer",
            f"本地没有主管“{function}”的机构，无法调取数据。请自行填写。",
            f"No organisation leads {function} here, so the data cannot be read. Please fill the fields in yourself.",
            facts={"function": function},
        )
    return found


def _fill(use: DataUse, read: Read, held: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    """Return the values a read fills: verified ones over everything, others only where nothing was entered."""
    if read.state != "read":
        return {}
    filled = {}
    for path, field in use.fills.items():
        value = read.values.get(field)
        own = held.get(path)
        is_taken = own is not None and (own.verified or (own.source == "applicant" and not use.locks))
        if value is None or value == "" or is_taken:
            continue
        filled[path] = FieldValue(
            value=value,
            source=f"data:{use.id}",
            source_title_zh=f"{read.provider_zh} · {read.title_zh}",
            source_title_en=f"{read.provider_en} · {read.title_en}",
            retrieved_at=read.at,
            verified=use.locks,
            receipt_no=read.receipt_no,
        )
    return filled

"""A case archived（归档）: its file packed, checked four ways, kept encrypted, its digest in a receipt."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from zhengtong.apps.cases import store
from zhengtong.apps.cases.actions.log import Held, append, lock_case, require_current
from zhengtong.apps.cases.actions.officer_rules import done, require_officer, require_reason
from zhengtong.apps.cases.archive import build_bundle, check_bundle, open_index
from zhengtong.apps.cases.archive.bundle import digest_of
from zhengtong.apps.cases.law import case_law
from zhengtong.apps.cases.models import Case, CaseFile
from zhengtong.apps.cases.queries.archive import case_entries, case_head, case_log
from zhengtong.apps.cases.shapes import CaseShape, FileCheck
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.kit import Refused

MOST_CASES = 200
log = logging.getLogger("zhengtong.cases")


@transaction.atomic
def archive_case(*, case_no: str, by: Actor, at: datetime, version: int | None = None, despite: str = "") -> CaseShape:
    """Return the case archived（归档）, once it is settled: file packed, the four checks done, kept for good.

    Refused（409 `case.archive.checks`）with the findings when a check fails; an officer may archive it all the same
    giving the reason in `despite`, except where authenticity or integrity fails.
    """
    held = lock_case(case_no)
    if by.kind != "system":
        require_officer(held, "archived", by)
    require_current(held, version, "archived")
    bundle, checked = _pack(held, at)
    grave = [finding for finding in checked.findings if finding.check in ("authenticity", "integrity")]
    if grave or (checked.findings and not despite.strip()):
        raise _not_sound(checked)
    index = open_index(bundle)
    payload: dict[str, Any] = {
        "digest": digest_of(index),
        "pages": index["pages"],
        "documents": len(index["entries"]),
        "checks": dict(checked.results),
    }
    if checked.findings:
        payload["reason"] = require_reason(despite, "despite")
    held = append(held, "archived", payload, by=by, at=at)
    CaseFile.objects.create(
        case=held.record,
        storage=store.keep(bundle),
        digest=payload["digest"],
        size_bytes=len(bundle),
        pages=index["pages"],
        checks=payload["checks"],
        at=at,
    )
    return done(held, by, at)


def archive_settled(*, at: datetime, limit: int = MOST_CASES) -> int:
    """Return how many cases were archived because their time had come; those with findings are left to an officer.

    Each in its own transaction, safe to run twice. The file of a one-thing's part lies with the part.
    """
    archived = 0
    settled = Case.objects.filter(is_settled=True, file=None, is_archive_held=False)
    due = settled.filter(settled_at__lt=at - timedelta(days=case_law().archive_after_days))
    for no in list(due.order_by("settled_at", "pk").values_list("no", flat=True)[:limit]):
        try:
            archive_case(case_no=no, by=SYSTEM, at=at)
            archived += 1
        except Refused as refusal:
            Case.objects.filter(no=no).update(is_archive_held=True)
            log.warning("case %s is not archived by itself: %s", no, refusal.code)
    return archived


def _pack(held: Held, at: datetime) -> tuple[bytes, FileCheck]:
    bundle = build_bundle(case_head(held.record, held.state, at), case_log(held.log), case_entries(held.record.no, at))
    return bundle, check_bundle(bundle)


def _not_sound(checked: FileCheck) -> Refused:
    first = checked.findings[0]
    return Refused(
        "case.archive.checks",
        f"四性检测有 {len(checked.findings)} 处不合格，第一处：{first.where} {first.zh}。请处理后归档；确实无法处理的，写明理由再归档。",
        f"{len(checked.findings)} findings in the four checks, the first: {first.where} {first.en}. Put them right, or give the "
        "reason why that cannot be.",
        status=409,
        facts={"findings": [[one.check, one.where, one.zh, one.en] for one in checked.findings[:20]]},
    )

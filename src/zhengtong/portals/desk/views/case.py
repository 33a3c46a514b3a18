"""One case at the desk（办件）: identity, checks, parallel departments, materials, log, and the decision beside them."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.apps.cases import queries
from zhengtong.apps.cases.shapes import CaseShape, DataCheckRow
from zhengtong.apps.evidence import queries as evidence
from zhengtong.portals.desk.answers import blocks_of, in_words
from zhengtong.portals.desk.axis import axis_of
from zhengtong.portals.desk.contexts import CaseContext, FileContext, Panel, Tab, TimeBar
from zhengtong.portals.desk.guards import officer
from zhengtong.portals.desk.panels import panel_of
from zhengtong.portals.desk.queues import queue_of
from zhengtong.portals.desk.standing import standing_of
from zhengtong.portals.desk.step_contexts import ArchiveContext
from zhengtong.portals.ui.days import say_day
from zhengtong.portals.ui.pages import clock, page, with_query
from zhengtong.portals.ui.pieces import due_of_clock

FIRST = {"mismatch": 0, "failed": 1, "not-found": 2, "match": 3}
REMIND_PERCENT = 75
SHOWN_INLINE = ("image/jpeg", "image/png", "application/pdf")


@officer
def case(request: HttpRequest, no: str) -> HttpResponse:
    """Show a case with its decision panel."""
    found = queries.get_case(no, request.actor)
    panel = panel_of(found, request.actor, chosen=request.GET.get("do", ""))
    return case_page(request, found, panel)


def case_page(request: HttpRequest, found: CaseShape, panel: Panel, status: int = 200) -> HttpResponse:
    """Return the page of a case around a panel; also what a decision that did not pass answers."""
    counts = queries.count_buckets(request.actor)
    whole = queries.get_case(found.parent_no, request.actor) if found.parent_no else found
    tab = request.GET.get("tab", "review")
    checks = _checks(request, found)
    odd = sum(1 for row in checks if row.result != "match" and row.retrieved_at)
    context = CaseContext(
        section="tasks",
        counts=counts,
        queue=queue_of(request.actor, counts, current=found.no),
        case=found,
        whole=whole,
        due=due_of_clock(found.clock),
        bar=_bar(found),
        tabs=_tabs(found, tab, odd),
        tab=tab,
        checks=checks,
        check_summary=_summary(checks),
        axis=axis_of(whole, found.no, clock(request)),
        blocks=blocks_of(found) if tab == "form" else (),
        materials=found.materials,
        receipts=tuple(evidence.list_receipts(found.no)) if tab == "log" else (),
        panel=panel,
        standing=standing_of(found),
        traces=queries.explain_clock(found.no, request.actor, at=clock(request)) if tab == "clock" else (),
        mark=_mark(found),
    )
    return page(request, "desk/case.html", context, status=status)


def _mark(found: CaseShape) -> str:
    """Return "yellow" or "red" when the running clock has turned so, else nothing."""
    return queries.mark_of(found.pack, found.clock.remaining_days) if found.clock.state == "running" else ""


def _checks(request: HttpRequest, found: CaseShape) -> tuple[DataCheckRow, ...]:
    """Return the comparisons, those that need eyes first."""
    rows = (in_words(found, row) for row in queries.data_checks(found.no, request.actor))
    return tuple(sorted(rows, key=lambda row: FIRST.get(row.result, 1)))


def _summary(checks: tuple[DataCheckRow, ...]) -> str:
    same = sum(1 for row in checks if row.result == "match")
    differs = sum(1 for row in checks if row.result == "mismatch")
    missing = len(checks) - same - differs
    if not checks:
        return ""
    return _("%(n)d 项：%(same)d 一致，%(differs)d 不一致，%(missing)d 没有结果") % {
        "n": len(checks), "same": same, "differs": differs, "missing": missing,
    }  # fmt: skip


def _bar(found: CaseShape) -> TimeBar | None:
    """Return the used part of the promised term, in working days; None before acceptance and after settling."""
    left, due_on = found.clock.remaining_days, found.clock.due_on
    if left is None or due_on is None or found.clock.state == "done":
        return None
    total = found.pack.terms.promised.n if found.accepted_at else max(left, 1)
    used = max(0, min(100, round((total - left) / total * 100))) if total else 100
    words = _("承诺 %(n)d 个工作日，%(day)s 到期。") % {"n": total, "day": say_day(due_on)}
    if not found.accepted_at:
        words = _("受理期限 %(day)s 到期。") % {"day": say_day(due_on)}
    return TimeBar(used, REMIND_PERCENT if found.accepted_at else 0, found.clock.bucket, words)


def _tabs(found: CaseShape, chosen: str, odd: int) -> tuple[Tab, ...]:
    here = reverse("desk:case", args=[found.no])
    words = (
        ("review", _("审查要点")), ("form", _("申请表")), ("materials", _("材料")), ("clock", _("时限")), ("log", _("日志")),
    )  # fmt: skip
    return tuple(
        Tab(
            code,
            text,
            with_query(here, tab=code) if code != "review" else here,
            code == chosen,
            odd if code == "review" else 0,
        )
        for code, text in words
    )


@officer
def material(request: HttpRequest, no: str, file_id: UUID) -> HttpResponse:
    """Answer a file of the case, decrypted for this officer, shown in the browser when it is safe to."""
    queries.get_case(no, request.actor)
    file, content = queries.get_material(file_id, request.actor)
    response = HttpResponse(content, content_type=file.media_type)
    way = "inline" if file.media_type in SHOWN_INLINE else "attachment"
    response["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(file.name, safe='')}"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@officer
def archive(request: HttpRequest, no: str) -> HttpResponse:
    """Show an archived case file: its index, digest, pages, and the four checks done again now."""
    found = queries.get_case(no, request.actor)
    file, _bundle = queries.get_case_file(no, request.actor)
    check = queries.check_case_file(no, request.actor)
    names = {
        "authenticity": _("真实性"), "integrity": _("完整性"), "usability": _("可用性"), "safety": _("安全性"),
    }  # fmt: skip
    checks = tuple((names.get(name, name), passed) for name, passed in check.results)
    counts = queries.count_buckets(request.actor)
    return page(request, "desk/archive.html", ArchiveContext("search", counts, found, file, check, checks))


@officer
def archive_bundle(request: HttpRequest, no: str) -> HttpResponse:
    """Answer the archived case file as it was packed."""
    file, bundle = queries.get_case_file(no, request.actor)
    response = HttpResponse(bundle, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{file.case_no}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


@officer
def case_file(request: HttpRequest, no: str) -> HttpResponse:
    """Show the whole file for print."""
    found = queries.get_case(no, request.actor)
    whole = queries.get_case(found.parent_no, request.actor) if found.parent_no else found
    context = FileContext(
        found,
        whole,
        blocks_of(found),
        _checks(request, found),
        tuple(evidence.list_receipts(found.no)),
        request.actor.label,
    )
    return page(request, "desk/file.html", context)

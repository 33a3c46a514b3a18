"""Several cases decided together（批量审批）: ticked in the queue, looked over, decided, each with its own result."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.apps.cases import actions, queries
from zhengtong.apps.cases.shapes import BatchResult, CaseShape
from zhengtong.kit import Refused
from zhengtong.kit.text import normalise
from zhengtong.portals.desk.guards import officer
from zhengtong.portals.desk.step_contexts import BatchContext, BatchDoneContext, BatchField, BatchLine
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.languages import pick, words_of
from zhengtong.portals.ui.pages import SeeOther, clock, page, whole_number

MOST_CASES = 50  # a page of the queue and some more
DECISIONS = ("granted", "denied")
KEPT = "desk-batch"


@officer
def batch(request: HttpRequest) -> HttpResponse:
    """Show the ticked cases, or decide them; each succeeds or is refused on its own."""
    posted = request.POST if request.method == "POST" else request.GET
    lines = _lines(request, posted.getlist("case"))
    decision, reason = posted.get("decision", ""), posted.get("reason", "").strip()
    faults = _faults(lines, decision, reason) if request.method == "POST" else []
    if request.method == "POST" and not faults:
        given = [
            actions.Decision(line.case.no, line.version, {one.name.partition("|")[2]: one.value for one in line.fields if one.value})
            for line in lines
        ]  # fmt: skip
        results = actions.settle_batch(
            decisions=given, decision=decision, reason=reason, by=request.actor, at=clock(request)
        )
        request.session[KEPT] = [asdict(one) for one in results]
        return SeeOther(reverse("desk:batch-done"))
    counts = queries.count_buckets(request.actor)
    context = BatchContext("tasks", counts, lines, decision, reason, tuple(faults))
    return page(request, "desk/batch.html", context, status=422 if faults else 200)


@officer
def done(request: HttpRequest) -> HttpResponse:
    """Show what came of each case of my last batch."""
    results = [BatchResult(**one) for one in request.session.get(KEPT, [])]
    shown = tuple((one, pick(one.zh, one.en)) for one in results)
    ready = sum(one.ok for one in results)
    return page(
        request,
        "desk/batch_done.html",
        BatchDoneContext("tasks", queries.count_buckets(request.actor), shown, ready),
    )


def _lines(request: HttpRequest, ticked: list[str]) -> tuple[BatchLine, ...]:
    """Return the ticked cases I may see, with the version that was ticked; "number:version" each."""
    lines = []
    for given in list(dict.fromkeys(ticked))[:MOST_CASES]:
        no, _colon, version = given.partition(":")
        try:
            found = queries.get_case(no, request.actor)
        except Refused:
            continue
        fields = _fields(request, found)
        lines.append(BatchLine(found, whole_number(version, found.version), fields, "settle" in found.allowed))
    return tuple(lines)


def _fields(request: HttpRequest, found: CaseShape) -> tuple[BatchField, ...]:
    """Return what granting this case fills in, with what was entered or what is suggested."""
    shown = []
    for one in found.pack.outcome:
        name = f"{found.no}|{one.id}"
        suggested = found.outcome_suggested.get(one.id)
        value = normalise(request.POST.get(name, "" if suggested is None else str(suggested)))
        options = tuple((code, words_of(words)) for code, words in one.options)
        shown.append(BatchField(name, words_of(one.label), value, one.required and not one.when, options))
    return tuple(shown)


def _faults(lines: tuple[BatchLine, ...], decision: str, reason: str) -> list[Fault]:
    faults = []
    if not lines:
        faults.append(Fault("case", "", _("没有选中办件，请回到任务列表勾选")))
    if decision not in DECISIONS:
        faults.append(Fault("decision", "decision", _("请选“通过”或“不予许可”")))
    if decision == "denied" and not reason:
        faults.append(Fault("reason", "why", _("不予许可要写明原因")))
    return faults

"""Deciding（处理）: each way posts here; what does not pass comes back with the officer's words kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.apps.cases import actions, queries
from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.kit import Refused
from zhengtong.portals.desk.guards import officer
from zhengtong.portals.desk.panels import Entered, panel_of, read_entered, supplement_items
from zhengtong.portals.desk.views.case import case_page
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.languages import pick, words_of
from zhengtong.portals.ui.pages import SeeOther, clock, say, whole_number

Act = Callable[[CaseShape, Entered, dict[str, Any]], object]


@officer
@require_POST
def claim(request: HttpRequest, no: str) -> HttpResponse:
    """Take a case into my tasks."""
    actions.claim_task(case_no=no, version=version_of(request), by=request.actor, at=clock(request))
    say(request, _("已认领。"))
    return SeeOther(reverse("desk:case", args=[no]))


@officer
@require_POST
def release(request: HttpRequest, no: str) -> HttpResponse:
    """Give a case back to the pool."""
    actions.release_task(case_no=no, version=version_of(request), by=request.actor, at=clock(request))
    say(request, _("已退回待认领。"))
    return SeeOther(reverse("desk:tasks"))


@officer
@require_POST
def accept(request: HttpRequest, no: str) -> HttpResponse:
    """Accept a case; its promised clock starts."""
    return _decide(request, no, "accept", lambda _case, _entered, base: actions.accept_case(**base))


@officer
@require_POST
def refuse(request: HttpRequest, no: str) -> HttpResponse:
    """Refuse acceptance, with the reason."""
    return _decide(
        request,
        no,
        "refuse",
        lambda _case, entered, base: actions.refuse_acceptance(reason=entered.full_reason, **base),
    )


@officer
@require_POST
def supplement(request: HttpRequest, no: str) -> HttpResponse:
    """Ask, once and completely, for what is missing."""

    def ask(case: CaseShape, entered: Entered, base: dict[str, Any]) -> object:
        return actions.ask_supplement(items=supplement_items(case, entered), reason=entered.full_reason, **base)

    return _decide(request, no, "supplement", ask)


@officer
@require_POST
def propose_supplement(request: HttpRequest, no: str) -> HttpResponse:
    """Put a further demand for additions to the head."""

    def ask(case: CaseShape, entered: Entered, base: dict[str, Any]) -> object:
        return actions.propose_supplement(items=supplement_items(case, entered), reason=entered.full_reason, **base)

    return _decide(request, no, "propose_supplement", ask)


@officer
@require_POST
def settle(request: HttpRequest, no: str) -> HttpResponse:
    """Grant or deny."""
    decision = request.POST.get("decision", "")
    if decision not in ("granted", "denied"):
        raise Refused(
            "portal.settle.no-decision",
            "没有选“通过”还是“不予许可”。请回到办件页面选一个再发出。",
            "Neither “grant” nor “deny” was chosen. Go back to the case, choose one, and send again.",
            field="decision",
        )

    def decide(_case: CaseShape, entered: Entered, base: dict[str, Any]) -> object:
        outcome = {name: value for name, value in (entered.outcome or {}).items() if value}
        return actions.settle_case(decision=decision, reason=entered.full_reason, outcome=outcome, **base)

    return _decide(request, no, "grant" if decision == "granted" else "deny", decide)


def _decide(request: HttpRequest, no: str, way: str, act: Act) -> HttpResponse:
    """Preview, or act and open the next case of my queue; 422 keeps what was entered, 409 says who was faster."""
    found = queries.get_case(no, request.actor)
    entered = read_entered(request.POST)
    if request.POST.get("preview"):
        return case_page(request, found, panel_of(found, request.actor, chosen=way, entered=entered, at=clock(request)))
    base = {"case_no": no, "version": version_of(request), "by": request.actor, "at": clock(request)}
    try:
        act(found, entered, base)
    except Refused as refused:
        fault = Fault(refused.field or "", _anchor(refused), pick(refused.zh, refused.en))
        current = queries.get_case(no, request.actor)
        panel = panel_of(current, request.actor, chosen=way, entered=entered, faults=[fault])
        return case_page(request, current, panel, status=refused.status)
    say(request, _("已发出：%(title)s %(no)s") % {"title": words_of(found, "title"), "no": no})
    return SeeOther(_next_url(request, no))


def _anchor(refused: Refused) -> str:
    name = refused.field or ""
    if name.startswith("outcome"):
        return f"o-{name.rpartition('.')[2]}"
    return {"reason": "why", "items": "items"}.get(name, "")


def _next_url(request: HttpRequest, done_no: str) -> str:
    """Return the next case of my queue that waits for me, else the queue."""
    rows = queries.list_queue(request.actor, bucket="", q="", page=1).rows
    following = next((row for row in rows if row.no != done_no and row.bucket != "hold"), None)
    return reverse("desk:case", args=[following.no]) if following else reverse("desk:tasks")


def version_of(request: HttpRequest) -> int:
    """Return the version of the case the officer saw; refused when the form carries none."""
    given = request.POST.get("version", "")
    version = whole_number(given, -1)
    if version < 0:
        raise Refused(
            "portal.version.missing",
            "提交里缺少版本号，无法确认您看到的是最新内容。请刷新办件页面后再发出。",
            "The form carries no version, so it cannot be told whether you saw the latest. Reload the case and try again.",
            field="version",
        )
    return version

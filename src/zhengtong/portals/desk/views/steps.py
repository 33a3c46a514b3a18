"""Steps beside deciding（办理动作）: every step of the table posts here; what does not pass comes back with it kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.apps.cases import queries
from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.kit import Refused, to_local
from zhengtong.portals.desk.guards import officer
from zhengtong.portals.desk.panels import panel_of, step_form
from zhengtong.portals.desk.steps import STEPS, open_steps, take
from zhengtong.portals.desk.views.case import case_page
from zhengtong.portals.desk.views.deciding import version_of
from zhengtong.portals.ui.controls import fault_of, read
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.pages import SeeOther, clock, say


@officer
@require_POST
def step(request: HttpRequest, no: str, verb: str) -> HttpResponse:
    """Take one step; 422 keeps what was entered, 409 says who was faster, and then the case is shown as it is now."""
    found = queries.get_case(no, request.actor)
    base = {"case_no": no, "version": version_of(request), "by": request.actor, "at": clock(request)}
    if verb not in open_steps(found, request.actor):
        raise _not_open(found, verb)
    asked = STEPS[verb].asks(found, request.actor, clock(request))
    values, faults = read(asked, request.POST, request.FILES)
    if faults:
        return _again(request, found, verb, faults, 422)
    try:
        take(verb, values, found, base)
    except Refused as refused:
        return _again(request, queries.get_case(no, request.actor), verb, [fault_of(refused, asked)], refused.status)
    say(request, _("已办理：%(step)s") % {"step": STEPS[verb].words})
    return SeeOther(_after(request, no))


def _again(request: HttpRequest, found: CaseShape, verb: str, faults: list[Fault], status: int) -> HttpResponse:
    form = step_form(found, request.actor, verb, clock(request), request.POST, faults)
    panel = panel_of(found, request.actor, chosen=verb, faults=faults, form=form)
    return case_page(request, found, panel, status=status)


def _after(request: HttpRequest, no: str) -> str:
    """Return the case, or my tasks when it has left what I may see."""
    try:
        queries.get_case(no, request.actor)
    except Refused:
        return reverse("desk:tasks")
    return reverse("desk:case", args=[no])


def _not_open(found: CaseShape, verb: str) -> Refused:
    """Return the refusal of a step that is not open now: what happened last, by whom and when."""
    last = found.timeline[-1] if found.timeline else None
    named = str(STEPS[verb].words) if verb in STEPS else verb
    by, at = (last.by_label, f"{to_local(last.at):%Y-%m-%d %H:%M}") if last else ("", "")
    zh, en = (last.label_zh, last.label_en) if last else ("", "")
    return Refused(
        "portal.step.not-open",
        f"“{named}”现在不能办：{by}于 {at} 已“{zh}”，或您的岗位不办这一步。请刷新办件页面看最新情况。",
        f"This step is not open now: {by} did “{en}” at {at}, or it is not for your post. Reload the case.",
        status=409,
        facts={"by": by, "at": at},
    )

"""What is asked of the office, and officers' own arrangements（征求意见、预警、差评整改、代岗、常用语）."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.apps.cases import actions, queries
from zhengtong.apps.people import queries as people
from zhengtong.kit import Refused
from zhengtong.portals.desk.guards import officer
from zhengtong.portals.desk.step_contexts import (
    AlertsContext,
    AskedContext,
    PhrasesContext,
    ReviewTasksContext,
    SubstitutionsContext,
)
from zhengtong.portals.ui.controls import Control, attempt, filled
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.languages import pick
from zhengtong.portals.ui.pages import SeeOther, clock, page, say


@officer
def asked(request: HttpRequest) -> HttpResponse:
    """Show what other departments ask of mine, and what is put to its head."""
    words = {"consulted": _("征求意见"), "signing": _("会签"), "superior": _("复核"), "approving": _("报批待批")}
    rows = tuple((row, words[row.role]) for row in queries.list_asked(request.actor))
    return page(request, "desk/asked.html", AskedContext("asked", queries.count_buckets(request.actor), rows))


@officer
def alerts(request: HttpRequest) -> HttpResponse:
    """Show the warnings to a head; with `?all=1` those already seen too."""
    is_all = bool(request.GET.get("all"))
    found = tuple(queries.list_alerts(request.actor, only_new=not is_all))
    return page(
        request, "desk/alerts.html", AlertsContext("alerts", queries.count_buckets(request.actor), found, is_all)
    )


@officer
@require_POST
def see_alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Mark a warning as seen."""
    actions.see_alert(alert_id=alert_id, by=request.actor, at=clock(request))
    return SeeOther(reverse("desk:alerts"))


@officer
def reviews(request: HttpRequest) -> HttpResponse:
    """Show the bad reviews to see to."""
    states = {"new": _("待联系核实"), "rectifying": _("整改中"), "replied": _("待回访")}
    levels = {4: _("不满意"), 5: _("非常不满意")}
    tasks = tuple(
        (task, levels.get(task.satisfaction, ""), _("申诉待复核") if task.rectification.appeal == "asked" else state)
        for task in queries.list_rectifications(request.actor)
        for state in [states[task.rectification.state]]
    )
    context = ReviewTasksContext("reviews", queries.count_buckets(request.actor), tasks)
    return page(request, "desk/reviews.html", context)


@officer
def substitutions(request: HttpRequest) -> HttpResponse:
    """Show who does whose work, and name somebody for mine."""
    controls = _substitution_controls(request)
    faults: list[Fault] = []
    status = 200
    if request.method == "POST":
        faults, status = attempt(request, controls, lambda values: _name(request, values))
        if not faults:
            say(request, _("已请同事代岗。"))
            return SeeOther(reverse("desk:substitutions"))
    is_head = "leader" in request.actor.roles
    running = tuple(
        (one, one.is_mine or is_head) for one in queries.list_substitutions(request.actor, at=clock(request))
    )
    posted = request.POST if request.method == "POST" else None
    counts = queries.count_buckets(request.actor)
    shown = filled(controls, posted, faults)
    context = SubstitutionsContext("substitutions", counts, running, shown, tuple(faults), timezone.localdate())
    return page(request, "desk/substitutions.html", context, status=status)


def _name(request: HttpRequest, values: dict[str, Any]) -> object:
    given = {**values, "to_account_id": int(values["to_account_id"])}
    return actions.name_substitute(**given, by=request.actor, at=clock(request))


def _substitution_controls(request: HttpRequest) -> tuple[Control, ...]:
    colleagues = people.list_colleagues(request.actor, at=clock(request))
    options = tuple((str(one.id), one.label) for one in colleagues if one.id != request.actor.account_id)
    return (
        Control("to_account_id", _("请谁代岗"), "choice", options=options),
        Control("from_on", _("从哪天起"), "day"),
        Control("to_on", _("到哪天止（含当天）"), "day"),
        Control("reason", _("事由"), "line", hint=_("如年休、培训。")),
    )


@officer
@require_POST
def end_substitution(request: HttpRequest, substitution_id: int) -> HttpResponse:
    """End a substitution early."""
    actions.end_substitution(substitution_id=substitution_id, by=request.actor, at=clock(request))
    say(request, _("代岗已结束。"))
    return SeeOther(reverse("desk:substitutions"))


@officer
def phrases(request: HttpRequest) -> HttpResponse:
    """Show and keep the sentences I use again."""
    typed = request.POST.get("text", "")
    faults: list[Fault] = []
    status = 200
    if request.method == "POST":
        try:
            actions.keep_phrase(text=typed, by=request.actor, at=clock(request))
        except Refused as refused:
            faults, status = [Fault("text", "text", pick(refused.zh, refused.en))], refused.status
        else:
            say(request, _("已保存，处理办件时可以直接选用。"))
            return SeeOther(reverse("desk:phrases"))
    own = tuple(queries.list_phrases(request.actor))
    counts = queries.count_buckets(request.actor)
    context = PhrasesContext("phrases", counts, own, typed, tuple(faults))
    return page(request, "desk/phrases.html", context, status=status)


@officer
@require_POST
def drop_phrase(request: HttpRequest, phrase_id: int) -> HttpResponse:
    """Remove one of my sentences."""
    actions.drop_phrase(phrase_id=phrase_id, by=request.actor, at=clock(request))
    say(request, _("已删除。"))
    return SeeOther(reverse("desk:phrases"))

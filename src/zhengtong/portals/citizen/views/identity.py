"""For whom one acts（办事身份、代办授权）."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.apps.people import actions, queries
from zhengtong.kit import Refused
from zhengtong.kit.text import normalise, normalise_name
from zhengtong.portals.citizen.contexts import DelegationsContext, IdentityContext
from zhengtong.portals.ui.days import today
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.languages import pick
from zhengtong.portals.ui.pages import SeeOther, clock, page, say, signed_in

TYPED = ("agent_number", "agent_name", "relation", "valid_until")


@signed_in
def switch(request: HttpRequest) -> HttpResponse:
    """Choose to act for oneself, for a family member or for an enterprise."""
    if request.method == "POST":
        chosen = request.POST.get("acting_for", "")
        queries.get_actor(request.user, acting_for=chosen or None, at=clock(request))  # refused when not entitled
        if chosen:
            request.session["acting_for"] = chosen
        else:
            request.session.pop("acting_for", None)
        say(request, _("办事身份已切换。"))
        return SeeOther(reverse("citizen:my"))
    principals = tuple(queries.list_principals(request.user, at=clock(request)))
    current = request.actor.acting_for.ref if request.actor.acting_for else ""
    return page(request, "citizen/identity.html", IdentityContext(request.actor.resident, principals, current))


@signed_in
def delegations(request: HttpRequest) -> HttpResponse:
    """Show, give and take back delegations."""
    faults: list[Fault] = []
    typed = {name: normalise(request.POST.get(name, "")) for name in TYPED}
    if request.method == "POST":
        try:
            said = _end(request) if "end" in request.POST else _delegate(request, typed, faults)
        except Refused as refused:
            faults.append(Fault("", "agent_number", pick(refused.zh, refused.en)))
        if not faults:
            say(request, said)
            return SeeOther(reverse("citizen:delegations"))
    mandates = queries.list_mandates(request.actor)
    me = request.actor.resident
    given = tuple(m for m in mandates if me and m.principal.id == me.id)
    held = tuple(m for m in mandates if me and m.agent.id == me.id)
    context = DelegationsContext(given, held, tuple(faults), typed, today())
    return page(request, "citizen/delegations.html", context, status=422 if faults else 200)


def _end(request: HttpRequest) -> str:
    actions.end_delegation(mandate_id=request.POST["end"], by=request.actor, at=clock(request))
    return _("授权已收回，对方从现在起不能再代您办事。")


def _delegate(request: HttpRequest, typed: dict[str, str], faults: list[Fault]) -> str:
    """Give the delegation when number and name belong together; the answer never says which of the two was wrong."""
    until = _day(typed["valid_until"], faults)
    agent = queries.find_subject("resident", typed["agent_number"].upper()) if typed["agent_number"] else None
    if agent is None or normalise_name(agent.name) != normalise_name(typed["agent_name"]):
        faults.append(Fault("", "agent_number", _("身份证号和姓名对不上。请照对方的身份证核对后再填。")))
    if faults or agent is None:
        return ""
    actions.delegate(
        agent_id=agent.id, by=request.actor, at=clock(request), valid_until=until, relation=typed["relation"]
    )
    return _("授权好了，对方登录后就能代您办事。您可以随时收回。")


def _day(text: str, faults: list[Fault]) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        faults.append(Fault("", "valid_until", _("请填写真实的日期，例如 2026年3月9日")))
        return None

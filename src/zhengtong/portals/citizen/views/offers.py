"""Granted without applying（免申即享）: what I may have, why, and my answer."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.apps.proactive import actions, queries
from zhengtong.apps.proactive.shapes import OfferShape
from zhengtong.portals.citizen.around_contexts import OfferContext, OffersContext
from zhengtong.portals.ui.controls import Control, attempt, filled
from zhengtong.portals.ui.forms import Fault, say_value, spec_of
from zhengtong.portals.ui.languages import is_english, words_of
from zhengtong.portals.ui.pages import SeeOther, clock, page, say, signed_in


@signed_in
def offers(request: HttpRequest) -> HttpResponse:
    """Show what I may have by confirming it, and what I answered."""
    found = queries.list_offers(request.actor)
    waiting = tuple(one for one in found if one.state == "offered")
    return page(
        request, "citizen/offers.html", OffersContext(waiting, tuple(one for one in found if one not in waiting))
    )


@signed_in
def offer(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Show one offer with its reasons; POST confirms it."""
    found = queries.get_offer(offer_id, request.actor)
    controls = _account(found)
    faults: list[Fault] = []
    status = 200
    if request.method == "POST":
        faults, status = attempt(request, controls, lambda given: _confirm(request, found, given))
        if not faults:
            say(request, _("已确认，结果会发到消息里。"))
            case_no = queries.get_offer(offer_id, request.actor).case_no
            return SeeOther(reverse("citizen:case", args=[case_no]))
    why = queries.explain_offer(offer_id, request.actor, language="en" if is_english() else "zh")
    posted = request.POST if request.method == "POST" else None
    shown = filled(controls, posted, faults) if found.state == "offered" else ()
    context = OfferContext(found, _gives(found), why, shown, tuple(faults))
    return page(request, "citizen/offer.html", context, status=status)


@signed_in
@require_POST
def decline(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Say that I do not want it; the ordinary way stays open."""
    actions.decline_offer(offer_id=offer_id, by=request.actor, at=clock(request))
    say(request, _("已记下，不再为您办理这一项。以后仍可以自己申请。"))
    return SeeOther(reverse("citizen:offers"))


def _account(found: OfferShape) -> tuple[Control, ...]:
    """Return what is to be confirmed or changed: the account it is paid to, where the matter asks it."""
    if not found.account or found.state != "offered":
        return ()
    try:
        label = spec_of(found.pack.form.schema, found.account).label
    except KeyError:
        label = _("收款账户")
    return (Control("account", label, "line", value=str(found.values.get(found.account, ""))),)


def _confirm(request: HttpRequest, found: OfferShape, given: dict[str, str]) -> object:
    entered = given.get("account", "")
    changed = entered != str(found.values.get(found.account, ""))
    values = {found.account: entered} if entered and changed else {}
    return actions.confirm_offer(offer_id=found.id, values=values, by=request.actor, at=clock(request))


def _gives(found: OfferShape) -> tuple[tuple[str, str], ...]:
    """Return what the case will say, in the words of its form and outcome."""
    labels = {field.id: words_of(field.label) for field in found.pack.outcome}
    lines = [(labels.get(name, name), value) for name, value in found.outcome.items()]
    for path, value in found.values.items():
        try:
            spec = spec_of(found.pack.form.schema, path)
        except KeyError:
            continue
        lines.append((spec.label, say_value(spec, value)))
    return tuple(lines)

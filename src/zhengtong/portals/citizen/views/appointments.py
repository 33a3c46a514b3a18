"""Appointments（预约）: choose hall, day and time; see and cancel one's own."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.apps.arrangements import actions, queries
from zhengtong.apps.arrangements.shapes import HallShape
from zhengtong.apps.cases import queries as cases
from zhengtong.apps.matters import queries as matters
from zhengtong.kit import Refused
from zhengtong.portals.citizen.around_contexts import AppointmentsContext, BookContext, DayLink
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.languages import pick
from zhengtong.portals.ui.pages import SeeOther, clock, page, record_id, say, signed_in, whole_number, with_query

MOST_DAYS = 14  # ahead that are shown


@signed_in
def appointments(request: HttpRequest) -> HttpResponse:
    """Show my appointments, those to come first."""
    mine = queries.list_appointments(request.actor)
    coming = tuple(one for one in reversed(mine) if one.state == "booked" and one.starts_at > clock(request))
    past = tuple(one for one in mine if one not in coming)
    return page(request, "citizen/appointments.html", AppointmentsContext(coming, past))


@signed_in
@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    """Give a place back."""
    actions.cancel_appointment(
        appointment_id=record_id(request.POST.get("appointment", "")), by=request.actor, at=clock(request)
    )
    say(request, _("预约已取消。"))
    return SeeOther(reverse("citizen:appointments"))


@signed_in
def book(request: HttpRequest) -> HttpResponse:
    """Choose hall, day and time for a matter or a case; POST takes the place."""
    given = request.POST if request.method == "POST" else request.GET
    matter_code, case_no = given.get("matter", ""), given.get("case", "")
    faults: list[Fault] = []
    status = 200
    if request.method == "POST":
        try:
            booked = actions.book(
                slot_id=whole_number(given.get("slot", "")),
                by=request.actor,
                at=clock(request),
                matter_code=matter_code,
                case_no=case_no,
            )
        except Refused as refused:
            faults, status = [Fault("slot", "slots", pick(refused.zh, refused.en))], refused.status
        else:
            say(request, _("已预约：%(hall)s") % {"hall": pick(booked.hall_zh, booked.hall_en)})
            return SeeOther(reverse("citizen:appointments"))
    titles = _titles(request, matter_code, case_no)
    context = _choices(request, titles, matter_code, case_no, faults)
    return page(request, "citizen/book.html", context, status=status)


def _titles(request: HttpRequest, matter_code: str, case_no: str) -> tuple[str, str]:
    named = cases.get_case(case_no, request.actor) if case_no else matters.get_matter(matter_code)
    return named.title_zh, named.title_en


def _choices(
    request: HttpRequest, titles: tuple[str, str], matter_code: str, case_no: str, faults: list[Fault]
) -> BookContext:
    given = request.POST if request.method == "POST" else request.GET
    halls = queries.list_halls()
    wanted = whole_number(given.get("hall", ""))
    hall = next((one for one in halls if one.id == wanted), halls[0] if halls else None)
    here = {"matter": matter_code, "case": case_no}
    url = reverse("citizen:book")
    links = tuple((one, with_query(url, **here, hall=one.id), one is hall) for one in halls)
    day = _day(given.get("on", ""))
    days = _days(request, hall, day, here) if hall else ()
    chosen = next((one.day for one in days if one.is_on), None)
    slots = tuple(queries.list_slots(hall.id, on=chosen, at=clock(request))) if hall and chosen else ()
    return BookContext(*titles, links, days, slots, tuple(faults), matter_code, case_no)


def _days(request: HttpRequest, hall: HallShape, wanted: dt.date | None, here: dict[str, str]) -> tuple[DayLink, ...]:
    """Return the days ahead on which the hall has a place left; the wanted one is chosen, else the first."""
    today = timezone.localdate()
    ahead = [today + dt.timedelta(days=n) for n in range(MOST_DAYS)]
    free = [day for day in ahead if queries.list_slots(hall.id, on=day, at=clock(request))]
    chosen = wanted if wanted in free else next(iter(free), None)
    url = reverse("citizen:book")
    return tuple(DayLink(day, with_query(url, **here, hall=hall.id, on=f"{day}"), day == chosen) for day in free)


def _day(typed: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(typed)
    except ValueError:
        return None

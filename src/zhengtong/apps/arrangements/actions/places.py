"""Places in a slot（预约）: taken while one is left, given back, used."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from zhengtong.apps.arrangements.models import Appointment, Slot
from zhengtong.apps.arrangements.queries import to_appointment
from zhengtong.apps.arrangements.shapes import AppointmentShape
from zhengtong.apps.cases import queries as cases
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.matters import queries as matters
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.declared.shapes import Pack
from zhengtong.kit import Refused, local_date

MOST_BOOKED = 5
MOST_CANCELLED = 3
CANCELLED_DAYS = 30


@transaction.atomic
def book(*, slot_id: int, by: Actor, at: dt.datetime, matter_code: str = "", case_no: str = "") -> AppointmentShape:
    """Return the place taken（预约）, for a matter or for a case of one's own.

    One UPDATE takes the place where one is left, so nobody is booked into a full slot, whoever else asks at the same
    moment. Refused: full or over（409）, booked here already（409）, too many at once or cancelled too often（409）, a matter
    without appointments（409）.
    """
    if by.applicant is None:
        raise Refused(
            "arrangement.book.nobody",
            "请先以本人或企业身份登录，再预约。",
            "Sign in as yourself or for an enterprise to make an appointment.",
            status=403,
        )
    pack = _matter(slot_id, matter_code, case_no, by, at)
    _require_moderation(by.applicant.key, at)
    # No join here: joined, the UPDATE asks a subquery, which PostgreSQL does not ask again after waiting for the row.
    free = Slot.objects.filter(pk=slot_id, is_closed=False, starts_at__gt=at, taken__lt=F("capacity"))
    is_open = Slot.objects.filter(pk=slot_id, hall__is_open=True).exists()
    if not is_open or not free.update(taken=F("taken") + 1):
        raise Refused(
            "arrangement.book.full",
            "这个时段已约满、已停号或已过时间。请另选一个时段。",
            "This time is full, closed or over. Choose another.",
            status=409,
        )
    receipt = evidence.record(
        kind="arrangement.booked",
        body={"slot": slot_id, "matter": pack.id, "case": case_no},
        by=by,
        at=at,
        about=[by.applicant.key],
        case_no=case_no,
        summary_zh=f"预约办理：{pack.title.zh}",
        summary_en=f"Appointment: {pack.title.en}",
    )
    try:
        with transaction.atomic():
            made = Appointment.objects.create(
                slot_id=slot_id,
                to_key=by.applicant.key,
                person_masked=by.applicant.masked_name,
                matter_code=pack.id,
                title_zh=pack.title.zh,
                title_en=pack.title.en,
                case_no=case_no,
                receipt_no=receipt.no,
                at=at,
            )
    except IntegrityError:
        raise Refused(
            "arrangement.book.twice",
            "您已经预约了这个时段。",
            "You have booked this time already.",
            status=409,
        ) from None
    return to_appointment(Appointment.objects.select_related("slot__hall").get(pk=made.pk))


@transaction.atomic
def cancel_appointment(*, appointment_id: UUID | str, by: Actor, at: dt.datetime) -> AppointmentShape:
    """Return the appointment cancelled（取消预约）, its place given back; before it begins."""
    key = by.applicant.key if by.applicant else ""
    one = _lock(appointment_id, to_key=key)
    if one.state != "booked" or one.slot.starts_at <= at:
        raise _over()
    _end(one, "cancelled", at)
    Slot.objects.filter(pk=one.slot_id).update(taken=F("taken") - 1)
    evidence.record(
        kind="arrangement.cancelled",
        body={"appointment": str(one.pk)},
        by=by,
        at=at,
        about=[one.to_key],
        case_no=one.case_no,
        summary_zh=f"取消预约：{one.title_zh}",
        summary_en=f"Appointment cancelled: {one.title_en}",
    )
    return to_appointment(one)


@transaction.atomic
def check_in(*, appointment_id: UUID | str, by: Actor, at: dt.datetime) -> AppointmentShape:
    """Return the appointment of somebody who has come（签到）, by an officer of the hall, on the day."""
    organisation = by.organisation
    if organisation is None or not people.can_(by, "case.accept", organisation.id):
        raise _no_appointment()
    one = _lock(appointment_id, slot__hall__organisation_id=organisation.id)
    if one.state != "booked" or local_date(one.slot.starts_at) != local_date(at):
        raise _over()
    _end(one, "attended", at)
    evidence.record(
        kind="arrangement.attended",
        body={"appointment": str(one.pk)},
        by=by,
        at=at,
        about=[one.to_key],
        case_no=one.case_no,
        summary_zh=f"预约签到：{one.title_zh}",
        summary_en=f"Came to the appointment: {one.title_en}",
    )
    return to_appointment(one)


def mark_missed(*, at: dt.datetime) -> int:
    """Return how many appointments nobody came to（未到场）; the day after, safe to run twice."""
    missed = Appointment.objects.filter(state="booked", slot__starts_at__lt=at - dt.timedelta(days=1))
    return missed.update(state="missed", ended_at=at)


def _matter(slot_id: int, matter_code: str, case_no: str, by: Actor, at: dt.datetime) -> Pack:
    if case_no:
        pack = cases.get_case(case_no, by, at=at).pack
    else:
        region = Slot.objects.filter(pk=slot_id).values_list("hall__region_code", flat=True).first() or ""
        pack = matters.get_pack(matter_code, on=local_date(at), region_code=region)
    if not pack.handling.appointment:
        raise Refused(
            "arrangement.book.not-offered",
            f"“{pack.title.zh}”不需要预约，可以直接网上办理或到窗口办理。",
            f"“{pack.title.en}” needs no appointment: apply online, or come to the window.",
            status=409,
        )
    return pack


def _require_moderation(key: str, at: dt.datetime) -> None:
    """Whoever holds too many places, or gives back too many, waits: places are for those who come."""
    held = Appointment.objects.filter(to_key=key, state="booked", slot__starts_at__gt=at).count()
    since = at - dt.timedelta(days=CANCELLED_DAYS)
    given_back = Appointment.objects.filter(to_key=key, state__in=["cancelled", "missed"], ended_at__gt=since).count()
    if held >= MOST_BOOKED or given_back >= MOST_CANCELLED:
        raise Refused(
            "arrangement.book.too-many",
            f"同时最多预约 {MOST_BOOKED} 个；{CANCELLED_DAYS} 天内取消或未到场满 {MOST_CANCELLED} 次的，请直接到窗口取号。",
            f"At most {MOST_BOOKED} appointments at once; after {MOST_CANCELLED} cancelled or missed within "
            f"{CANCELLED_DAYS} days please come to the window without one.",
            status=409,
        )


def _lock(appointment_id: UUID | str, **mine: object) -> Appointment:
    try:
        wanted = UUID(str(appointment_id))
    except ValueError:
        raise _no_appointment() from None
    found = Appointment.objects.select_for_update(of=("self",)).select_related("slot__hall")
    one = found.filter(pk=wanted, **mine).first()
    if one is None:
        raise _no_appointment()
    return one


def _end(one: Appointment, state: str, at: dt.datetime) -> None:
    one.state, one.ended_at = state, at
    one.save(update_fields=["state", "ended_at"])


def _no_appointment() -> Refused:
    return Refused(
        "arrangement.book.not-found",
        "没有这个预约，或不属于您。请从“我的预约”进入。",
        "There is no such appointment, or it is not yours. Go there from your appointments.",
        status=404,
    )


def _over() -> Refused:
    return Refused(
        "arrangement.book.over",
        "这个预约已取消、已签到，或不在可操作的时间内。请刷新查看。",
        "This appointment is cancelled, used, or not in its time. Reload to see it.",
        status=409,
    )

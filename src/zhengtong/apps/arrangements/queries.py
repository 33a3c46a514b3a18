"""Reads of this room: halls and their places, my appointments, a parcel's way, a payment."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import F

from zhengtong.apps.arrangements.models import Appointment, Hall, Parcel, Payment, Slot
from zhengtong.apps.arrangements.providers import Sandbox, get_provider
from zhengtong.apps.arrangements.shapes import (
    APPOINTMENT_STATES,
    PARCEL_STATES,
    PAYMENT_STATES,
    AppointmentShape,
    HallShape,
    ParcelShape,
    ParcelStep,
    PaymentShape,
    SlotShape,
)
from zhengtong.apps.cases import queries as cases
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused, local_date
from zhengtong.kit.place import SHANGHAI

MOST_ROWS = 200


def list_halls(*, region_code: str = "") -> list[HallShape]:
    """Return the halls that are open, of a region when one is named."""
    halls = Hall.objects.filter(is_open=True, **({"region_code": region_code} if region_code else {}))
    return [to_hall(hall) for hall in halls.order_by("pk")]


def list_slots(hall_id: int, *, on: dt.date, at: dt.datetime) -> list[SlotShape]:
    """Return the times of a hall on a day that are still to come and have a place left."""
    begin = dt.datetime.combine(on, dt.time.min, SHANGHAI)
    slots = Slot.objects.filter(
        hall_id=hall_id, hall__is_open=True, is_closed=False, starts_at__gte=max(begin, at)
    ).filter(starts_at__lt=begin + dt.timedelta(days=1), taken__lt=F("capacity"))
    return [to_slot(slot) for slot in slots.order_by("starts_at")]


def list_appointments(by: Actor) -> list[AppointmentShape]:
    """Return the appointments of the person, the next first."""
    key = by.applicant.key if by.applicant else ""
    mine = Appointment.objects.filter(to_key=key).select_related("slot__hall").order_by("-slot__starts_at")
    return [to_appointment(one) for one in mine[:MOST_ROWS]]


def list_visits(by: Actor, *, on: dt.date) -> list[AppointmentShape]:
    """Return who is expected in the halls of the officer's organisation on a day（当日预约）."""
    if by.organisation is None or not people.can_(by, "case.accept", by.organisation.id):
        return []
    begin = dt.datetime.combine(on, dt.time.min, SHANGHAI)
    expected = Appointment.objects.filter(
        slot__hall__organisation_id=by.organisation.id,
        slot__starts_at__gte=begin,
        slot__starts_at__lt=begin + dt.timedelta(days=1),
    ).exclude(state="cancelled")
    rows = expected.select_related("slot__hall").order_by("slot__starts_at", "at")
    return [to_appointment(one) for one in rows[:MOST_ROWS]]


def find_parcel(case_no: str, by: Actor) -> ParcelShape | None:
    """Return the parcel of a case, to whoever may see the case; None where none was asked for."""
    cases.get_case(case_no, by)
    parcel = Parcel.objects.filter(case_no=case_no).first()
    return to_parcel(parcel) if parcel else None


def find_payment(case_no: str, by: Actor) -> PaymentShape | None:
    """Return the newest payment of a case, to whoever may see the case; None where none was begun."""
    cases.get_case(case_no, by)
    payment = Payment.objects.filter(case_no=case_no).order_by("-at").first()
    return to_payment(payment) if payment else None


def sandbox_callback(payment_id: UUID | str, by: Actor, *, at: dt.datetime) -> tuple[str, bytes, str]:
    """Return (provider, content, signature) with which the sandbox calls back, for its own page; to the payer alone."""
    key = by.applicant.key if by.applicant else ""
    payment = Payment.objects.filter(pk=payment_id, to_key=key).first()
    provider = get_provider(payment.provider) if payment else None
    if payment is None or not isinstance(provider, Sandbox):
        raise Refused(
            "arrangement.payment.not-found",
            "没有这笔支付，或它不在沙箱中。请从办件页面进入。",
            "There is no such payment, or it is not in the sandbox. Go there from your case.",
            status=404,
        )
    return provider.name, *provider.paid(payment, at)


def to_hall(hall: Hall) -> HallShape:
    """Return a hall's shape."""
    return HallShape(
        hall.pk, hall.name_zh, hall.name_en, hall.address_zh, hall.address_en, hall.region_code, hall.is_open
    )


def to_slot(slot: Slot) -> SlotShape:
    """Return a slot's shape."""
    ends = slot.starts_at + dt.timedelta(minutes=slot.minutes)
    return SlotShape(slot.pk, slot.hall_id, slot.starts_at, ends, slot.capacity, slot.capacity - slot.taken)


def to_appointment(one: Appointment) -> AppointmentShape:
    """Return an appointment's shape; its slot and hall are read with it."""
    slot, hall = one.slot, one.slot.hall
    return AppointmentShape(
        one.pk,
        hall.name_zh,
        hall.name_en,
        hall.address_zh,
        hall.address_en,
        slot.starts_at,
        slot.starts_at + dt.timedelta(minutes=slot.minutes),
        one.matter_code,
        one.title_zh,
        one.title_en,
        one.case_no,
        one.person_masked,
        one.state,
        *APPOINTMENT_STATES[one.state],
        one.receipt_no,
    )


def to_parcel(parcel: Parcel) -> ParcelShape:
    """Return a parcel's shape with its steps."""
    steps = tuple(
        ParcelStep(event.at, *PARCEL_STATES[event.state], event.text) for event in parcel.events.order_by("at", "pk")
    )
    return ParcelShape(
        parcel.case_no,
        parcel.to["name"],
        parcel.to["phone"],
        parcel.to["address"],
        parcel.carrier,
        parcel.tracking_no,
        parcel.state,
        *PARCEL_STATES[parcel.state],
        parcel.at,
        steps,
    )


def to_payment(payment: Payment) -> PaymentShape:
    """Return a payment's shape."""
    return PaymentShape(
        payment.pk,
        payment.case_no,
        payment.title_zh,
        payment.title_en,
        payment.yuan,
        payment.provider,
        payment.state,
        *PAYMENT_STATES[payment.state],
        payment.pay_url if payment.state == "created" else "",
        payment.at,
        payment.paid_at,
        payment.refunded_at,
    )


def is_past(slot: Slot, at: dt.datetime) -> bool:
    """Return whether a slot's day is over."""
    return local_date(slot.starts_at) < local_date(at)

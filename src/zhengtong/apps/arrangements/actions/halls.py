"""Halls and their times（大厅与号源）, set up by the head of the organisation that runs them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from zhengtong.apps.arrangements.models import Hall, Slot
from zhengtong.apps.arrangements.queries import to_hall, to_slot
from zhengtong.apps.arrangements.shapes import HallShape, SlotShape
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.kit import Refused, local_date
from zhengtong.kit.calendar import calendar_in_force
from zhengtong.kit.place import SHANGHAI

MOST_DAYS = 62
MOST_CAPACITY = 500


@transaction.atomic
def define_hall(
    *, name_zh: str, name_en: str, address_zh: str, address_en: str, by: Actor, at: dt.datetime
) -> HallShape:
    """Return a hall of the head's organisation（登记大厅）, open for appointments."""
    organisation = require_head(by)
    texts = [text.strip() for text in (name_zh, name_en, address_zh, address_en)]
    if not all(texts) or any(len(text) > 120 for text in texts):
        raise Refused(
            "arrangement.hall.words",
            "请用中英文写明大厅名称和地址，每项不超过 120 字。",
            "Give name and address in Chinese and English, at most 120 characters each.",
            field="name_zh",
        )
    hall = Hall.objects.create(
        organisation_id=organisation.id,
        region_code=organisation.region_code,
        name_zh=texts[0],
        name_en=texts[1],
        address_zh=texts[2],
        address_en=texts[3],
    )
    zh, en = f"登记大厅：{hall.name_zh}", f"Hall registered: {hall.name_en}"
    evidence.record(kind="arrangement.hall", body={"hall": hall.pk}, by=by, at=at, summary_zh=zh, summary_en=en)
    return to_hall(hall)


@transaction.atomic
def open_slots(
    *,
    hall_id: int,
    first_on: dt.date,
    last_on: dt.date,
    times: Sequence[dt.time],
    minutes: int,
    capacity: int,
    by: Actor,
    at: dt.datetime,
) -> int:
    """Return how many slots were opened（放号）: on each workday from day to day, at each time; those there already stay."""
    hall = lock_hall(hall_id, by)
    days = (last_on - first_on).days
    sound = local_date(at) <= first_on and 0 <= days < MOST_DAYS and 0 < len(times) <= 96
    if not sound or not 0 < minutes <= 480 or not 0 < capacity <= MOST_CAPACITY:
        raise Refused(
            "arrangement.slot.plan",
            f"放号从今天或以后起，最长 {MOST_DAYS} 天；每天至少一个时段，每段 1–480 分钟、1–{MOST_CAPACITY} 人。",
            f"Slots begin today or later, for at most {MOST_DAYS} days; each day one time or more, each of 1–480 minutes "
            f"for 1–{MOST_CAPACITY} people.",
            field="first_on",
        )
    calendar = calendar_in_force()
    rows = [
        Slot(hall=hall, starts_at=dt.datetime.combine(day, clock, SHANGHAI), minutes=minutes, capacity=capacity)
        for day in (first_on + dt.timedelta(days=offset) for offset in range(days + 1))
        if calendar.is_workday(day)
        for clock in times
    ]
    before = Slot.objects.filter(hall=hall).count()
    Slot.objects.bulk_create(rows, ignore_conflicts=True)
    opened = Slot.objects.filter(hall=hall).count() - before
    body = {"hall": hall.pk, "first": first_on.isoformat(), "last": last_on.isoformat(), "opened": opened}
    zh, en = f"{hall.name_zh}放号 {opened} 段", f"{opened} slots opened at {hall.name_en}"
    evidence.record(kind="arrangement.slots", body=body, by=by, at=at, summary_zh=zh, summary_en=en)
    return opened


@transaction.atomic
def close_slot(*, slot_id: int, by: Actor, at: dt.datetime) -> SlotShape:
    """Return a slot that takes nobody else（停号）; who is booked stays booked."""
    slot = Slot.objects.select_for_update().filter(pk=slot_id).first()
    if slot is None:
        raise no_hall()
    hall = lock_hall(slot.hall_id, by)
    slot.is_closed = True
    slot.save(update_fields=["is_closed"])
    zh, en = f"{hall.name_zh}停号", f"A slot closed at {hall.name_en}"
    evidence.record(kind="arrangement.slot-closed", body={"slot": slot.pk}, by=by, at=at, summary_zh=zh, summary_en=en)
    return to_slot(slot)


def require_head(by: Actor) -> OrganisationShape:
    """Return the organisation whose head `by` is; refused（403）for everybody else."""
    if by.organisation is None or not people.can_(by, "case.reassign", by.organisation.id):
        raise Refused(
            "arrangement.hall.no-right",
            "大厅和号源由本单位负责人设置。",
            "Halls and slots are set up by the head of the organisation.",
            status=403,
        )
    return by.organisation


def lock_hall(hall_id: int, by: Actor) -> Hall:
    """Return a hall of the head's own organisation, locked; refused（404）otherwise."""
    organisation = require_head(by)
    hall = Hall.objects.select_for_update().filter(pk=hall_id, organisation_id=organisation.id).first()
    if hall is None:
        raise no_hall()
    return hall


def no_hall() -> Refused:
    """Return the refusal of a hall or slot that is not there, or not theirs."""
    return Refused(
        "arrangement.hall.not-found",
        "没有这个大厅或时段，或不归本单位管理。",
        "There is no such hall or slot, or it is not run by your organisation.",
        status=404,
    )

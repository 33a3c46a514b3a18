"""What leaves the arrangements room: frozen shapes, no records."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

APPOINTMENT_STATES = {
    "booked": ("已预约", "Booked"),
    "attended": ("已到场", "Attended"),
    "missed": ("未到场", "Did not come"),
    "cancelled": ("已取消", "Cancelled"),
}
PARCEL_STATES = {
    "requested": ("待寄出", "To be posted"),
    "posted": ("已寄出", "Posted"),
    "in-transit": ("运输中", "On its way"),
    "delivered": ("已签收", "Delivered"),
    "returned": ("已退回", "Returned"),
}
PAYMENT_STATES = {
    "created": ("待支付", "To be paid"),
    "paid": ("已支付", "Paid"),
    "refunding": ("退款中", "Being refunded"),
    "refunded": ("已退款", "Refunded"),
    "failed": ("支付失败", "Failed"),
}


@dataclass(frozen=True)
class HallShape:
    """A hall where people are served（大厅）."""

    id: int
    name_zh: str
    name_en: str
    address_zh: str
    address_en: str
    region_code: str
    is_open: bool


@dataclass(frozen=True)
class SlotShape:
    """A time at a hall and how many places are left（号源）."""

    id: int
    hall_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    capacity: int
    left: int


@dataclass(frozen=True)
class AppointmentShape:
    """Somebody's place in a slot（预约）; officers see the masked name."""

    id: UUID
    hall_zh: str
    hall_en: str
    address_zh: str
    address_en: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    matter_code: str
    title_zh: str
    title_en: str
    case_no: str
    person_masked: str
    state: str
    state_zh: str
    state_en: str
    receipt_no: str


@dataclass(frozen=True)
class ParcelStep:
    """One step of a parcel（物流轨迹）."""

    at: dt.datetime
    state_zh: str
    state_en: str
    text: str


@dataclass(frozen=True)
class ParcelShape:
    """The outcome of a case on its way（寄递）; the address is clear to the applicant and to whoever posts it."""

    case_no: str
    name: str
    phone: str
    address: str
    carrier: str
    tracking_no: str
    state: str
    state_zh: str
    state_en: str
    at: dt.datetime
    steps: tuple[ParcelStep, ...]


@dataclass(frozen=True)
class PaymentShape:
    """One payment of a case's fee（缴费）; `pay_url` is where the applicant pays while it is "created"."""

    id: UUID
    case_no: str
    title_zh: str
    title_en: str
    yuan: Decimal
    provider: str
    state: str
    state_zh: str
    state_en: str
    pay_url: str
    at: dt.datetime
    paid_at: dt.datetime | None
    refunded_at: dt.datetime | None

"""Writes of this room（动作）: appointments, parcels, payments; what results acts on the case by the case's own actions."""

from zhengtong.apps.arrangements.actions.halls import close_slot, define_hall, open_slots
from zhengtong.apps.arrangements.actions.parcels import post_parcel, record_tracking, request_delivery
from zhengtong.apps.arrangements.actions.payments import record_payment_callback, refund_payment, start_payment
from zhengtong.apps.arrangements.actions.places import book, cancel_appointment, check_in, mark_missed

__all__ = [
    "book",
    "cancel_appointment",
    "check_in",
    "close_slot",
    "define_hall",
    "mark_missed",
    "open_slots",
    "post_parcel",
    "record_payment_callback",
    "record_tracking",
    "refund_payment",
    "request_delivery",
    "start_payment",
]

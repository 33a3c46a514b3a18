"""What the pages around a case receive（办件周边）: paying, posting, appointments, offers, doubts, notifications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zhengtong.apps.arrangements.shapes import AppointmentShape, HallShape, ParcelShape, PaymentShape, SlotShape
from zhengtong.apps.cases.shapes import CaseShape, MaterialSlot, Objection, Remedy
from zhengtong.apps.channels.shapes import ContactShape, MessageShape
from zhengtong.apps.corrections.shapes import CorrectionShape
from zhengtong.apps.evidence.shapes import ReadShape
from zhengtong.apps.proactive.shapes import OfferShape
from zhengtong.portals.ui.controls import Control
from zhengtong.portals.ui.forms import Fault

Faults = tuple[Fault, ...]


@dataclass(frozen=True)
class FollowUpLine:
    """A tolerated material still to come（容缺后补）with its control."""

    title_zh: str
    title_en: str
    due_on: date
    slot: MaterialSlot | None
    fault: str = ""


@dataclass(frozen=True)
class FollowUpContext:
    """Bringing tolerated materials（补交容缺材料）."""

    case: CaseShape
    lines: tuple[FollowUpLine, ...]
    faults: Faults


@dataclass(frozen=True)
class PaymentContext:
    """Paying the fee of a case（缴费）: `payment` is None until it was begun."""

    case: CaseShape
    payment: PaymentShape | None
    faults: Faults


@dataclass(frozen=True)
class SandboxContext:
    """The page of the payment sandbox（支付沙箱）, where no money moves."""

    payment_id: str
    case_no: str


@dataclass(frozen=True)
class DeliveryContext:
    """Where the outcome is sent, and how far it is（寄递）."""

    case: CaseShape
    parcel: ParcelShape | None
    controls: tuple[Control, ...]
    faults: Faults
    can_change: bool


@dataclass(frozen=True)
class RemedyLine:
    """A remedy（救济途径）with where to turn: the page of this site, else the public platform."""

    remedy: Remedy
    url: str
    is_here: bool


@dataclass(frozen=True)
class ObjectionContext:
    """An objection（异议）, its answer, and the remedies that stay open beside it."""

    case: CaseShape
    objection: Objection | None
    remedies: tuple[RemedyLine, ...]
    controls: tuple[Control, ...]
    faults: Faults


@dataclass(frozen=True)
class DayLink:
    """A day one can choose（可约日期）."""

    day: date
    url: str
    is_on: bool


@dataclass(frozen=True)
class BookContext:
    """Choosing hall, day and time（预约）; `what` names the matter or case it is for."""

    title_zh: str
    title_en: str
    halls: tuple[tuple[HallShape, str, bool], ...]
    days: tuple[DayLink, ...]
    slots: tuple[SlotShape, ...]
    faults: Faults
    matter_code: str
    case_no: str


@dataclass(frozen=True)
class AppointmentsContext:
    """My appointments（我的预约）; those that may still be cancelled first."""

    coming: tuple[AppointmentShape, ...]
    past: tuple[AppointmentShape, ...]


@dataclass(frozen=True)
class OffersContext:
    """What I may have without applying（免申即享）."""

    waiting: tuple[OfferShape, ...]
    answered: tuple[OfferShape, ...]


@dataclass(frozen=True)
class OfferContext:
    """One offer（待确认的权益）: what it gives, why I am entitled, and my answer."""

    offer: OfferShape
    gives: tuple[tuple[str, str], ...]
    why: tuple[str, ...]
    controls: tuple[Control, ...]
    faults: Faults


@dataclass(frozen=True)
class DoubtContext:
    """Saying that a value read about me is wrong（数据有误）."""

    read: ReadShape
    controls: tuple[Control, ...]
    faults: Faults


@dataclass(frozen=True)
class DoubtLine:
    """A doubt of mine（数据异议）with its field and state in words."""

    correction: CorrectionShape
    field_title: str
    state: str
    tone: str


@dataclass(frozen=True)
class DoubtsContext:
    """My doubts and their answers（我的数据异议）."""

    lines: tuple[DoubtLine, ...]


@dataclass(frozen=True)
class ContactContext:
    """How I am told（通知方式）, and what became of the latest messages."""

    contact: ContactShape
    controls: tuple[Control, ...]
    messages_sent: tuple[MessageShape, ...]
    faults: Faults

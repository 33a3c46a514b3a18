"""The outcome of a case sent by post（寄递）: asked for, posted, followed until it is there."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from django.db import IntegrityError, transaction

from zhengtong.apps.arrangements.models import Parcel, ParcelEvent
from zhengtong.apps.arrangements.providers import get_provider
from zhengtong.apps.arrangements.queries import to_parcel
from zhengtong.apps.arrangements.shapes import ParcelShape
from zhengtong.apps.cases import actions as cases_actions
from zhengtong.apps.cases import queries as cases
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.kit import Refused
from zhengtong.kit.signing import is_signed

MOBILE = re.compile(r"1[3-9]\d{9}")
TRACKING = re.compile(r"[A-Za-z0-9-]{6,60}")
REPORTED = ("in-transit", "delivered", "returned")


@transaction.atomic
def request_delivery(*, case_no: str, name: str, phone: str, address: str, by: Actor, at: dt.datetime) -> ParcelShape:
    """Return the parcel asked for（申请寄递）: where the outcome is to be sent; changed freely until it is posted."""
    case = cases.get_case(case_no, by, at=at)
    if by.applicant is None or case.applicant.key != by.applicant.key:
        raise _no_parcel()
    if "post" not in case.pack.handling.delivery:
        raise Refused(
            "arrangement.parcel.not-offered",
            "这个事项的办理结果不寄递，请按指南中的方式领取。",
            "The outcome of this matter is not sent by post; receive it as the guide says.",
            status=409,
        )
    to = {"name": name.strip(), "phone": phone.strip(), "address": address.strip()}
    if not (0 < len(to["name"]) <= 60 and MOBILE.fullmatch(to["phone"]) and 5 <= len(to["address"]) <= 200):
        raise Refused(
            "arrangement.parcel.address",
            "请填写收件人、11 位手机号码和详细地址。",
            "Give the recipient, an 11-digit mobile number and the full address.",
            field="address",
        )
    parcel = Parcel.objects.select_for_update().filter(case_no=case_no).first()
    if parcel and parcel.state != "requested":
        raise _posted(parcel)
    organisation_id = case.organisation.id if case.organisation else 0
    kept = {"to": to, "to_key": by.applicant.key, "organisation_id": organisation_id, "changed_at": at}
    parcel, _ = Parcel.objects.update_or_create(case_no=case_no, defaults=kept, create_defaults={**kept, "at": at})
    return to_parcel(parcel)


@transaction.atomic
def post_parcel(*, case_no: str, carrier: str, tracking_no: str, by: Actor, at: dt.datetime) -> ParcelShape:
    """Return the parcel posted（寄出）by an officer of the organisation that handles the case; the case says so in its log."""
    organisation = by.organisation
    parcel = Parcel.objects.select_for_update().filter(case_no=case_no).first()
    is_ours = organisation is not None and parcel is not None and parcel.organisation_id == organisation.id
    if parcel is None or organisation is None or not is_ours or not people.can_(by, "case.accept", organisation.id):
        raise _no_parcel()
    if parcel.state != "requested":
        raise _posted(parcel)
    carrier, tracking_no = carrier.strip(), tracking_no.strip()
    if not (0 < len(carrier) <= 60 and TRACKING.fullmatch(tracking_no)):
        raise Refused(
            "arrangement.parcel.tracking",
            "请填写快递公司和运单号（6–60 位字母、数字）。",
            "Give the carrier and the tracking number, 6–60 letters and digits.",
            field="tracking_no",
        )
    parcel.carrier, parcel.tracking_no, parcel.state, parcel.changed_at = carrier, tracking_no, "posted", at
    try:
        with transaction.atomic():
            parcel.save()
    except IntegrityError:
        raise Refused(
            "arrangement.parcel.tracking-used",
            "这个运单号已经用于另一个办件，请核对。",
            "This tracking number belongs to another case; check it.",
            status=409,
            field="tracking_no",
        ) from None
    ParcelEvent.objects.create(parcel=parcel, key="posted", state="posted", text=f"{carrier} {tracking_no}", at=at)
    cases_actions.record_posting(case_no=case_no, carrier=carrier, tracking_no=tracking_no, by=by, at=at)
    return to_parcel(parcel)


@transaction.atomic
def record_tracking(*, provider: str, content: bytes, signature: str, at: dt.datetime) -> ParcelShape:
    """Return the parcel after the carrier's report（物流回报）: `{"carrier", "tracking_no", "id", "state", "text"}`, signed.

    The same step twice is one step. Delivered, the case says so; a parcel that is delivered does not move any more.
    Refused: the signature（401）, a report nobody can read（422）, an unknown parcel（404）.
    """
    if not is_signed(content, signature, get_provider(provider).secret, at):
        raise Refused(
            "arrangement.parcel.signature",
            "物流回报的签名不对或已过时，请核对密钥和时间。",
            "The report's signature is wrong or stale; check the secret and the clock.",
            status=401,
        )
    given = _read(content)
    parcel = (
        Parcel.objects.select_for_update().filter(carrier=given["carrier"], tracking_no=given["tracking_no"]).first()
    )
    if parcel is None:
        raise _no_parcel()
    _, is_new = ParcelEvent.objects.get_or_create(
        parcel=parcel, key=given["id"], defaults={"state": given["state"], "text": given["text"], "at": at}
    )
    if is_new and parcel.state not in ("delivered", "returned"):
        parcel.state, parcel.changed_at = given["state"], at
        parcel.save(update_fields=["state", "changed_at"])
        if given["state"] == "delivered":
            note = f"{parcel.carrier} {parcel.tracking_no}"
            cases_actions.record_delivery(case_no=parcel.case_no, way="post", by=SYSTEM, at=at, note=note)
    return to_parcel(parcel)


def _read(content: bytes) -> dict[str, str]:
    try:
        given: dict[str, Any] = json.loads(content)
        read = {name: str(given[name])[:80] for name in ("carrier", "tracking_no", "id", "state")}
        read["text"] = str(given.get("text", ""))[:200]
    except (ValueError, KeyError, TypeError, AttributeError):
        read = {"state": ""}
    if read["state"] not in REPORTED:
        raise Refused(
            "arrangement.parcel.unreadable",
            f"读不懂这份物流回报：须含 carrier、tracking_no、id 和 state（{'、'.join(REPORTED)}）。",
            f"The report cannot be read: it has carrier, tracking_no, id and a state of {', '.join(REPORTED)}.",
        )
    return read


def _no_parcel() -> Refused:
    return Refused(
        "arrangement.parcel.not-found",
        "没有这个寄件，或不由您处理。请从办件页面进入。",
        "There is no such parcel, or it is not yours. Go there from the case.",
        status=404,
    )


def _posted(parcel: Parcel) -> Refused:
    return Refused(
        "arrangement.parcel.posted",
        f"办理结果已由{parcel.carrier}寄出（{parcel.tracking_no}），不能再改地址。请联系快递公司。",
        f"The outcome was posted with {parcel.carrier} ({parcel.tracking_no}); ask the carrier about the address.",
        status=409,
    )

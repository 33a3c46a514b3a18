"""Progress without signing in（进度查询）, by case number, the end of the phone number, and the code on the receipt."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime

from zhengtong.apps.cases.models import Case
from zhengtong.apps.cases.queries.cases import to_case
from zhengtong.apps.cases.queries.lines import to_lines
from zhengtong.apps.cases.queries.opening import open_case, organisations_of
from zhengtong.apps.cases.shapes import Event, TrackShape
from zhengtong.apps.people.keys import blind_index
from zhengtong.apps.people.shapes import ANONYMOUS, SYSTEM
from zhengtong.kit import Refused
from zhengtong.kit.text import to_half_width


def track_key(no: str, phone_last4: str, code: str) -> str:
    """Return the blind index under which a case answers: nobody can go through phone numbers or codes with it."""
    return blind_index("case.track", f"{no}/{phone_last4}/{code}")


def track(no: str, phone_last4: str, code: str, *, at: datetime | None = None) -> TrackShape:
    """Return where a case stands, with nobody's data in it.

    Refused（404 `case.track.no-match`）the same way for an unknown number, a wrong phone and a wrong code, so that trying
    teaches nothing; how often one may try is limited at the edge.
    """
    number, phone, given = (to_half_width(text).strip().upper() for text in (no, phone_last4, code))
    record = Case.objects.filter(no=number, parent=None).first()
    expected = record.track_key if record else "0" * 64
    if not hmac.compare_digest(expected, track_key(number, phone, given)) or record is None:
        raise Refused(
            "case.track.no-match",
            "编号、手机尾号或查询码对不上。请对照回执核对，仍查不到请拨打 12345。",
            "Number, end of phone number and code do not match. Check them on your receipt, or call 12345.",
            status=404,
        )
    return _to_track(record, at or datetime.now(UTC))


def _to_track(record: Case, at: datetime) -> TrackShape:
    opened = open_case(record.no, SYSTEM)
    shape = to_case(opened, ANONYMOUS, at, organisations_of(opened), whole=True)
    return TrackShape(
        no=shape.no,
        title_zh=shape.title_zh,
        title_en=shape.title_en,
        applicant_masked=shape.applicant.masked_name,
        state=shape.state,
        state_zh=shape.state_zh,
        state_en=shape.state_en,
        submitted_at=shape.submitted_at,
        promised_on=shape.promised_on,
        clock=shape.clock,
        organisation_zh=shape.organisation.name_zh if shape.organisation else "",
        organisation_en=shape.organisation.name_en if shape.organisation else "",
        timeline=tuple(_bare(event) for event in shape.timeline),
        parts=tuple(to_lines([part.record for part in opened.parts], [])),
    )


def _bare(event: Event) -> Event:
    return Event(event.seq, event.at, event.kind, event.label_zh, event.label_en, "", event.receipt_no)

"""What officers arrange and are told（代岗、常用语、预警、征求意见待办）."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from zhengtong.apps.cases.alerts import ALERT_TITLES
from zhengtong.apps.cases.models import Alert, CaseParty, Phrase, Substitution
from zhengtong.apps.cases.queries.opening import list_organisations, open_case
from zhengtong.apps.cases.rights import is_officer
from zhengtong.apps.cases.shapes import AlertShape, AskedRow, PhraseShape, SubstitutionShape
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import local_date

MOST_ROWS = 100
ASKED_ROLES, ASKED_OF_HEADS = ("consulted", "signing", "superior"), ("approving",)


def list_substitutions(by: Actor, *, at: datetime | None = None) -> list[SubstitutionShape]:
    """Return the substitutions of the officer's organisation now or to come, the earliest first; one query."""
    if not is_officer(by) or by.organisation is None:
        return []
    today = local_date(at or datetime.now(UTC))
    running = Substitution.objects.filter(organisation_id=by.organisation.id, to_on__gte=today, ended_at=None)
    return [to_substitution(one, by) for one in running.order_by("from_on", "pk")[:MOST_ROWS]]


def list_phrases(by: Actor, case_no: str = "") -> list[PhraseShape]:
    """Return the officer's own phrases, and those of the case's pack when a case is named."""
    if not is_officer(by):
        return []
    own = [to_phrase(phrase) for phrase in Phrase.objects.filter(account_id=by.account_id).order_by("-used", "-at")]
    declared = open_case(case_no, by).pack.phrases if case_no else ()
    return [*own, *(PhraseShape(0, phrase.zh, "pack", phrase.en) for phrase in declared)]


def list_alerts(by: Actor, *, only_new: bool = True) -> list[AlertShape]:
    """Return the warnings of the organisation to its leaders, the newest first（预警）; two queries."""
    if not is_officer(by) or by.organisation is None or "leader" not in by.roles:
        return []
    told = Alert.objects.filter(organisation_id=by.organisation.id).select_related("case").order_by("-at", "-pk")
    if only_new:
        told = told.filter(seen_at=None)
    return [_to_alert(alert) for alert in told[:MOST_ROWS]]


def count_alerts(by: Actor) -> int:
    """Return how many warnings a leader has not seen; one query."""
    if not is_officer(by) or by.organisation is None or "leader" not in by.roles:
        return 0
    return Alert.objects.filter(organisation_id=by.organisation.id, seen_at=None).count()


def list_asked(by: Actor) -> list[AskedRow]:
    """Return the cases in which something is asked of the officer's organisation（征求意见、会签）, or of its head（报批）; two
    queries."""
    if not is_officer(by) or by.organisation is None:
        return []
    roles = ASKED_ROLES + ASKED_OF_HEADS if "leader" in by.roles else ASKED_ROLES
    asked = CaseParty.objects.filter(
        organisation_id=by.organisation.id, role__in=roles, is_open=True, case__is_settled=False
    )
    rows = list(asked.select_related("case").order_by("due_on", "since")[:MOST_ROWS])
    handlers = {
        one.id: one
        for one in list_organisations({row.case.organisation_id for row in rows if row.case.organisation_id})
    }
    return list(_rows(rows, handlers))


def to_substitution(record: Substitution, by: Actor | None = None) -> SubstitutionShape:
    """Return a substitution's shape."""
    return SubstitutionShape(
        record.pk,
        record.account_label,
        record.substitute_label,
        record.from_on,
        record.to_on,
        record.reason,
        by is None or by.account_id == record.account_id,
    )


def to_phrase(record: Phrase) -> PhraseShape:
    """Return a phrase's shape."""
    return PhraseShape(record.pk, record.text, "own")


def _to_alert(alert: Alert) -> AlertShape:
    zh, en = ALERT_TITLES[alert.kind]
    return AlertShape(
        id=alert.pk,
        case_no=alert.case.no,
        title_zh=alert.case.title_zh,
        title_en=alert.case.title_en,
        kind=alert.kind,
        kind_zh=zh,
        kind_en=en,
        due_on=alert.due_on,
        at=alert.at,
        assignee_label=alert.assignee_label,
        seen_at=alert.seen_at,
    )


def _rows(rows: Iterable[CaseParty], handlers: dict[int, object]) -> Iterable[AskedRow]:
    for row in rows:
        handler = handlers.get(row.case.organisation_id or 0)
        yield AskedRow(
            case_no=row.case.no,
            title_zh=row.case.title_zh,
            title_en=row.case.title_en,
            role=row.role,
            organisation_zh=getattr(handler, "name_zh", ""),
            organisation_en=getattr(handler, "name_en", ""),
            due_on=row.due_on,
            since=row.since,
        )

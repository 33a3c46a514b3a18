"""Officers' own arrangements（代岗、常用语）: who does my work while I am away, and the sentences I use again."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth import get_user_model
from django.db import transaction

from zhengtong.apps.cases.actions.officer_rules import require_reason
from zhengtong.apps.cases.checking import has_control_characters
from zhengtong.apps.cases.models import Alert, Phrase, Substitution
from zhengtong.apps.cases.queries.standing_in import to_phrase, to_substitution
from zhengtong.apps.cases.rights import is_officer, no_right
from zhengtong.apps.cases.shapes import PhraseShape, SubstitutionShape
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.kit import Refused, local_date

LONGEST_PHRASE = 300
MOST_PHRASES = 100
MOST_DAYS = 92


@transaction.atomic
def name_substitute(
    *, to_account_id: int, from_on: date, to_on: date, reason: str, by: Actor, at: datetime
) -> SubstitutionShape:
    """Return the substitution（代岗）: from day to day, both included, the colleague does the officer's work too.

    The substitute acts under their own name and their own roles. Refused: days in the past or too many（422）, a
    colleague who is away as well then（409）, somebody without a post here（404）.
    """
    organisation = _require_officer(by)
    _require_days(from_on, to_on, at)
    account = get_user_model().objects.filter(pk=to_account_id, is_active=True).first()
    if account is None or to_account_id == by.account_id:
        raise Refused(
            "case.substitute.no-colleague",
            "请选择本单位另一位有可用账户的同事代岗。",
            "Choose another colleague of your organisation, with an account in use, to stand in.",
            status=404,
            field="to_account_id",
        )
    colleague = people.get_actor(account, organisation_id=organisation.id, at=at)
    away = Substitution.objects.filter(
        account_id=to_account_id, ended_at=None, from_on__lte=to_on, to_on__gte=from_on
    ).exists()
    if away:
        raise Refused(
            "case.substitute.away-too",
            f"{colleague.label}这段时间也请人代岗，请另选一位同事。",
            f"{colleague.label} is away in these days too; choose another colleague.",
            status=409,
        )
    reason = require_reason(reason)[:200]
    body = {"account": by.account_id, "substitute": to_account_id, "from": from_on.isoformat(), "to": to_on.isoformat()}
    zh, en = f"{by.label}请{colleague.label}代岗", f"{colleague.label} stands in for {by.label}"
    receipt = evidence.record(kind="case.substitution", body=body, by=by, at=at, summary_zh=zh, summary_en=en)
    return to_substitution(
        Substitution.objects.create(
            organisation_id=organisation.id,
            account_id=by.account_id,
            account_label=by.label,
            substitute_id=to_account_id,
            substitute_label=colleague.label,
            from_on=from_on,
            to_on=to_on,
            reason=reason,
            receipt_no=receipt.no,
        )
    )


@transaction.atomic
def end_substitution(*, substitution_id: int, by: Actor, at: datetime) -> None:
    """End a substitution of one's own early; a leader may end any of the organisation."""
    organisation = _require_officer(by)
    mine = Substitution.objects.filter(pk=substitution_id, organisation_id=organisation.id, ended_at=None)
    if "leader" not in by.roles:
        mine = mine.filter(account_id=by.account_id)
    found = mine.select_for_update().first()
    if found is None:
        raise Refused(
            "case.substitute.not-found",
            "找不到这条代岗，可能已经结束。请刷新。",
            "There is no such substitution; it may have ended. Reload the page.",
            status=404,
        )
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    zh, en = f"{found.account_label}的代岗提前结束", f"{found.account_label} is back early"
    evidence.record(kind="case.substitution-ended", body={"id": found.pk}, by=by, at=at, summary_zh=zh, summary_en=en)


@transaction.atomic
def keep_phrase(*, text: str, by: Actor, at: datetime) -> PhraseShape:
    """Return a sentence kept for use again（常用语）; the same one twice is kept once."""
    _require_officer(by)
    tidy = text.strip()
    if not tidy or len(tidy) > LONGEST_PHRASE or has_control_characters(tidy):
        raise Refused(
            "case.phrase.text",
            f"常用语为 1 至 {LONGEST_PHRASE} 字，请修改后保存。",
            f"A phrase has 1 to {LONGEST_PHRASE} characters; change it and save again.",
            field="text",
        )
    own = list(Phrase.objects.filter(account_id=by.account_id))
    known = next((phrase for phrase in own if phrase.text == tidy), None)
    if known:
        return to_phrase(known)
    if len(own) >= MOST_PHRASES:
        raise Refused(
            "case.phrase.too-many",
            f"最多保存 {MOST_PHRASES} 条常用语，请先删去不用的。",
            f"At most {MOST_PHRASES} phrases are kept; remove some first.",
            status=409,
        )
    return to_phrase(Phrase.objects.create(account_id=by.account_id, text=tidy, at=at))


def drop_phrase(*, phrase_id: int, by: Actor, at: datetime) -> None:  # noqa: ARG001
    """Remove a phrase of one's own; one that is gone already changes nothing."""
    _require_officer(by)
    Phrase.objects.filter(pk=phrase_id, account_id=by.account_id).delete()


def see_alert(*, alert_id: int, by: Actor, at: datetime) -> None:
    """Mark a warning as seen by a leader of the organisation it was sent to; seeing it twice changes nothing."""
    organisation = _require_officer(by)
    told = Alert.objects.filter(pk=alert_id, organisation_id=organisation.id)
    if "leader" not in by.roles or not told.exists():
        raise Refused(
            "case.alert.not-found",
            "找不到这条预警，或不由您处理。请从预警列表进入。",
            "There is no such warning, or it is not yours to deal with. Go there from the list of warnings.",
            status=404,
        )
    told.filter(seen_at=None).update(seen_by=by.label, seen_at=at)


def _require_officer(by: Actor) -> OrganisationShape:
    if not is_officer(by) or by.organisation is None or by.account_id is None:
        raise no_right("使用工作台", "Use the desk")
    return by.organisation


def _require_days(from_on: date, to_on: date, at: datetime) -> None:
    if local_date(at) <= from_on <= to_on and (to_on - from_on).days < MOST_DAYS:
        return
    raise Refused(
        "case.substitute.days",
        f"代岗从今天或以后开始，最长 {MOST_DAYS} 天，结束日不早于开始日。请修改日期。",
        f"A substitution begins today or later, lasts at most {MOST_DAYS} days and ends after it begins. Correct the days.",
        field="from_on",
    )

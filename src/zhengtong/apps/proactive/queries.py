"""Reads of this room: rounds for those who run them, offers for those they are made to."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from zhengtong.apps.matters import queries as matters
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.apps.policies import queries as policies
from zhengtong.apps.proactive.models import Offer, Round
from zhengtong.apps.proactive.shapes import OfferShape, RoundShape
from zhengtong.kit import Refused

RUN = "proactive.run"
COUNTS = ("granted", "offered", "already", "unknown")


def can_run(by: Actor) -> bool:
    """Return whether the actor may start rounds: the system, or the head of an organisation."""
    return by.kind == "system" or (by.organisation is not None and people.can_(by, RUN, by.organisation.id))


def get_round(round_id: UUID | str, by: Actor) -> RoundShape:
    """Return a round of the actor's organisation; refused（404）for every other."""
    record = _rounds(by).filter(pk=_uuid(round_id)).first()
    if record is None:
        raise Refused(
            "proactive.round.unknown",
            "没有这一轮免申即享，或者不属于本机构。请从列表中选择。",
            "There is no such round, or it belongs to another organisation. Choose one from the list.",
            status=404,
        )
    return to_round(record)


def list_rounds(by: Actor, *, limit: int = 50) -> list[RoundShape]:
    """Return the rounds of the actor's organisation, newest first, with how far each is; one query."""
    return [to_round(record) for record in _rounds(by).order_by("-started_at")[:limit]]


def list_offers(by: Actor) -> list[OfferShape]:
    """Return what the person or enterprise `by` acts as may have by confirming, and what they answered; newest first."""
    if by.applicant is None:
        return []
    offers = Offer.objects.filter(subject_key=by.applicant.key).select_related("round").order_by("-offered_at")
    return [to_offer(record) for record in offers]


def get_offer(offer_id: UUID | str, by: Actor) -> OfferShape:
    """Return an offer made to whom `by` acts as; refused（404）for everybody else's."""
    return to_offer(own_offer(offer_id, by))


def explain_offer(offer_id: UUID | str, by: Actor, *, language: str = "zh") -> tuple[str, ...]:
    """Return why the person may have it（符合条件的理由）, rule by rule, from the very data and rules it was found by.

    Nothing for an offer whose data were not kept.
    """
    offer = own_offer(offer_id, by)
    given, record = offer.entitled.get("inputs"), offer.round
    if not given:
        return ()
    decision = policies.get_rule_set_of(record.rule_digest).decision(record.on, record.region_code)
    return decision.explain(given, language).sentences


def own_offer(offer_id: UUID | str, by: Actor, *, lock: bool = False) -> Offer:
    """Return the record of an offer made to whom `by` acts as, for this room's own actions."""
    offers = Offer.objects.select_for_update(of=("self",)) if lock else Offer.objects.all()
    key = by.applicant.key if by.applicant else ""
    record = offers.select_related("round").filter(pk=_uuid(offer_id), subject_key=key).first()
    if record is None:
        raise Refused(
            "proactive.offer.unknown",
            "没有这项待确认的权益。请从“我的空间”进入。",
            "There is no such offer to confirm. Go there from your own space.",
            status=404,
        )
    return record


def to_round(record: Round) -> RoundShape:
    """Return the shape of a round; its batches are summed by the query that found it."""
    counts = {name: getattr(record, f"sum_{name}") or 0 for name in COUNTS}
    return RoundShape(
        id=record.pk,
        matter_code=record.matter_code,
        title_zh=record.title_zh,
        title_en=record.title_en,
        period=record.period,
        on=record.on,
        state=record.state,
        confirm=record.confirm,
        found=record.found,
        batches=record.batches,
        batches_done=record.batches_done,  # type: ignore[attr-defined]  # annotated
        started_by=record.started_by,
        started_at=record.started_at,
        finished_at=record.finished_at,
        receipt_no=record.receipt_no,
        problem_zh=record.problem.get("zh", ""),
        problem_en=record.problem.get("en", ""),
        **counts,
    )


def to_offer(record: Offer) -> OfferShape:
    """Return the shape of an offer."""
    pack = matters.get_pack_version(record.round.pack_digest)
    declared = pack.proactive
    return OfferShape(
        id=record.pk,
        matter_code=record.matter_code,
        title_zh=record.round.title_zh,
        title_en=record.round.title_en,
        period=record.period,
        state=record.state,
        values=record.entitled["values"],
        outcome=record.entitled["outcome"],
        account=declared.account if declared else "",
        offered_at=record.offered_at,
        answered_at=record.answered_at,
        case_no=record.case_no,
        pack=pack,
    )


def summed(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Return rounds with what their batches amount to."""
    sums = {f"sum_{name}": Sum(f"parts__{name}") for name in COUNTS}
    return rounds.annotate(batches_done=Count("parts", filter=Q(parts__is_done=True)), **sums)


def _rounds(by: Actor) -> QuerySet[Round]:
    if by.kind == "system":
        return summed(Round.objects.all())
    if not can_run(by) or by.organisation is None:
        return Round.objects.none()
    return summed(Round.objects.filter(organisation_id=by.organisation.id))


def _uuid(text: UUID | str) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None

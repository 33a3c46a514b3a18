"""Cases that pass between organisations（转报、异地受理）: forwarded to the superior, taken in by a window elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from zhengtong.apps.cases.actions.drafts import start_draft
from zhengtong.apps.cases.actions.log import append
from zhengtong.apps.cases.actions.officer_rules import done, lock_for, require_mine, require_reason
from zhengtong.apps.cases.actions.parties import add_party
from zhengtong.apps.cases.models import Draft
from zhengtong.apps.cases.packs import pack_in_force
from zhengtong.apps.cases.queries.cases import get_case
from zhengtong.apps.cases.queries.drafts import get_draft
from zhengtong.apps.cases.rights import no_right, superior_of
from zhengtong.apps.cases.shapes import CaseShape, DraftShape
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, Subject
from zhengtong.declared.handling import CROSS_REGION
from zhengtong.kit import Refused, local_date


@transaction.atomic
def forward_case(*, case_no: str, reason: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case with the superior organisation（转报）: it decides on; the one that examined first still sees it.

    Refused（409）where the matter does not provide for it, or nobody stands above.
    """
    held = lock_for(case_no, "forwarded", by, version)
    require_mine(held, by, at)
    own = held.organisation
    above = superior_of(own) if own else None
    if own is None or above is None:
        raise Refused(
            "case.forward.no-superior",
            "没有登记上级主管机关，不能转报。请联系系统管理员。",
            "No superior organisation is registered, so it cannot be forwarded. Ask the administrator.",
            status=409,
        )
    payload = {
        "from_id": own.id,
        "to_id": above.id,
        "to_zh": above.name_zh,
        "to_en": above.name_en,
        "reason": require_reason(reason),
    }
    add_party(held.record, own.id, "handler", at, is_open=False)
    words = {"reason": payload["reason"], "items": [{"title_zh": above.name_zh, "title_en": above.name_en}]}
    held = append(held, "forwarded", payload, by=by, at=at, notice=words)
    done(held, by, at)
    return get_case(case_no, by, at=at)


def window_actor(by: Actor, applicant: Subject) -> Actor:
    """Return the window officer acting for the person who stands before them（代为录入）; labelled as the officer."""
    return replace(by, acting_for=applicant, matter_scope=None)


def take_in(
    *,
    matter_code: str,
    applicant: Subject,
    region_code: str,
    answers: Mapping[str, str],
    by: Actor,
    at: datetime,
) -> DraftShape:
    """Return a draft begun at a window for somebody else's region（异地受理）, for the organisation in charge there.

    The officer goes on with `window_actor(by, applicant)`: pages, materials, submission. Both organisations see the case.
    Refused: without the role（403）, where the matter is not handed in across these regions（409）.
    """
    window = by.organisation
    if window is None or not people.can_(by, "case.accept", window.id):
        raise no_right("异地受理", "Taken in for another region")
    pack = pack_in_force(matter_code, on=local_date(at), region_code=region_code)
    shared = CROSS_REGION.get(pack.handling.cross_region)
    if shared is None or window.region_code[:shared] != region_code[:shared]:
        raise Refused(
            "case.take-in.outside-scope",
            f"“{pack.title.zh}”不在本窗口与该地之间通办。请告知申请人网上办理，或到当地窗口办理。",
            f"“{pack.title.en}” is not handed in here for that region. Advise applying online, or at the window there.",
            status=409,
            facts={"scope": pack.handling.cross_region},
        )
    acting = window_actor(by, applicant)
    draft = start_draft(matter_code=matter_code, answers=answers, by=acting, at=at, region_code=region_code)
    Draft.objects.filter(pk=draft.id).update(taken_in_by_id=window.id)
    return get_draft(draft.id, acting)

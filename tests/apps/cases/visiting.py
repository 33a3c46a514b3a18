"""A residence permit that runs on a drawing（visit.bpmn）: another department's visit, a clock, a message, the decision."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

from tests.apps.cases.city import PACKS
from zhengtong.apps.cases import actions
from zhengtong.apps.matters import actions as matters
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.declared import load_pack

DRAWING = Path(__file__).with_name("visit.bpmn").read_text(encoding="utf-8")
REVIEW = Path(__file__).with_name("review.bpmn").read_text(encoding="utf-8")
MATTER = "visit-permit"


def publish(now, drawing=DRAWING, **changed):
    """Return the matter's pack with this drawing, in force."""
    pack = dataclasses.replace(_bare(), flow=drawing, **changed)
    matters.publish_pack(pack=pack, by=SYSTEM, at=now)
    return pack


def apply(city, by=None):
    """Return a case of the matter, submitted."""
    by = by or city.mother
    draft = actions.start_draft(
        matter_code=MATTER, answers={"kind": "first", "reason": "home"}, by=by, at=city.now, region_code="990101000000"
    )
    values = {"residence.address": "澜江市江东区滨河路 8 号", "residence.since": "2026-01-05"}
    draft = actions.save_page(
        draft_id=draft.id, page_id="home", values=values, version=draft.version, by=by, at=city.now
    )
    return actions.submit_case(draft_id=draft.id, version=draft.version, by=by, at=city.now)


@cache
def _bare():
    pack = load_pack(PACKS / "residence-permit")
    bare = {"materials": (), "certificates": (), "checks": (), "golden": ()}
    return dataclasses.replace(pack, id=MATTER, catalog_code="", outcome=(), **bare)

"""A city whose permit allows everything, and browsers for whoever acts: the actor is handed to the page, not signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from tests.apps.cases.city import PDF, PNG, found_city, packs
from zhengtong.apps.cases import actions
from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.apps.matters import actions as matters
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.declared.handling import (
    Commitment,
    Consultation,
    Cosign,
    ExtensionRule,
    Handling,
    Payment,
    Procedure,
    Tolerance,
)
from zhengtong.declared.shapes import Text
from zhengtong.kit import Basis
from zhengtong.kit.calendar import Term, Unit

POLICE = "public-security"
BASIS = Basis("测试法", "第一条", "2020-01-01")


def days(n: int, unit: Unit = Unit.WORKDAY) -> Term:
    return Term(n, unit, basis=BASIS)


ALLOWS = Handling(
    extension=ExtensionRule(days(10)),
    procedures=(
        Procedure("hearing", "hearing", Text("听证", "Hearing"), days(60), notice=days(7)),
        Procedure("inspection", "inspection", Text("检验", "Inspection"), days(15)),
    ),
    tolerance=Tolerance(days(5)),
    commitment=Commitment(
        ("home_proof",), Text("住处属实", "The home is real"), days(30, Unit.CALENDAR_DAY), BASIS, rectify=days(5)
    ),
    consultations=(Consultation("health", Text("征求卫健意见", "Health's opinion"), days(5), "health"),),
    cosign=Cosign(("health",), BASIS),
    payment=Payment("20", Text("工本费", "Cost of the card"), BASIS),
    appointment=True,
    delivery=("electronic", "post"),
)


@pytest.fixture
def city(db, monkeypatch, settings, tmp_path) -> SimpleNamespace:
    """澜江市 at the real time, for the pages run on the real clock; its residence permit allows everything."""
    settings.ZHENGTONG_HOME = tmp_path
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    founded = found_city(timezone.now())
    monkeypatch.setattr("zhengtong.apps.exchange.actions.read", founded.reader.read)
    permit = next(pack for pack in packs() if pack.id == "residence-permit")
    matters.publish_pack(pack=replace(permit, handling=ALLOWS), by=SYSTEM, at=founded.now)
    founded.clerk, founded.leader = founded.officer(POLICE), founded.officer(POLICE, "leader", account=990)
    founded.health = founded.officer("health", account=991)
    return founded


@pytest.fixture
def visit(monkeypatch) -> Callable[[Actor], Client]:
    """`visit(actor)` is a browser in which the actor is at work."""

    def enter(actor: Actor) -> Client:
        client = Client()
        client.defaults["HTTP_X_TEST_ACTOR"] = str(id(actor))
        known[str(id(actor))] = actor
        return client

    known: dict[str, Actor] = {}
    monkeypatch.setattr(
        "zhengtong.site.edge.actor_of", lambda request: known.get(request.headers.get("X-Test-Actor", ""))
    )
    return enter


def apply(city: SimpleNamespace, *, tolerate: bool = False, commit: bool = False) -> CaseShape:
    """Return a submitted permit: its photo to follow when tolerated, its proof of a home committed to or brought."""
    at, mother = city.now, city.mother
    draft = actions.start_draft(
        matter_code="residence-permit", answers={"kind": "first", "reason": "home"}, by=mother, at=at
    )
    entered = {"residence.address": "澜江市江东区滨河路 8 号", "residence.since": "2026-01-05"}
    draft = actions.save_page(
        draft_id=draft.id, page_id="home", values=entered, version=draft.version, by=mother, at=at
    )
    if commit:
        draft = actions.sign_promise(draft_id=draft.id, kind="commitment", by=mother, at=at)
    else:
        file = {"material_id": "home_proof", "name": "租房合同.pdf", "content": PDF}
        draft = actions.attach_material(draft_id=draft.id, **file, by=mother, at=at)
    if tolerate:
        draft = actions.sign_promise(draft_id=draft.id, kind="tolerance", by=mother, at=at)
    else:
        photo = {"material_id": "photo", "name": "照片.png", "content": PNG}
        draft = actions.attach_material(draft_id=draft.id, **photo, by=mother, at=at)
    return actions.submit_case(draft_id=draft.id, version=draft.version, by=mother, at=at)


@pytest.fixture
def case(city) -> CaseShape:
    """A permit accepted and in the clerk's hands."""
    return actions.accept_case(case_no=apply(city).no, by=city.clerk, at=city.now)

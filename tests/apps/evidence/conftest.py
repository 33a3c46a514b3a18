"""Actors and a way to leave receipts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from tests.apps.evidence.flushing import allow_flush
from zhengtong.apps.evidence import actions
from zhengtong.apps.evidence.shapes import ReceiptShape
from zhengtong.apps.people.keys import subject_key
from zhengtong.apps.people.shapes import Actor, Subject


@pytest.fixture(autouse=True)
def flushable() -> None:
    allow_flush()


@pytest.fixture
def parent() -> Actor:
    key = subject_key("resident", "990102199503050221")
    person = Subject("resident", "00000000-0000-0000-0000-000000000001", "王若兰", "王*兰", key, "990102********0221")
    return Actor(kind="resident", account_id=7, label="王*兰", resident=person)


@pytest.fixture
def auditor() -> Actor:
    return Actor(kind="admin", account_id=9, label="审计", duty="auditadmin")


@pytest.fixture
def leave(db: None, now: dt.datetime, parent: Actor) -> Callable[..., ReceiptShape]:
    def leave(number: int = 1, **more) -> ReceiptShape:
        wanted = {"kind": "case.submitted", "body": {"number": number}, "by": parent, "at": now, **more}
        return actions.record(**wanted)

    return leave


@pytest.fixture
def read(db: None, now: dt.datetime, parent: Actor) -> Callable[..., ReceiptShape]:
    def read(**more) -> ReceiptShape:
        wanted = {
            "resource_code": "306045/000001",
            "resource_title_zh": "出生医学证明信息",
            "resource_title_en": "Medical certificates of birth",
            "grant_no": "G-1",
            "provider_org": "澜江市卫生健康委员会",
            "consumer_org": "澜江市公安局",
            "by": Actor(kind="officer", account_id=3, label="公安 李*"),
            "subject_key": parent.resident.key,
            "fields": ["name", "born_at"],
            "field_titles": [("新生儿姓名", "Name"), ("出生时间", "Born at")],
            "purpose_zh": "办理出生登记",
            "purpose_en": "Registering the birth",
            "basis": "《户口登记条例》第七条",
            "case_no": "990100202611190000001",
            "channel": "prefill",
            "found": True,
            "at": now,
        }
        return actions.record_read(**{**wanted, **more})

    return read

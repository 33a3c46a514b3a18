"""Issued, kept, replaced, revoked: what a certificate goes through, and who may do it."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from tests.apps.certificates.conftest import FACE
from zhengtong.apps.certificates import actions, queries
from zhengtong.apps.certificates.models import Certificate
from zhengtong.apps.certificates.shapes import Status
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.people.shapes import ANONYMOUS, SYSTEM
from zhengtong.kit.identifiers import parse_certificate_id


def test_an_issued_certificate_has_a_checked_identifier_of_its_issuer(issued, city):
    identifier = parse_certificate_id(issued.identifier)
    assert identifier.issuer_code == city.health.uscc
    assert identifier.type_code == f"{city.health.uscc}001"
    assert identifier.version == 1
    assert issued.status == Status.VALID


def test_issuing_leaves_a_receipt_about_the_keeper_without_clear_personal_data(issued, city):
    receipt = evidence.get_receipt(issued.receipt_no)
    assert receipt.kind == "certificate.issued"
    assert receipt.case_no == issued.case_no
    assert "林" not in receipt.summary_zh


def test_the_keeper_lists_opens_and_downloads_it(issued, city, document):
    listed = queries.list_certificates(city.mother, city.parent)
    assert [shape.identifier for shape in listed] == [issued.identifier]
    assert [item.value for item in listed[0].face] == [value for _, _, value in FACE.values()]
    assert document.startswith(b"%PDF-")
    assert hashlib.sha256(document).hexdigest() == issued.sha256


def test_nobody_else_learns_that_it_exists(issued, city, refuses):
    assert queries.list_certificates(city.mother, ANONYMOUS) == []
    for actor in (ANONYMOUS, city.stranger):
        with refuses("certificates.certificate.not-found", 404):
            queries.get_certificate(issued.identifier, actor)


def test_neither_the_file_nor_the_row_can_be_read_without_the_key(issued, document):
    path = Path(settings.ZHENGTONG_HOME) / "files" / "certificates" / issued.sha256[:2] / issued.sha256
    assert b"%PDF" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    row = Certificate.objects.extra(select={"raw": "holder", "raw_face": "face"}).get(identifier=issued.identifier)
    assert "林小满" not in row.raw
    assert "林清嘉" not in row.raw_face


def test_signing_keys_are_private_and_sealed(issued, city):
    path = Path(settings.ZHENGTONG_HOME) / "keys" / f"{city.health.uscc}.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED PRIVATE KEY" in path.read_bytes()


@pytest.mark.parametrize("actor", ["stranger", "parent"])
def test_only_the_issuer_issues(city, now, refuses, actor):
    with refuses("certificates.issue.not-issuer", 403):
        actions.issue(
            type_code="birth", holder=city.child, face=FACE, issuer=city.health, by=getattr(city, actor), at=now
        )
    assert not Certificate.objects.exists()


def test_an_undeclared_type_is_refused_by_name(city, now, refuses):
    with refuses("certificates.type.unknown", 404) as caught:
        actions.issue(type_code="no-such", holder=city.child, face=FACE, issuer=city.health, by=city.examiner, at=now)
    assert "no-such" in caught.value.zh


def test_a_type_is_defined_once(city, now):
    declaration = {"code": "birth", "title_zh": "别的", "title_en": "Other", "definer": "health"}
    assert actions.define_type(declaration=declaration, by=SYSTEM, at=now).title_zh == "出生医学证明"
    other = {"code": "vaccine", "title_zh": "预防接种证", "title_en": "Vaccination", "definer_id": city.health.id}
    assert actions.define_type(declaration=other, by=SYSTEM, at=now).number == f"{city.health.uscc}002"


def test_a_type_that_another_defined_a_moment_earlier_is_taken_over(city, now, monkeypatch):
    from zhengtong.apps.certificates.actions import types

    looks = iter([lambda code: None])
    monkeypatch.setattr(types, "find_type", lambda code: next(looks, queries.find_type)(code))
    declaration = {"code": "birth", "title_zh": "另一名称", "title_en": "Another", "definer": "health"}
    assert actions.define_type(declaration=declaration, by=SYSTEM, at=now).title_zh == "出生医学证明"


def test_a_new_version_retires_the_one_it_replaces(issued, city, now):
    renewed = actions.issue(
        type_code="birth",
        holder=city.child,
        keeper=city.mother,
        face={**FACE, "name": ("新生儿姓名", "Name", "林小雪")},
        issuer=city.health,
        by=city.examiner,
        at=now,
        replaces=issued.identifier,
    )
    assert renewed.version == 2
    assert parse_certificate_id(renewed.identifier).serial == parse_certificate_id(issued.identifier).serial
    assert queries.get_certificate(issued.identifier, city.parent).status == Status.EXPIRED


def test_revoking_tells_the_reason_and_happens_once(issued, city, now, refuses):
    with refuses("certificates.revoke.no-reason", 422):
        actions.revoke(identifier=issued.identifier, reason="  ", by=city.examiner, at=now)
    with refuses("certificates.issue.not-issuer", 403):
        actions.revoke(identifier=issued.identifier, reason="登记有误", by=city.stranger, at=now)
    revoked = actions.revoke(identifier=issued.identifier, reason="登记有误", by=city.examiner, at=now)
    assert revoked.status == Status.REVOKED
    with refuses("certificates.state.not-valid", 409):
        actions.revoke(identifier=issued.identifier, reason="再次撤销", by=city.examiner, at=now)


def test_a_use_is_recorded_and_shown_to_the_keeper(issued, city, now, refuses):
    actions.record_use(
        identifier=issued.identifier,
        cause_zh="办理户口登记",
        cause_en="Household registration",
        organisation=city.police,
        by=city.parent,
        at=now,
        case_no="99010020261119000002",
    )
    (use,) = queries.get_certificate(issued.identifier, city.parent).uses
    assert (use.organisation_zh, use.cause_zh) == ("澜江市公安局", "办理户口登记")
    assert evidence.get_receipt(use.receipt_no).kind == "certificate.used"
    assert queries.get_certificate(issued.identifier, city.stranger).identifier == issued.identifier
    actions.revoke(identifier=issued.identifier, reason="登记有误", by=city.examiner, at=now)
    with refuses("certificates.state.not-valid", 409):
        actions.record_use(
            identifier=issued.identifier,
            cause_zh="再用",
            cause_en="Again",
            organisation=city.police,
            by=city.parent,
            at=now,
        )


def test_a_certificate_runs_out_the_day_after_its_last(city, now):
    last = now.date() + dt.timedelta(days=30)
    made = actions.issue(
        type_code="birth", holder=city.mother, face=FACE, issuer=city.health, by=city.examiner, at=now, valid_to=last
    )
    on_last = queries.verify_identifier(made.identifier, at=now + dt.timedelta(days=30))
    after = queries.verify_identifier(made.identifier, at=now + dt.timedelta(days=31))
    assert (on_last.holds, on_last.status) == (True, Status.VALID)
    assert (after.holds, after.status) == (False, Status.EXPIRED)


def test_a_character_without_a_glyph_is_printed_as_its_code_point_and_reported(city, now, caplog):
    rare = "\U0002ebf0"
    drawn = actions.draw(
        type_code="birth",
        holder=replace(city.child, name=f"林{rare}"),
        face={"name": ("姓名", "Name", f"林{rare}")},
        issuer=city.health,
        at=now,
    )
    assert drawn.missing_glyphs == (rare,)
    assert re.search("U\\+2EBF0", caplog.text)


def test_listing_takes_as_many_queries_for_many_as_for_one(issued, city, now, django_assert_max_num_queries):
    for _ in range(3):
        actions.issue(type_code="birth", holder=city.mother, face=FACE, issuer=city.health, by=city.examiner, at=now)
    with django_assert_max_num_queries(2):
        assert len(queries.list_certificates(city.mother, city.parent)) == 4

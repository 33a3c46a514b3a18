"""Around a case, as its applicant meets it: promises, fee, parcel, objection, appointment, offers, doubts, notifications."""

from __future__ import annotations

import datetime as dt
import inspect

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.apps.cases.city import PNG
from tests.apps.portals.conftest import apply
from zhengtong.apps.arrangements import actions as arrangements
from zhengtong.apps.arrangements import queries as arranged
from zhengtong.apps.cases import actions, queries
from zhengtong.apps.channels import queries as channels
from zhengtong.apps.corrections import actions as doubting
from zhengtong.apps.corrections import queries as corrections
from zhengtong.apps.evidence import queries as evidence


def words(answer):
    return answer.content.decode()


def page_of(client, name, *args, **query):
    return words(client.get(reverse(f"citizen:{name}", args=args), query))


@pytest.fixture
def mother(city, visit):
    return visit(city.mother)


def test_a_commitment_is_signed_among_the_materials_and_taken_back(city, mother):
    answers = {"kind": "first", "reason": "home"}
    draft = actions.start_draft(matter_code="residence-permit", answers=answers, by=city.mother, at=city.now)
    url = reverse("citizen:materials", args=[draft.id])
    assert "住处属实" in words(mother.get(url))
    photo = SimpleUploadedFile("照片.png", PNG, "image/png")
    assert mother.post(url, {"sign": "commitment", "file-photo": photo}).status_code == 303
    signed = queries.get_draft(draft.id, city.mother)
    assert {one.kind: one.signed for one in signed.promises}["commitment"]
    assert next(slot for slot in signed.materials if slot.id == "photo").files, "what was chosen is not lost"
    assert mother.post(url, {"unsign": "commitment"}).status_code == 303
    assert not any(one.signed for one in queries.get_draft(draft.id, city.mother).promises)
    assert mother.post(url, {"sign": "oath"}).status_code == 422


def test_tolerated_materials_follow(city, mother):
    no = apply(city, tolerate=True).no
    actions.accept_case(case_no=no, by=city.clerk, at=city.now)
    assert "材料后补" in page_of(mother, "case", no)
    url = reverse("citizen:follow-up", args=[no])
    assert mother.post(url).status_code == 422
    answer = mother.post(url, {"file-photo": SimpleUploadedFile("照片.png", PNG, "image/png")})
    assert answer.status_code == 303
    assert queries.get_case(no, city.mother).pending.follow_ups == ()


def test_a_fee_is_paid_once_in_the_sandbox(city, mother, visit, case, settings, tmp_path):
    path = tmp_path / "payments.yaml"
    path.write_text(yaml.safe_dump({"sandbox": {"kind": "sandbox", "secret": "sandbox"}}), encoding="utf-8")
    settings.ZHENGTONG_PAYMENTS = str(path)
    assert "待缴费" in page_of(mother, "case", case.no)
    url = reverse("citizen:payment", args=[case.no])
    assert visit(city.father).get(url).status_code == 404
    assert mother.post(url).status_code == 303
    pay_url = arranged.find_payment(case.no, city.mother).pay_url
    assert pay_url in words(mother.get(url))
    assert "不会真的扣款" in words(mother.get(pay_url))
    assert visit(city.father).post(pay_url).status_code == 404
    assert mother.post(pay_url).status_code == 303
    assert arranged.find_payment(case.no, city.mother).state == "paid"
    assert mother.post(url).status_code == 409, "what is paid is not paid again"
    assert "待缴费" not in page_of(mother, "case", case.no)


def test_the_outcome_is_sent_where_one_says(city, mother, case):
    url = reverse("citizen:delivery", args=[case.no])
    wrong = mother.post(url, {"name": "林清嘉", "phone": "123", "address": "澜江市江东区滨河路 8 号"})
    assert wrong.status_code == 422
    assert 'value="123"' in words(wrong)
    given = {"name": "林清嘉", "phone": "13800001234", "address": "澜江市江东区滨河路 8 号"}
    assert mother.post(url, given).status_code == 303
    assert "待寄出" in words(mother.get(url))


def test_an_objection_is_answered_and_the_remedies_stand_beside_it(city, mother, visit, case):
    actions.settle_case(
        case_no=case.no, decision="denied", reason="不符合条件", version=case.version, by=city.clerk, at=city.now
    )
    url = reverse("citizen:objection", args=[case.no])
    page = words(mother.get(url))
    assert reverse("citizen:service", args=["administrative-reconsideration"]) in page or "xzfy.moj.gov.cn" in page
    assert "zxfw.court.gov.cn" in page
    assert mother.post(url, {"text": ""}).status_code == 422
    assert mother.post(url, {"text": "我有合法住处"}).status_code == 303
    assert 'name="text"' not in words(mother.get(url)), "one objection at a time"
    head = queries.get_case(case.no, city.leader)
    step = reverse("desk:step", args=[case.no, "answer_objection"])
    given = {"version": head.version, "upheld": "no", "answer": "经复核，材料确有缺失"}
    assert visit(city.leader).post(step, given).status_code == 303
    assert "经复核，材料确有缺失" in words(mother.get(url))


def test_a_place_is_booked_and_given_back(city, mother):
    hall = arrangements.define_hall(
        name_zh="政务大厅",
        name_en="Hall",
        address_zh="滨河路 1 号",
        address_en="1 River Road",
        by=city.leader,
        at=city.now,
    )
    first = timezone.localdate() + dt.timedelta(days=1)
    arrangements.open_slots(
        hall_id=hall.id, first_on=first, last_on=first + dt.timedelta(days=9), times=[dt.time(9)], minutes=30, capacity=1,
        by=city.leader, at=city.now,
    )  # fmt: skip
    url = reverse("citizen:book")
    page = words(mother.get(url, {"matter": "residence-permit"}))
    assert "政务大厅" in page
    slot = next(
        slots[0] for n in range(10) if (slots := arranged.list_slots(hall.id, on=first + dt.timedelta(n), at=city.now))
    )
    assert f'value="{slot.id}"' in page
    given = {"matter": "residence-permit", "slot": slot.id}
    assert mother.post(url, {"matter": "residence-permit", "slot": ""}).status_code == 409
    assert mother.post(url, given).status_code == 303
    assert mother.post(url, given).status_code == 409, "nobody else fits in"
    (booked,) = arranged.list_appointments(city.mother)
    assert str(booked.id) in page_of(mother, "appointments")
    assert mother.post(reverse("citizen:cancel-appointment"), {"appointment": booked.id}).status_code == 303
    assert arranged.list_appointments(city.mother)[0].state == "cancelled"


def test_how_one_is_told_is_ones_own_choice(city, mother):
    url = reverse("citizen:contact")
    given = {
        "uses_sms": "no",
        "uses_email": "yes",
        "email": "not an address",
        "quiet_from": "21:00",
        "quiet_to": "8:00",
    }
    wrong = mother.post(url, given)
    assert wrong.status_code == 422
    assert 'value="not an address"' in words(wrong)
    assert mother.post(url, {**given, "quiet_to": "noon"}).status_code == 422
    assert mother.post(url, {**given, "email": "lin@example.cn"}).status_code == 303
    kept = channels.get_contact(city.mother)
    assert (kept.uses_sms, kept.email_masked, kept.quiet_to) == (False, "l***@example.cn", dt.time(8))


def test_a_wrong_value_is_doubted_from_the_read_that_showed_it(city, mother, visit, case, monkeypatch):
    read = evidence.list_reads_about(city.mother.resident.key)[0]
    url = reverse("citizen:doubt", args=[read.receipt_no])
    assert url in page_of(mother, "access")
    assert visit(city.father).get(url).status_code == 404
    page = words(mother.get(url))
    assert all(f'value="{name}"' in page for name in read.fields)
    assert mother.post(url, {"field": read.fields[0]}).status_code == 422
    told, fits = {}, inspect.signature(doubting.raise_objection)
    monkeypatch.setattr("zhengtong.apps.corrections.actions.raise_objection", lambda **given: told.update(given))
    given = {"field": read.fields[0], "claimed_value": "滨河路 8 号", "grounds": "户口簿这样写"}
    assert mother.post(url, given).status_code == 303
    assert fits.bind(**told)
    assert told["resource_code"] == read.resource_code
    assert told["grounds"] == "户口簿这样写"
    assert "没有提过数据异议" in page_of(mother, "doubts")
    assert corrections.list_corrections(by=city.mother) == []


@pytest.mark.parametrize("name", ["offers", "appointments", "contact", "doubts"])
def test_my_space_is_for_those_signed_in(city, visit, name):
    from zhengtong.apps.people.shapes import ANONYMOUS

    assert visit(ANONYMOUS).get(reverse(f"citizen:{name}")).status_code == 302

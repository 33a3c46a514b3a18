"""A department publishes, another asks, is granted, calls, and is stopped: all of it through the forms."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.apps.exchange.bureau import BIRTHS, MOTHER, ROWS
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.catalog.models import Resource
from zhengtong.apps.exchange import queries as exchange
from zhengtong.apps.exchange import tasks
from zhengtong.apps.exchange.tasks import take_in_usage
from zhengtong.gateway import gateway

DECLARED = {**BIRTHS, "name": "births-too", "code": "202010/000009", "provider": "health"}
ASKED = {
    "fields": ["mother_id_number", "child_name", "born_at"],
    "usage_basis": "《户口登记条例》第七条",
    "usage_scenario": "办理出生登记",
    "usage_scope": "窗口核验",
    "share_modes": ["api", "prefill"],
    "valid_from": "2026-01-01",
    "valid_until": f"{timezone.now() + dt.timedelta(days=300):%Y-%m-%d}",
}


def text_of(response) -> str:
    return response.content.decode()


def csv_file(rows: str = ROWS) -> SimpleUploadedFile:
    return SimpleUploadedFile("births.csv", rows.encode(), content_type="text/csv")


def register(browser, declaration=None, **more):
    text = yaml.safe_dump(declaration or DECLARED, allow_unicode=True)
    return browser.post("/data/register", {"declaration": text, **more})


def test_a_resource_goes_from_declaration_to_catalogue(visit, bureau):
    steward, head, authority = visit("steward"), visit("approver"), visit("bureau")
    done = register(steward, source=csv_file())
    assert (done.status_code, done["Location"]) == (303, "/data/sets/births-too/")
    assert catalog.get_resource("births-too", by=bureau.steward).snapshot.rows == 3
    for browser, step, values in (
        (steward, "assess", {"secrecy_checked": "true", "pia_no": "PIA-9"}),
        (head, "approve", {}),
        (authority, "publish", {}),
    ):
        assert f"/data/sets/births-too/{step}" in text_of(browser.get("/data/sets/births-too/"))
        assert browser.post(f"/data/sets/births-too/{step}", values).status_code == 303
    assert "births-too" in text_of(visit("requester").get("/data/catalog/"))
    history = text_of(steward.get("/data/sets/births-too/?tab=history"))
    assert all(words in history for words in ("登记", "装载", "评估", "部门审核同意", "发布"))


def test_a_declaration_may_come_as_a_file_and_rows_later(visit, bureau):
    steward = visit("steward")
    upload = SimpleUploadedFile("births.json", json.dumps(DECLARED).encode())
    assert steward.post("/data/register", {"declaration_file": upload}).status_code == 303
    assert steward.post("/data/sets/births-too/load", {"source": csv_file()}).status_code == 303
    assert catalog.get_resource("births-too", by=bureau.steward).snapshot.rows == 3


def test_every_fault_of_a_declaration_is_named_and_nothing_is_kept(visit, bureau):
    wrong = {**DECLARED, "code": "abc", "open_type": "maybe", "share_scope": ""}
    answer = register(visit("steward"), wrong)
    assert answer.status_code == 422
    for element in ("code", "open_type", "share_scope"):
        assert f"{element}：" in text_of(answer)
    assert "births-too" in text_of(answer), "what was typed is kept"
    assert catalog.find_resource("births-too") is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("births.xlsx", b"PK"),
        ("births.csv", b""),
        ("births.csv", "甲,乙\n1,2\n".encode()),
        ("births.parquet", b"not parquet"),
    ],
)
def test_a_refused_data_file_leaves_no_resource_behind(visit, bureau, name, content):
    answer = register(visit("steward"), source=SimpleUploadedFile(name, content))
    assert answer.status_code == 422
    assert catalog.find_resource("births-too") is None


@pytest.mark.parametrize("text", ["", "- a\n- b", "a: [", '{"a": 1', "a: 1\na: 2", "fields: x", "fields: [1]\ncode: 7"])
def test_a_declaration_that_is_none_is_refused(visit, text):
    answer = visit("steward").post("/data/register", {"declaration": text})
    assert answer.status_code == 422
    assert "error-summary" in text_of(answer)


def test_another_departments_resource_cannot_be_registered(visit):
    answer = register(visit("steward"), {**DECLARED, "provider": "public-security"})
    assert answer.status_code == 422
    assert "provider" in text_of(answer)


def ask(visit, **changed):
    done = visit("requester").post("/data/sets/births/request", {**ASKED, **changed})
    assert done.status_code == 303, text_of(done)
    return done["Location"].rstrip("/").rsplit("/", 1)[1]


def grant(visit, **values):
    no = ask(visit)
    assert visit("head").post(f"/data/requests/{no}/consent").status_code == 303
    told = {"fields": ["child_name", "born_at"], "conditions": "", "quota_per_day": "", **values}
    assert visit("approver").post(f"/data/requests/{no}/approve", told).status_code == 303
    return no


def test_a_request_is_consented_to_and_approved_in_part(visit, bureau):
    no = grant(visit, needs_case="true", quota_per_day="5", **{"mask-child_name": "name"})
    made = exchange.get_grant(exchange.get_request(no, bureau.requester).grant_no, bureau.requester)
    assert made.fields == ("child_name", "born_at")
    assert (made.masks, made.needs_case, made.quota_per_day) == ({"child_name": "name"}, True, 5)
    shown = text_of(visit("requester").get(f"/data/grants/{made.no}/"))
    assert "姓名脱敏" in shown
    assert "每次必须写明" in shown


def test_an_approval_may_be_limited_to_rows(visit, bureau):
    no = grant(visit, row_field="region_code", row_values="990102000000，990103000000")
    made = exchange.get_grant(exchange.get_request(no, bureau.requester).grant_no, bureau.requester)
    assert made.row_filter == {"region_code": ("990102000000", "990103000000")}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"fields": []}, "fields"),
        ({"fields": ["weight_g"]}, "fields"),
        ({"usage_basis": " "}, "usage_basis"),
        ({"share_modes": []}, "share_modes"),
        ({"valid_until": "tomorrow"}, "valid_until"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
    ],
)
def test_a_request_that_lacks_something_comes_back_with_what_was_typed(visit, bureau, changed, field):
    answer = visit("requester").post("/data/sets/births/request", {**ASKED, **changed})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in text_of(answer)
    assert "办理出生登记" in text_of(answer)
    assert exchange.list_requests(bureau.requester) == []


def test_a_rejection_needs_reason_and_basis_and_keeps_what_was_typed(visit, bureau):
    no = ask(visit)
    visit("head").post(f"/data/requests/{no}/consent")
    answer = visit("approver").post(f"/data/requests/{no}/reject", {"reason": "数据不属本部门", "basis": ""})
    assert answer.status_code == 422
    assert "数据不属本部门" in text_of(answer)
    done = visit("approver").post(f"/data/requests/{no}/reject", {"reason": "x", "basis": "《某法》第一条"})
    assert done.status_code == 303
    assert exchange.get_request(no, bureau.requester).status == "rejected"


def test_a_supplement_stops_the_clock_and_is_answered(visit, bureau):
    no = ask(visit)
    visit("head").post(f"/data/requests/{no}/consent")
    assert visit("approver").post(f"/data/requests/{no}/ask-supplement", {"note": "请写明岗位"}).status_code == 303
    assert "已暂停计时" in text_of(visit("requester").get(f"/data/requests/{no}/"))
    assert visit("requester").post(f"/data/requests/{no}/supplement", {"answer": "户籍窗口"}).status_code == 303
    again = visit("approver").post(f"/data/requests/{no}/ask-supplement", {"note": "再补"})
    assert again.status_code == 409
    assert exchange.get_request(no, bureau.requester).status == "submitted"


def test_an_answer_is_put_off_with_the_authority_and_the_requester_reads_why(visit, bureau):
    no = ask(visit)
    visit("head").post(f"/data/requests/{no}/consent")
    approver, authority, requester = visit("approver"), visit("bureau-head"), visit("requester")
    before = exchange.get_request(no, bureau.requester).reply_due_on
    refused = approver.post(f"/data/requests/{no}/extend", {"days": "99", "extend_reason": "数据正在核对"})
    assert refused.status_code == 422
    assert "数据正在核对" in text_of(refused)
    without = approver.post(f"/data/requests/{no}/extend", {"days": "3", "extend_reason": " "})
    assert 'href="#f-extend_reason"' in text_of(without)
    told = {"days": "3", "extend_reason": "数据正在核对"}
    assert approver.post(f"/data/requests/{no}/extend", told).status_code == 303
    assert "等主管部门同意" in text_of(requester.get(f"/data/requests/{no}/"))
    assert no in text_of(authority.get("/data/")), "it waits for the authority on its first page"
    assert 'id="f-refuse_reason-error"' in text_of(authority.post(f"/data/requests/{no}/extend/refuse"))
    assert authority.post(f"/data/requests/{no}/extend/grant").status_code == 303
    assert exchange.get_request(no, bureau.requester).reply_due_on > before
    assert "告知：这些申请延期答复" in text_of(requester.get("/data/"))
    assert "告知：这些申请延期答复" not in text_of(approver.get("/data/"))
    page = text_of(requester.get(f"/data/requests/{no}/"))
    assert "答复期限延长了 3 个工作日" in page
    assert "数据正在核对" in page


def test_a_second_answer_shows_the_request_as_it_stands(visit, bureau):
    no = grant(visit)
    again = visit("approver").post(f"/data/requests/{no}/reject", {"reason": "x", "basis": "y"})
    assert again.status_code == 409
    assert "已同意" in text_of(again)


def call(client_id: str, secret: str, query: str = "") -> tuple[int, dict]:
    token = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    told = {}
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": f"/gateway/v1/births/{MOTHER}",
        "QUERY_STRING": f"by=mother_id_number{query}",
        "HTTP_AUTHORIZATION": f"Basic {token}",
    }
    body = b"".join(gateway(environ, lambda status, headers: told.update(status=int(status[:3]))))
    return told["status"], json.loads(body)


def secret_of(response) -> tuple[str, str]:
    return tuple(re.search(rf'id="client-{part}">([^<]+)<', text_of(response))[1] for part in ("id", "secret"))


def test_a_secret_is_shown_once_works_and_stops_when_rotated_and_when_the_grant_is_revoked(visit, bureau):
    no = grant(visit)
    browser = visit("requester")
    made = secret_of(browser.post("/data/clients/register", {"name": "户籍系统"}, follow=True))
    assert "client-secret" not in text_of(browser.get("/data/clients/"))
    assert call(*made)[0] == 200
    assert call(*made)[1]["values"]["child_name"] == "二宝"
    fresh = secret_of(browser.post(f"/data/clients/{made[0]}/rotate", follow=True))
    assert call(*made)[0] == 401
    assert call(*fresh)[0] == 200
    grant_no = exchange.get_request(no, bureau.requester).grant_no
    assert take_in_usage(at=timezone.now()) == 3
    assert "近 30 天共调用 3 次" in text_of(browser.get(f"/data/grants/{grant_no}/"))
    assert visit("approver").post(f"/data/grants/{grant_no}/revoke", {"reason": ""}).status_code == 422
    assert visit("approver").post(f"/data/grants/{grant_no}/revoke", {"reason": "超范围"}).status_code == 303
    assert call(*fresh)[0] == 403


def test_a_client_without_a_name_is_refused(visit):
    answer = visit("requester").post("/data/clients/register", {"name": " "})
    assert answer.status_code == 422
    assert 'href="#f-name"' in text_of(answer)


def test_a_suspended_grant_is_resumed(visit, bureau):
    grant_no = exchange.get_request(grant(visit), bureau.requester).grant_no
    for step, state in (("suspend", "已暂停"), ("resume", "有效")):
        assert visit("approver").post(f"/data/grants/{grant_no}/{step}", {"reason": "核查"}).status_code == 303
        assert state in text_of(visit("requester").get(f"/data/grants/{grant_no}/"))


def test_withdrawing_needs_a_reason(visit, bureau):
    assert visit("approver").post("/data/sets/births/withdraw", {"reason": " "}).status_code == 422
    assert visit("approver").post("/data/sets/births/withdraw", {"reason": "机构调整"}).status_code == 303
    assert visit("requester").get("/data/sets/births/").status_code == 404


def test_a_client_registers_a_key_and_takes_it_back(visit, bureau):
    browser = visit("requester")
    client_id = secret_of(browser.post("/data/clients/register", {"name": "户籍系统"}, follow=True))[0]
    for key, status, kept in (("zz", 422, ""), ("ab" * 32, 303, "ab" * 32), ("", 303, "")):
        assert (
            browser.post(f"/data/clients/{client_id}/key", {"public_key": key, "client_id": client_id}).status_code
            == status
        )
        assert exchange.list_clients(bureau.requester)[0].public_key == kept


PEM = """-----BEGIN CERTIFICATE-----
not one
-----END CERTIFICATE-----"""


def test_a_client_registers_a_certificate_and_takes_it_back(visit, bureau):
    browser = visit("requester")
    client_id = secret_of(browser.post("/data/clients/register", {"name": "户籍系统"}, follow=True))[0]
    for certificate, status, kept in ((PEM, 422, ""), ("AB:" * 31 + "AB", 303, "ab" * 32), ("", 303, "")):
        told = {"certificate": certificate, "client_id": client_id}
        answer = browser.post(f"/data/clients/{client_id}/certificate", told)
        assert answer.status_code == status
        assert exchange.list_clients(bureau.requester)[0].certificate == kept
        assert status == 303 or "not one" in text_of(answer), "what was typed is kept"


def test_a_key_of_sm2_fits_the_form(visit, bureau):
    browser = visit("requester")
    client_id = secret_of(browser.post("/data/clients/register", {"name": "户籍系统"}, follow=True))[0]
    assert browser.post(f"/data/clients/{client_id}/key", {"public_key": "04" + "ab" * 64}).status_code == 303
    assert exchange.list_clients(bureau.requester)[0].public_key == "04" + "ab" * 64


def test_an_approval_says_when_how_fast_and_by_whom(visit, bureau):
    client_id = secret_of(visit("requester").post("/data/clients/register", {"name": "户籍系统"}, follow=True))[0]
    no = ask(visit)
    visit("head").post(f"/data/requests/{no}/consent")
    approver = visit("approver")
    assert client_id in text_of(approver.get(f"/data/requests/{no}/"))
    assert client_id not in text_of(visit("bureau").get(f"/data/requests/{no}/"))
    told = {"fields": ["child_name"], "conditions": "", "rate_per_minute": "60", "callers": [client_id]}
    for wrong in ({"hours_from": "18:00", "hours_until": "09:00"}, {"hours_from": "09:00"}, {"hours_until": "25:00"}):
        answer = approver.post(f"/data/requests/{no}/approve", {**told, **wrong})
        assert answer.status_code == 422
        assert 'href="#f-hours_until"' in text_of(answer)
    told |= {"hours_from": "09:00", "hours_until": "17:30", "workdays_only": "true"}
    assert approver.post(f"/data/requests/{no}/approve", told).status_code == 303
    made = exchange.get_grant(exchange.get_request(no, bureau.requester).grant_no, bureau.requester)
    assert (made.hours.zh, made.rate_per_minute, made.callers) == ("工作日 09:00–17:30", 60, (client_id,))
    page = text_of(visit("requester").get(f"/data/grants/{made.no}/"))
    assert all(words in page for words in ("工作日 09:00–17:30", "60", client_id))


def test_working_days_alone_are_the_whole_of_each(visit, bureau):
    no = grant(visit, workdays_only="true")
    made = exchange.get_grant(exchange.get_request(no, bureau.requester).grant_no, bureau.requester)
    assert made.hours.workdays_only
    assert (made.hours.start, made.hours.end) == (dt.time.min, dt.time.max)


def test_a_district_gets_its_own_rows_back_by_turns(visit, bureau):
    Resource.objects.filter(name="births").update(share_modes=["api", "file"])
    requester, approver = visit("requester"), visit("approver")
    assert "/data/sets/births/backflow" in text_of(requester.get("/data/sets/births/"))
    assert "请先登记一个应用" in text_of(requester.get("/data/sets/births/backflow"))
    client_id = secret_of(requester.post("/data/clients/register", {"name": "区数据平台"}, follow=True))[0]
    told = {
        **{name: value for name, value in ASKED.items() if name != "share_modes"},
        "fields": ["record_no", "child_name"], "region_field": "region_code", "client_id": client_id, "form": "csv",
        "every_days": "7",
    }  # fmt: skip
    refused = requester.post("/data/sets/births/backflow", {**told, "region_field": "", "usage_scope": "区内部门"})
    assert refused.status_code == 422
    assert 'href="#f-region_field"' in text_of(refused)
    assert "区内部门" in text_of(refused)
    no = requester.post("/data/sets/births/backflow", told)["Location"].rstrip("/").rsplit("/", 1)[1]
    assert visit("head").post(f"/data/requests/{no}/consent").status_code == 303
    page = text_of(approver.get(f"/data/requests/{no}/"))
    assert "同意回流" in page
    assert "怎样脱敏" not in page, "no further conditions"
    assert approver.post(f"/data/requests/{no}/approve-backflow").status_code == 303
    made = exchange.get_request(no, bureau.requester).grant_no
    assert "还没有生成文件" in text_of(requester.get(f"/data/grants/{made}/"))
    assert tasks.deliver_backflows(at=timezone.now()) == 1
    assert tasks.run_exports(at=timezone.now()) == 1
    assert "可以来取" in text_of(requester.get(f"/data/grants/{made}/"))
    assert "Ready" in text_of(requester.get(f"/en/data/grants/{made}/"))

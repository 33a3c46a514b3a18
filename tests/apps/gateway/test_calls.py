"""The gateway answers what the grant allows, signed and recorded, and nothing else."""

from __future__ import annotations

import base64
import datetime as dt
import errno
import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from django.utils import timezone

from tests.apps.exchange.bureau import FATHER, MOTHER, STRANGER, read
from tests.apps.gateway.callers import check_answer, send
from zhengtong.apps.catalog import actions as catalog
from zhengtong.apps.evidence import actions as evidence_actions
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.evidence.models import Receipt
from zhengtong.apps.exchange import actions, queries
from zhengtong.apps.exchange.serving.reads import gate
from zhengtong.apps.exchange.tasks import archive_usage, take_in_usage
from zhengtong.apps.exchange.usage_log import list_writers, read_log
from zhengtong.apps.people.keys import subject_key

BY_MOTHER = f"/gateway/v1/births/{MOTHER}?by=mother_id_number"


def reads_about(number: str):
    return evidence.list_reads_about(subject_key("resident", number))


def test_a_look_up_gives_the_granted_fields_masked_and_its_receipt(grant, app):
    made = grant(masks={"child_name": "name"})
    answer = app.get(f"{BY_MOTHER}&case=9901-1", HTTP_X_OFFICER="Officer Li")
    assert answer.status == 200
    assert answer.body["values"] == {"child_name": "二*", "born_at": "2026-11-10T08:00:00"}
    assert answer.body["grant"] == made.no
    assert take_in_usage(at=timezone.now()) == 1
    [seen] = reads_about(MOTHER)
    assert (seen.receipt_no, seen.fields, seen.case_no, seen.channel, seen.found) == (
        answer.body["receipt"], ("child_name", "born_at"), "9901-1", "api", True,
    )  # fmt: skip
    assert "Officer Li" in seen.by_label
    assert queries.calls_today(made.no, timezone.localdate()) == 1


def test_the_represented_person_stands_in_the_receipt_unreadable(grant, app):
    grant()
    no = app.get(BY_MOTHER, HTTP_X_REPRESENTS=FATHER).body["receipt"]
    take_in_usage(at=timezone.now())
    body = Receipt.objects.values_list("body", flat=True).get(no=no)
    assert subject_key("resident", FATHER) in body
    assert FATHER not in body
    assert app.get(BY_MOTHER, HTTP_X_REPRESENTS="x y").status == 422


def test_a_receipt_of_a_call_is_sealed_and_proven(grant, app):
    grant()
    no = app.get(BY_MOTHER).body["receipt"]
    take_in_usage(at=timezone.now())
    evidence_actions.seal(at=timezone.now())
    assert evidence.prove(no).receipt_no == no


def test_what_is_sealed_is_laid_aside_and_the_next_call_is_taken_in_too(grant, app, tmp_path):
    grant()
    app.get(BY_MOTHER)
    take_in_usage(at=timezone.now())
    later = timezone.now() + dt.timedelta(hours=2)
    writer = gate().log
    writer._begin()  # this process goes on as another, as after a write that failed: the first one is dead now
    assert archive_usage(at=later) == 0, "not sealed yet"
    evidence_actions.seal(at=timezone.now())
    assert archive_usage(at=later) == 1
    [archived] = list_writers(tmp_path / "usage-archive")
    assert len(list(read_log(archived))) == 1
    app.get(BY_MOTHER)
    assert take_in_usage(at=timezone.now()) == 1
    assert len(list_writers(tmp_path / "usage")) == 1


def test_taking_in_twice_is_taking_in_once(grant, app):
    grant()
    app.get(BY_MOTHER)
    assert [take_in_usage(at=timezone.now()) for _ in range(3)] == [1, 0, 0]
    app.get(BY_MOTHER)
    assert take_in_usage(at=timezone.now()) == 1
    assert len(reads_about(MOTHER)) == 2


def test_a_look_up_that_finds_nothing_says_so_and_is_recorded(grant, app):
    grant()
    answer = app.get(f"/gateway/v1/births/{FATHER}?by=mother_id_number")
    assert (answer.status, answer.body["found"], answer.body["values"]) == (200, False, {})
    take_in_usage(at=timezone.now())
    assert [one.found for one in reads_about(FATHER)] == [False]


def test_a_row_outside_the_grants_rows_is_as_if_absent(grant, app):
    grant(row_filter={"region_code": ["990102000000"]})
    assert app.get(BY_MOTHER).body["found"]
    assert not app.get(f"/gateway/v1/births/{STRANGER}?by=mother_id_number").body["found"]
    assert not app.get("/gateway/v1/births/B3").body["found"]
    assert app.get("/gateway/v1/births?fields=child_name").body["total"] == 2


def test_verification_tells_same_different_absent_and_no_value(grant, app):
    grant()
    asked = {
        "key": MOTHER,
        "by": "mother_id_number",
        "values": {"child_name": " 二宝", "born_at": "2026-11-11T00:00:00"},
    }
    answer = app.post("/gateway/v1/births/verify", asked)
    assert answer.body["result"] == {"child_name": "same", "born_at": "different"}
    assert "二宝" not in answer.content.decode()
    gone = app.post("/gateway/v1/births/verify", {**asked, "key": FATHER})
    assert gone.body["result"] == {"child_name": "absent", "born_at": "absent"}
    beyond = app.post("/gateway/v1/births/verify", {**asked, "values": {"weight_g": 3300}})
    assert beyond.code == "exchange.read.field-not-granted"


def test_a_batch_answers_each_key_in_order_with_one_receipt_about_all(grant, app):
    grant()
    answer = app.post("/gateway/v1/births/batch", {"keys": ["B3", "nobody", "B2"], "fields": ["child_name"]})
    assert [one["values"].get("child_name") for one in answer.body["results"]] == ["三宝", None, "二宝"]
    take_in_usage(at=timezone.now())
    assert [one.receipt_no for one in reads_about(STRANGER)] == [answer.body["receipt"]]
    assert [one.receipt_no for one in reads_about(MOTHER)] == [answer.body["receipt"]]
    assert evidence.count_reads_about(subject_key("resident", MOTHER)) == 1


def test_pages_go_through_every_row_once_with_the_exact_total(grant, app):
    grant()
    names, after = [], ""
    while True:
        answer = app.get(f"/gateway/v1/births?limit=2&after={after}&fields=child_name")
        assert answer.body["total"] == 3
        names += [row["child_name"] for row in answer.body["rows"]]
        if answer.body["after"] is None:
            break
        after = answer.body["after"]
    assert names == ["大宝", "二宝", "三宝"]
    narrowed = app.get("/gateway/v1/births?born_at__gte=2026-01-01&limit=1&fields=born_at")
    assert (narrowed.body["total"], len(narrowed.body["rows"])) == (2, 1)


@pytest.mark.parametrize("query", ["weight_g=3100", "region_code=990102000000", "weight_g__gt=1"])
def test_a_filter_on_a_field_that_is_not_granted_is_refused(grant, app, query):
    grant()
    assert app.get(f"/gateway/v1/births?{query}&fields=child_name").code == "exchange.read.filter"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/gateway/v1/", None, 404),
        ("GET", "/gateway/v1/births/a/b", None, 404),
        ("POST", "/gateway/v1/births/B1", None, 405),
        ("DELETE", "/gateway/v1/births/B1", None, 405),
        ("GET", "/gateway/v1/nothing/B1", None, 403),
        ("GET", "/gateway/v1/births/B1?fields=weight_g", None, 403),
        ("GET", "/gateway/v1/births/B1?by=child_name", None, 422),
        ("GET", "/gateway/v1/births/B1?by=nope", None, 422),
        ("GET", "/gateway/v1/births?limit=0", None, 422),
        ("GET", "/gateway/v1/births?limit=9999", None, 422),
        ("GET", "/gateway/v1/births?limit=x", None, 422),
        ("GET", "/gateway/v1/births?after=-1", None, 422),
        ("GET", "/gateway/v1/births?child_name__like=x", None, 422),
        ("GET", "/gateway/v1/births?nope=1", None, 403),
        ("GET", "/gateway/v1/births?" + "&".join(f"a{n}=1" for n in range(200)), None, 422),
        ("POST", "/gateway/v1/births/batch", b"", 422),
        ("POST", "/gateway/v1/births/batch", b"{", 422),
        ("POST", "/gateway/v1/births/batch", [], 422),
        ("POST", "/gateway/v1/births/batch", {"keys": []}, 422),
        ("POST", "/gateway/v1/births/batch", {"keys": [1]}, 422),
        ("POST", "/gateway/v1/births/batch", {"keys": ["B1"] * 101}, 422),
        ("POST", "/gateway/v1/births/batch", {"keys": ["B1"], "fields": 7}, 422),
        ("POST", "/gateway/v1/births/batch", {"keys": ["B1"], "by": 7}, 422),
        ("POST", "/gateway/v1/births/verify", {"key": "B1"}, 422),
        ("POST", "/gateway/v1/births/verify", {"key": "B1", "values": {}}, 422),
        ("POST", "/gateway/v1/births/verify", {"values": {"child_name": "x"}}, 422),
        ("POST", "/gateway/v1/births/batch", b"x" * (1024 * 1024 + 1), 413),
    ],
)
def test_a_wrong_call_is_told_so_and_leaves_no_record(grant, app, method, path, body, status):
    grant()
    answer = app.call(method, path, body)
    assert answer.status == status, answer.body
    assert answer.body["title"]
    assert answer.body["detail"]
    assert answer.body["hop"] == "gateway"
    assert take_in_usage(at=timezone.now()) == 0


def test_wrong_credentials_are_refused_alike(grant, app):
    grant()
    told = {send("GET", BY_MOTHER, None, headers).code for headers in ({}, {"HTTP_AUTHORIZATION": "Basic %%"})}
    assert told == {"gateway.call.credentials"}
    app.secret = "x"
    assert app.get(BY_MOTHER).code == "exchange.client.unknown"
    app.client_id = "zt-nobody"
    assert app.get(BY_MOTHER).code == "exchange.client.unknown"


@pytest.mark.parametrize("end", ["revoke_grant", "suspend_grant"])
def test_the_call_after_a_grants_end_is_refused(bureau, grant, app, live_now, end):
    made = grant()
    assert app.get(BY_MOTHER).status == 200
    getattr(actions, end)(grant_no=made.no, reason="超范围", by=bureau.health_head, at=live_now)
    assert app.get(BY_MOTHER).status == 403


def test_the_call_after_a_withdrawal_a_new_version_or_a_rotation_sees_it(bureau, grant, app, live_now, tmp_path):
    grant()
    assert app.get("/gateway/v1/births/B1").body["values"]["child_name"] == "大宝"
    source = tmp_path / "again.csv"
    source.write_text((tmp_path / "births.csv").read_text("utf-8").replace("大宝", "小宝"), "utf-8")
    catalog.load_snapshot(code="births", source=source, by=bureau.steward, at=live_now)
    assert app.get("/gateway/v1/births/B1").body["values"]["child_name"] == "小宝"
    actions.rotate_client(client_id=app.client_id, by=bureau.requester, at=live_now)
    assert app.get("/gateway/v1/births/B1").status == 401


def test_a_quota_counts_keys_and_is_shared_with_other_ways_of_reading(bureau, grant, app, live_now):
    made = grant(quota_per_day=4)
    assert app.get(BY_MOTHER).status == 200
    read(bureau, live_now, mode="prefill")
    assert app.post("/gateway/v1/births/batch", {"keys": ["B1", "B2", "B3"]}).code == "exchange.read.quota"
    assert app.post("/gateway/v1/births/batch", {"keys": ["B1", "B2"]}).status == 200
    assert app.get(BY_MOTHER).status == 429
    take_in_usage(at=timezone.now())
    assert queries.calls_today(made.no, timezone.localdate()) == 4


def test_what_cannot_be_recorded_is_not_answered_and_it_recovers(grant, app, monkeypatch):
    grant()
    assert app.get(BY_MOTHER).status == 200
    import os

    real = os.pwrite

    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    answer = app.get(BY_MOTHER)
    assert (answer.status, answer.code) == (503, "exchange.read.not-recorded")
    assert "二宝" not in answer.content.decode()
    monkeypatch.setattr(os, "pwrite", real)
    assert app.get(BY_MOTHER).status == 200
    assert take_in_usage(at=timezone.now()) == 2


def test_an_answer_is_signed_and_bound_to_its_request(grant, app):
    grant()
    [key, *_sm2] = send("GET", "/gateway/v1/keys").body["keys"]
    answer = app.get(f"{BY_MOTHER}&case=7")
    check_answer(answer, key["public_key"])
    line = f"GET /gateway/v1/births/{MOTHER}?by=mother_id_number&case=7\n"
    told = base64.b64decode(answer.headers["Zhengtong-Request"].removeprefix("sha-256=:").removesuffix(":"))
    assert told == hashlib.sha256(line.encode()).digest()
    answer.content = answer.content.replace("二宝".encode(), "三宝".encode())
    with pytest.raises(AssertionError):
        check_answer(answer, key["public_key"])
    other = app.get(BY_MOTHER)
    other.headers["Zhengtong-Request"] = answer.headers["Zhengtong-Request"]
    with pytest.raises(InvalidSignature):
        check_answer(other, key["public_key"])

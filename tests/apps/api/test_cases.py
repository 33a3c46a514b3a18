"""Cases for programs: who may, with what, about which version; and the description is what is answered."""

from __future__ import annotations

import base64
import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from django.test import Client

from tests.apps.cases.city import MOTHER, PDF, found_city
from zhengtong.api.openapi import described
from zhengtong.api.operations import OPERATIONS
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.people import actions as people
from zhengtong.apps.people import queries
from zhengtong.apps.people.shapes import SYSTEM, Actor

PASSWORD = "Lan-jiang-2026"
ANSWERS = {"kind": "first", "reason": "home"}
HOME = {"residence.address": "澜江市江东区滨河路 8 号", "residence.since": "2026-01-05"}


@pytest.fixture
def api(db, now, monkeypatch, settings):
    """Call the interface as the mother, or as an officer of the police; each with a token of its own."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    city = found_city(now)
    monkeypatch.setattr("zhengtong.apps.exchange.actions.read", city.reader.read)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    mother = people.open_account(
        username="mother", password=PASSWORD, resident_id=queries.find_subject("resident", MOTHER).id, by=SYSTEM, at=now
    )
    officer = people.open_account(username="officer", password=PASSWORD, name="钱一鸣", by=SYSTEM, at=now)
    people.appoint_officer(
        account_id=officer.id, organisation_id=city.orgs["public-security"].id, title_zh="员", title_en="Officer",
        roles=["window", "examiner"], by=SYSTEM, at=now,
    )  # fmt: skip
    tokens = {"mother": token(mother, "cases:apply", now), "officer": token(officer, "cases:handle", now), "": ""}

    def call(who, method, path, body=None, **headers):
        sent = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        if tokens.get(who, who):
            sent["HTTP_AUTHORIZATION"] = f"Bearer {tokens.get(who, who)}"
        content = json.dumps(body) if body is not None else ""
        answer = Client().generic(method, f"/api/v1/{path}", content, content_type="application/json", **sent)
        conforms(method, path, answer)
        told = {"status": answer.status_code, "etag": answer.headers.get("ETag")}
        return SimpleNamespace(**json.loads(answer.content) | told)

    return SimpleNamespace(call=call, tokens=tokens, accounts={"mother": mother, "officer": officer}, file=lambda **h: call(
        "mother", "POST", "cases", filing(), **h
    ))  # fmt: skip


def token(account, scope, now):
    return people.issue_token(account_id=account.id, name="t", scopes=[scope], days=1, by=SYSTEM, at=now)[1]


def filing(**given):
    proof = {"material_id": "home_proof", "name": "租房合同.pdf", "content": "JVBERi0="}
    proof["content"] = base64.b64encode(PDF).decode()
    return {"matter": "residence-permit", "answers": ANSWERS, "values": HOME, "files": [proof], **given}


def conforms(method, path, answer):
    """Hold every answer against the description: its status is declared, its body fits the schema."""
    document = described()
    name = "/api/v1/" + "/".join("{no}" if part.isdigit() else part for part in path.split("?")[0].split("/"))
    name = name.replace("residence-permit", "{code}")
    operation = document["paths"].get(name, {}).get(method.lower())
    if operation is None:
        assert answer.status_code in (404, 405)
        return
    declared = operation["responses"].get(str(answer.status_code))
    assert declared is not None, (method, path, answer.status_code, answer.content)
    [(kind, content)] = declared["content"].items()
    assert answer.headers["Content-Type"] == kind
    schema = {**content["schema"], "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(json.loads(answer.content))


def test_a_case_from_filing_to_decision(api):
    filed = api.file()
    assert (filed.status, filed.state, filed.etag) == (201, "submitted", '"1"')
    accepted = api.call("officer", "POST", f"cases/{filed.no}/accept", {}, if_match=filed.etag)
    assert (accepted.state, accepted.etag) == ("accepted", '"2"')
    said = {"decision": "granted", "outcome": {"permit_no": "J1"}}
    decided = api.call("officer", "POST", f"cases/{filed.no}/decide", said, if_match=accepted.etag)
    assert (decided.state, decided.outcome) == ("granted", {"permit_no": "J1"})
    assert [row["no"] for row in api.call("officer", "GET", f"cases?q={filed.no}").rows] == [filed.no]
    assert [row["no"] for row in api.call("mother", "GET", "my/cases").rows] == [filed.no]
    seen = api.call("mother", "GET", f"cases/{filed.no}")
    assert len(seen.certificates) == 1
    tracked = {"no": filed.no, "phone_last4": "1234", "code": filed.track_code}
    assert api.call("", "POST", "track", tracked).state == "granted"


def test_the_slower_of_two_is_told_who_was_faster(api):
    filed = api.file()
    api.call("officer", "POST", f"cases/{filed.no}/claim", {}, if_match='"1"')
    late = api.call("officer", "POST", f"cases/{filed.no}/accept", {}, if_match='"1"')
    assert (late.status, late.code) == (409, "case.case.moved")
    assert late.facts["version"] == 2
    blind = api.call("officer", "POST", f"cases/{filed.no}/decide", {"decision": "granted"})
    assert (blind.status, blind.code) == (428, "api.version.missing")


def test_the_same_key_is_the_same_case(api):
    assert api.file(idempotency_key="one").no == api.file(idempotency_key="one").no
    assert api.file(idempotency_key="two").status == 201


@pytest.mark.parametrize(
    ("who", "method", "path", "body", "status"),
    [
        ("", "GET", "me", None, 401),
        ("zt_made-up", "GET", "me", None, 401),
        ("mother", "GET", "cases", None, 403),
        ("officer", "POST", "cases", {"matter": "residence-permit"}, 403),
        ("mother", "POST", "cases", {"matter": "nothing"}, 404),
        ("mother", "POST", "cases", {"matter": "residence-permit", "other": 1}, 422),
        ("mother", "POST", "cases", {"matter": "residence-permit", "values": {"a": {"b": 1}}}, 422),
        ("mother", "POST", "cases", {"matter": "residence\0permit"}, 400),
        ("officer", "GET", "cases?page=0", None, 422),
        ("officer", "GET", "cases?page=1&page=2", None, 422),
        ("officer", "GET", "cases?unknown=1", None, 422),
        ("officer", "GET", "cases/99010020261119999999", None, 404),
        ("officer", "DELETE", "me", None, 405),
        ("officer", "GET", "nothing/here", None, 404),
    ],
)
def test_what_cannot_be_is_a_problem_of_the_declared_status(api, who, method, path, body, status):
    assert api.call(who, method, path, body).status == status


def test_a_token_ends_with_its_time_its_end_and_its_account(api, now, monkeypatch):
    mother = api.accounts["mother"]
    shape, secret = people.issue_token(
        account_id=mother.id, name="t", scopes=["cases:apply"], days=1, by=SYSTEM, at=now
    )
    assert api.call(secret, "GET", "me").scopes == ["cases:apply"]
    people.end_token(token_id=shape.id, by=SYSTEM, at=now)
    assert api.call(secret, "GET", "me").status == 401
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + dt.timedelta(days=2))
    assert api.call("mother", "GET", "me").status == 401
    assert evidence.count_receipts() > 0


def test_a_token_is_issued_by_its_account_within_terms(api, now, refuses):
    mother = api.accounts["mother"]
    own = Actor(kind="resident", account_id=mother.id)
    given = {"account_id": mother.id, "name": "t", "scopes": ["cases:apply"], "days": 1, "at": now}
    with refuses("people.token.not-own", 403):
        people.issue_token(**given, by=Actor(kind="resident", account_id=mother.id + 1))
    with refuses("people.token.terms"):
        people.issue_token(**{**given, "scopes": ["everything"]}, by=own)
    with refuses("people.token.terms"):
        people.issue_token(**{**given, "days": 4000}, by=own)
    with refuses("people.act.no-post", 403):
        people.issue_token(**given, organisation_id=1, by=own)


def test_every_operation_is_described_with_its_scopes_and_refusals():
    document = described()
    for one in OPERATIONS:
        told = document["paths"][f"/api/v1/{one.path}"][one.method.lower()]
        assert told["operationId"] == one.name
        assert (told["security"] == []) is one.is_open
        assert {"400", "422", "default"} <= told["responses"].keys()
    names = [one.name for one in OPERATIONS]
    assert len(names) == len(set(names))

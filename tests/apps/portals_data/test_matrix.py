"""Every route against everybody: who is let in, who signs in first, who is refused — and in English too."""

from __future__ import annotations

import re

import pytest
from django.urls import URLPattern, get_resolver

from tests.apps.exchange.bureau import ask, make_grant
from zhengtong.apps.corrections import actions as corrections
from zhengtong.apps.demands import actions as demands
from zhengtong.apps.exchange import actions
from zhengtong.portals.data import urls

PEOPLE = ("", "mother", "window", "steward", "approver", "requester", "head", "bureau")
SIGN_IN, NO, GONE, OK = 302, 403, 404, 200
OFFICERS = ("window", "steward", "approver", "requester", "head", "bureau")


def only(*names, instead=NO, outside=NO):
    """Return what each person is answered: 200 to the named, `instead` to other officers, `outside` to residents."""
    return {"": SIGN_IN, "mother": outside, **{name: OK if name in names else instead for name in OFFICERS}}


PARTIES = {**only(*OFFICERS), "": SIGN_IN}
PAGES = {
    "/data/": dict.fromkeys(PEOPLE, OK),
    "/data/catalog/": dict.fromkeys(PEOPLE, OK),
    "/data/sets/births/": {**dict.fromkeys(PEOPLE, OK), "": GONE, "mother": GONE},
    "/data/register": only("steward", "bureau"),
    "/data/sets/births/request": only("requester"),
    "/data/sets/births/backflow": only("requester"),
    "/data/requests/": PARTIES,
    "/data/requests/{request}/": PARTIES,
    "/data/grants/": PARTIES,
    "/data/grants/{grant}/": PARTIES,
    "/data/clients/": PARTIES,
    "/data/sets/births/doubt": PARTIES,
    "/data/requests/{request}/dispute": PARTIES,
    "/data/grants/{grant}/misuse": PARTIES,
    "/data/grants/{grant}/dispute": PARTIES,
    "/data/demands/": PARTIES,
    "/data/demands/new": only("requester"),
    "/data/proceedings/{demand}/": only("requester", "head", "bureau", instead=GONE),
    "/data/corrections/": PARTIES,
    "/data/corrections/{correction}/": only("steward", "requester", "bureau", instead=GONE),
    "/data/supervision/": only("bureau"),
}
ACTS = {
    "/data/sets/births/load": ("steward",),
    "/data/sets/births/feed": ("steward",),
    "/data/sets/births/upstream": ("steward",),
    "/data/sets/births/upstream/try": ("steward",),
    "/data/sets/births/upstream/suspend": ("steward",),
    "/data/sets/births/upstream/resume": ("steward",),
    "/data/sets/births/assess": ("steward",),
    "/data/sets/births/approve": ("approver",),
    "/data/sets/births/publish": ("bureau",),
    "/data/sets/births/withdraw": ("approver",),
    "/data/requests/{internal}/consent": ("head",),
    "/data/requests/{request}/approve": ("approver",),
    "/data/requests/{request}/approve-backflow": ("approver",),
    "/data/requests/{request}/reject": ("approver",),
    "/data/requests/{request}/ask-supplement": ("approver",),
    "/data/requests/{request}/extend": ("approver",),
    "/data/requests/{request}/extend/grant": ("bureau",),
    "/data/requests/{request}/extend/refuse": ("bureau",),
    "/data/requests/{request}/withdraw": ("requester",),
    "/data/grants/{grant}/revoke": ("approver",),
    "/data/grants/{grant}/suspend": ("approver",),
    "/data/grants/{grant}/resume": ("approver",),
    "/data/proceedings/{demand}/{step}": ("bureau",),
    "/data/corrections/{correction}/answer": ("steward",),
    "/data/corrections/{correction}/close": ("requester",),
    "/data/corrections/{correction}/withdraw": ("requester",),
    "/data/clients/register": ("requester",),
    "/data/clients/{client}/rotate": ("requester",),
    "/data/clients/{client}/key": ("requester",),
    "/data/clients/{client}/certificate": ("requester",),
}


@pytest.fixture
def numbers(bureau, live_now):
    grant = make_grant(bureau, live_now)
    internal, submitted = ask(bureau, live_now), ask(bureau, live_now)
    actions.consent_internally(request_no=submitted.no, by=bureau.police_head, at=live_now)
    client, _secret = actions.register_client(
        organisation_id=bureau.police.id, name="户籍系统", by=bureau.requester, at=live_now
    )
    told = {"by": bureau.requester, "at": live_now}
    demand = demands.post_demand(
        title="死亡信息", purpose="注销户口", basis="《条例》第八条", fields=["死亡日期"], **told
    )
    doubt = {
        "field": "child_name",
        "row_key": "B1",
        "found_value": "大宝",
        "claimed_value": "大保",
        "grounds": "户口簿",
    }
    correction = corrections.raise_verification(resource_code="births", **doubt, **told)
    return {
        "grant": grant.no,
        "internal": internal.no,
        "request": submitted.no,
        "client": client.client_id,
        "demand": demand.no,
        "step": "assign",
        "correction": correction.no,
    }


def test_every_page_answers_each_person_as_stated(visit, numbers):
    browsers = {name: visit(name) for name in PEOPLE}
    for prefix in ("", "/en"):
        answered = {
            (address, name): browsers[name].get(prefix + address.format(**numbers)).status_code
            for address in PAGES
            for name in PEOPLE
        }
        stated = {(address, name): status for address, row in PAGES.items() for name, status in row.items()}
        assert answered == stated


def test_only_the_stated_roles_get_past_the_guard_of_an_action(visit, numbers):
    """Everybody but the stated role is refused with 403 (or signs in); nobody is answered by a fault of ours."""
    for address, allowed in ACTS.items():
        for name in PEOPLE:
            if name in allowed:
                continue
            answer = visit(name).post(address.format(**numbers), {"reason": "x", "name": "x"})
            assert answer.status_code in ((SIGN_IN,) if not name else (NO, GONE)), (address, name)


def test_an_action_is_never_done_by_get(visit, numbers):
    browser = visit("approver")
    assert {browser.get(address.format(**numbers)).status_code for address in ACTS} == {405}


def test_the_matrix_knows_every_route(numbers):
    stated = {re.sub(r"\{\w+\}|births", "*", address) for address in (*PAGES, *ACTS)}
    stated.add("/data/requests/*/supplement")  # has no right of its own until a supplement is asked for: test_errand
    stated.add("/data/sets/*/feed/stop")  # there is nothing to stop until a feed is declared: test_quality_and_feed
    known = {"/data/" + re.sub(r"<\w+:\w+>", "*", str(one.pattern)) for one in urls.urlpatterns}
    assert known == stated


def test_every_view_says_who_may_enter():
    for one in urls.urlpatterns:
        assert isinstance(one, URLPattern)
        assert getattr(one.callback, "guard", "") in ("open", "officer"), one.name
    assert get_resolver().resolve("/data/").namespace == "data"


def test_an_officer_who_is_no_party_sees_no_request_and_no_grant(visit, bureau, numbers, live_now):
    from tests.apps.people.town import CITY, PASSWORD, make_organisation
    from zhengtong.apps.people import actions as people
    from zhengtong.apps.people.shapes import SYSTEM

    other = make_organisation("education", "44444444", CITY, live_now)
    account = people.open_account(username="zt-other", password=PASSWORD, name="other", by=SYSTEM, at=live_now)
    people.appoint_officer(
        account_id=account.id, organisation_id=other.id, title_zh="x", title_en="x",
        roles=["data-requester", "data-approver"], by=SYSTEM, at=live_now,
    )  # fmt: skip
    browser = visit("other")
    for address in ("/data/requests/{request}/", "/data/grants/{grant}/"):
        assert browser.get(address.format(**numbers)).status_code == GONE
    for address in ("/data/requests/{request}/approve", "/data/grants/{grant}/revoke"):
        assert browser.post(address.format(**numbers), {"reason": "x"}).status_code == GONE
    assert browser.post("/data/clients/{client}/rotate".format(**numbers)).status_code == NO


HAN = re.compile(r"[\u4e00-\u9fff]")


def test_english_pages_have_no_chinese_outside_names(visit, numbers):
    from lxml import html

    for address in PAGES:
        for name in ("steward", "approver", "requester"):
            answer = visit(name).get("/en" + address.format(**numbers))
            if answer.status_code != OK:
                continue
            page = html.document_fromstring(answer.content.decode())
            for marked in page.xpath("//*[@lang='zh-CN' and not(self::html)]|//script"):
                marked.getparent().remove(marked) if not marked.tail else marked.clear(keep_tail=True)
            left = [text.strip() for text in page.find("body").itertext() if HAN.search(text)]
            assert left == [], (address, name)


def test_the_catalogue_is_searched_and_narrowed(visit, bureau):
    browser = visit("requester")
    for query, found in (("q=出生", True), ("q=child_name", True), ("q=zzz", False), ("share_type=2", True), ("share_type=9&q=births", True), ("data_level=3&format=database&provider=health", True), ("page=999999999", True), ("page=99", False), ("page=-1", True)):  # fmt: skip
        answer = browser.get(f"/data/catalog/?{query}")
        assert answer.status_code == OK
        assert ("/data/sets/births/" in answer.content.decode()) is found, query

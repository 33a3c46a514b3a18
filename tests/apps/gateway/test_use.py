"""How a grant may be used: by which clients, at which hours, how often a minute — at the gateway as in forms."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from tests.apps.exchange.bureau import MOTHER, ask, read
from tests.apps.gateway.callers import ClientApp
from zhengtong.apps.evidence.models import Receipt
from zhengtong.apps.exchange import actions
from zhengtong.apps.exchange.serving.quota import Rates
from zhengtong.apps.exchange.shapes import Hours
from zhengtong.apps.exchange.tasks import take_in_usage

BY_MOTHER = f"/gateway/v1/births/{MOTHER}?by=mother_id_number"


def test_only_the_named_clients_may_call_and_the_platforms_own_forms(bureau, grant, app, live_now):
    other, secret = actions.register_client(
        organisation_id=bureau.police.id, name="另一个", by=bureau.requester, at=live_now
    )
    grant(callers=[app.client_id])
    assert app.get(BY_MOTHER).status == 200
    assert ClientApp(other.client_id, secret).get(BY_MOTHER).code == "exchange.read.caller"
    assert read(bureau, live_now, mode="prefill").found


def test_calls_outside_the_hours_are_refused(grant, app, monkeypatch):
    made = grant(hours=Hours(dt.time(9), dt.time(17)))
    assert (made.hours.zh, made.hours.workdays_only) == ("09:00–17:00", False)
    for clock, status in ((dt.time(8, 59, 59), 403), (dt.time(9), 200), (dt.time(17), 403)):
        at = dt.datetime.combine(timezone.localdate(), clock, timezone.get_current_timezone())
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        assert app.get(BY_MOTHER).status == status, clock


def test_a_minute_has_so_many_calls_however_many_keys_each_asks_for(grant, app):
    grant(rate_per_minute=3)
    batch = {"keys": ["B1", "B2", "B3"], "fields": ["child_name"]}
    statuses = [app.post("/gateway/v1/births/batch", batch).status for _ in range(5)]
    assert statuses.count(200) in (3, 4, 5), "a minute may have turned over"
    assert statuses[:3] == [200] * 3
    assert app.post("/gateway/v1/births/batch", batch).code in ("exchange.read.rate", "")


def test_a_rate_is_exact_within_its_minute_and_forgotten_after_it(tmp_path):
    one, other = Rates(tmp_path / "rates"), Rates(tmp_path / "rates")
    assert [counter.take(7, 100, 3) for counter in (one, other, one, other)] == [True, True, True, False]
    assert one.take(8, 100, 3), "another grant has its own"
    assert [one.take(7, 101, 1), other.take(7, 101, 1)] == [True, False]


def test_a_key_in_the_body_is_in_no_address(grant, app):
    grant()
    asked = {"key": MOTHER, "by": "mother_id_number", "fields": ["child_name"], "case": "9901-1"}
    assert app.post("/gateway/v1/births/look-up", asked).body["values"] == {"child_name": "二宝"}
    page = app.post("/gateway/v1/births/query", {"filters": {"mother_id_number": MOTHER}, "limit": 1})
    assert (page.body["total"], len(page.body["rows"])) == (2, 1)
    rest = app.post("/gateway/v1/births/query", {"filters": {"mother_id_number": MOTHER}, "after": page.body["after"]})
    assert len(rest.body["rows"]) == 1
    assert app.post("/gateway/v1/births/look-up", {}).status == 422
    assert app.post("/gateway/v1/births/query", {"limit": "x"}).status == 422


def test_refusals_of_a_flood_are_recorded_some_and_counted_all(grant, app, bureau, live_now, monkeypatch):
    grant()
    actions.set_client_key(client_id=app.client_id, public_key=app.public_key, by=bureau.requester, at=live_now)
    monkeypatch.setattr("zhengtong.apps.exchange.serving.reads.time.monotonic", lambda: 1000.5)
    assert app.signed("GET", BY_MOTHER, nonce="n-0000001").status == 200
    again = [app.signed("GET", BY_MOTHER, nonce="n-0000001").code for _ in range(25)]
    assert set(again) == {"gateway.signature.replayed"}
    monkeypatch.setattr("zhengtong.apps.exchange.serving.reads.time.monotonic", lambda: 1001.5)
    app.signed("GET", BY_MOTHER, nonce="n-0000001")
    take_in_usage(at=timezone.now())
    bodies = list(Receipt.objects.filter(kind="gateway.refused").order_by("id").values_list("body", flat=True))
    assert len(bodies) == 21
    assert '"times":6' in bodies[-1].replace(" ", "")


def test_what_a_grant_cannot_say_is_refused(bureau, grant, refuses):
    with refuses("exchange.approve.hours"):
        grant(hours=Hours(dt.time(17), dt.time(9)))
    with refuses("exchange.approve.callers"):
        grant(callers=["zt-nobody"])


def test_a_term_beyond_a_few_years_is_refused(bureau, live_now, refuses):
    for until in (dt.date(9999, 12, 31), live_now.date() + dt.timedelta(days=5 * 366 + 2)):
        with refuses("exchange.request.term-too-long"):
            ask(bureau, live_now, valid_until=until)
    with refuses("exchange.request.term-too-long"):
        ask(bureau, live_now, valid_from=dt.date(1, 1, 1))

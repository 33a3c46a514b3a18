"""Messages on their way: enqueued once, sent once, tried again, reported, never telling more than a case's number."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import yaml
from django.core import mail

from zhengtong.apps.channels import actions, queries, tasks
from zhengtong.apps.channels.models import Message
from zhengtong.apps.channels.quiet import after_quiet
from zhengtong.apps.people.shapes import SYSTEM, Actor, Subject
from zhengtong.kit import SHANGHAI
from zhengtong.kit.signing import HEADER, is_signed, sign

SECRET = "a shared secret of the tests"
PERSON = Subject("resident", "r1", "林清嘉", "林*嘉", "key-of-lin", "9901********0021")
BY = Actor(kind="resident", account_id=1, label="林*嘉", resident=PERSON)


class Provider(BaseHTTPRequestHandler):
    """Stands where an SMS provider stands: takes calls, answers what it is told to."""

    answers: list[int] = []
    calls: list[tuple[dict, bytes]] = []

    def do_POST(self) -> None:  # noqa: N802  the name http.server calls
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.calls.append((dict(self.headers), body))
        self.send_response(self.answers.pop(0) if self.answers else 200)
        self.end_headers()
        self.wfile.write(b'{"ref": "P-1"}')

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(db, settings, tmp_path) -> Iterator[type[Provider]]:
    """A site with e-mail, an SMS provider and a webhook, all on this machine."""
    server = HTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Provider.answers, Provider.calls = [], []
    url = f"http://127.0.0.1:{server.server_port}/"
    set_up = {
        "email": {"sender": "noreply@example.org"},
        "sms": {"url": url, "secret": SECRET},
        "webhook": {"url": url, "secret": SECRET},
    }
    path = tmp_path / "channels.yaml"
    path.write_text(yaml.safe_dump(set_up), encoding="utf-8")
    settings.ZHENGTONG_CHANNELS = str(path)
    yield Provider
    server.shutdown()
    server.server_close()


def notify(now, event="case1:2:accepted", **more):
    given = {"kind": "accepted", "to_key": PERSON.key, "case_no": "99010120261119000001", "at": now}
    return actions.notify(event=event, **{**given, "phone": "13800001234", "email": "lin@example.org", **more})


def states() -> dict[str, str]:
    return dict(Message.objects.values_list("channel", "state"))


def test_an_event_is_enqueued_once_and_sent_once_by_each_channel(site, now):
    assert notify(now) == 3
    notify(now)
    assert Message.objects.count() == 3
    assert tasks.deliver(at=now)["sent"] == 3
    assert tasks.deliver(at=now)["sent"] == 0
    assert states() == {"email": "sent", "sms": "sent", "webhook": "sent"}
    assert len(site.calls) == 2
    (letter,) = mail.outbox
    assert "99010120261119000001" in letter.subject


def test_no_message_tells_of_a_person_and_every_call_is_signed(site, now):
    notify(now)
    tasks.deliver(at=now)
    said = [json.loads(body) for _, body in site.calls]
    sms = next(body for body in said if "text" in body)
    assert sms["text"].count("99010120261119000001") == 1
    assert "受理" not in sms["text"]
    assert next(body for body in said if "event" in body)["person"] == PERSON.key
    for headers, body in site.calls:
        assert is_signed(body, headers[HEADER], SECRET, now)
        assert not is_signed(body + b" ", headers[HEADER], SECRET, now)
        assert not is_signed(body, headers[HEADER], SECRET, now + dt.timedelta(minutes=6))
        assert headers["Idempotency-Key"]


def test_a_failure_is_tried_again_later_and_given_up_in_the_end(site, now):
    actions.save_contact(by=BY, at=now, uses_email=False)
    site.answers = [503, 503, 200, 200]
    notify(now, event="a")
    assert tasks.deliver(at=now) == {"later": 2}
    assert not tasks.deliver(at=now + dt.timedelta(seconds=30))
    assert tasks.deliver(at=now + dt.timedelta(minutes=1)) == {"sent": 2}
    site.answers = [400, 400]
    notify(now, event="b")
    assert tasks.deliver(at=now) == {"failed": 2}
    site.answers = [503] * 99
    notify(now, event="c", phone="")
    at, last = now, ""
    for _ in range(6):
        (last,) = tasks.deliver(at=at)
        at += dt.timedelta(hours=7)
    assert last == "failed"
    assert Message.objects.get(event="c").attempts == 6


def test_a_provider_that_is_down_holds_up_no_other_channel_and_is_not_asked_for_everybody(site, now):
    for number in range(8):
        notify(now, event=f"e{number}")
    site.answers = [503] * 10 + [200] * 99
    assert tasks.deliver(at=now) == {"sent": 8, "later": 10}, "every letter; five texts and five calls were tried"
    untouched = Message.objects.filter(state="queued", attempts=0)
    assert untouched.count() == 6
    assert tasks.deliver(at=now) == {"sent": 6}, "they go first at the next run"


def test_a_process_that_died_gives_its_message_back(site, now):
    notify(now)
    Message.objects.update(state="sending", next_at=now + dt.timedelta(minutes=10))
    assert not tasks.deliver(at=now + dt.timedelta(minutes=9))
    assert tasks.deliver(at=now + dt.timedelta(minutes=10))["sent"] == 3


def test_wishes_and_quiet_hours_are_kept(site, now, refuses):
    night = dt.datetime(2026, 11, 19, 23, 0, tzinfo=SHANGHAI)
    notify(night)
    assert tasks.deliver(at=night) == {"sent": 2}, "a text waits until morning, a letter does not"
    assert Message.objects.get(channel="sms").next_at == dt.datetime(2026, 11, 20, 8, 0, tzinfo=SHANGHAI)
    saved = actions.save_contact(by=BY, at=now, email="own@example.org", uses_sms=False)
    assert saved.email_masked == "o***@example.org"
    assert notify(now, event="x") == 2
    assert Message.objects.get(event="x", channel="email").address == "own@example.org"
    with refuses("channel.contact.email", 422):
        actions.save_contact(by=BY, at=now, email="nowhere")
    with refuses("channel.contact.phone", 422):
        actions.save_contact(by=BY, at=now, phone="12")
    with refuses("channel.contact.own", 403):
        actions.save_contact(by=SYSTEM, at=now)


@pytest.mark.parametrize(
    ("clock", "until"),
    [("20:59", None), ("21:00", 1), ("03:00", 0), ("07:59", 0), ("08:00", None)],
)
def test_quiet_hours_run_over_midnight(clock, until):
    at = dt.datetime.combine(dt.date(2026, 11, 19), dt.time.fromisoformat(clock), SHANGHAI)
    end = dt.datetime.combine(dt.date(2026, 11, 19 + (until or 0)), dt.time(8), SHANGHAI)
    assert after_quiet(at, dt.time(21), dt.time(8)) == (at if until is None else end)


def test_a_report_counts_once_and_only_from_the_provider(site, now, refuses):
    notify(now)
    tasks.deliver(at=now)
    message = Message.objects.get(channel="sms")
    content = json.dumps({"id": str(message.pk), "state": "delivered"}).encode()
    given = {"channel": "sms", "content": content, "at": now}
    for forged in ("", "t=1,v1=00", sign(content, "another secret", now), "t=²,v1=é"):
        with refuses("channel.report.signature", 401):
            actions.record_report(**given, signature=forged)
    assert actions.record_report(**given, signature=sign(content, SECRET, now)) == "delivered"
    late = json.dumps({"id": str(message.pk), "state": "failed"}).encode()
    assert actions.record_report(channel="sms", content=late, signature=sign(late, SECRET, now), at=now) == "delivered"
    for bad in (b"", b"[]", b'{"id": "x", "state": "delivered"}'):
        with refuses("channel.report.unreadable", 422):
            actions.record_report(channel="sms", content=bad, signature=sign(bad, SECRET, now), at=now)
    shown = {one.channel: one.state for one in queries.list_messages(BY)}
    assert shown == {"sms": "delivered", "email": "sent", "webhook": "sent"}
    assert queries.count_messages(SYSTEM)["sms"]["delivered"] == 1
    with refuses("channel.message.no-right", 403):
        queries.count_messages(BY)


def test_a_site_without_channels_enqueues_nothing(db, now, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert notify(now) == 0
    assert not tasks.deliver(at=now)

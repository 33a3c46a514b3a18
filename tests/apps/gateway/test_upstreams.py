"""A department's own API behind a resource: asked only as registered, cut to the grant, and named when it fails."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from tests.apps.exchange.bureau import FATHER, MOTHER
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.exchange import actions
from zhengtong.apps.exchange.serving import upstream
from zhengtong.apps.exchange.tasks import take_in_usage
from zhengtong.apps.people.keys import subject_key

BY_MOTHER = f"/gateway/v1/births/{MOTHER}?by=mother_id_number"
ROW = {"mother": MOTHER, "child_name": "上游宝", "born_at": "2026-11-10T08:00:00", "weight_g": 3300, "region_code": "990102000000"}  # fmt: skip


class Office(BaseHTTPRequestHandler):
    """A department's API: `server.answers` is what it says next; every request is kept."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        status, body, headers = self.server.answer()
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def office():
    """An API on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Office)
    server.asked, server.answer = [], lambda: (200, {"data": {"person": ROW}}, {})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def says(office, status: int, body: object, **headers: str) -> None:
    office.answer = lambda: (status, body, headers)


@pytest.fixture
def proxied(bureau, grant, app, live_now, office, settings):
    """A grant on births, whose rows are now asked of that API; returns the grant."""
    settings.ZHENGTONG_UPSTREAM_NETWORKS = ["127.0.0.0/8"]
    upstream._circuits.clear()
    made = grant(masks={"child_name": "name"}, row_filter={"region_code": ["990102000000"]})
    register(bureau, live_now, office)
    return made


def register(bureau, now, office, **changed):
    told = {
        "resource_code": "births", "address": f"http://127.0.0.1:{office.server_address[1]}/v2/births/{{key}}?full=1",
        "key_field": "mother_id_number", "row_path": "data.person", "names": {"mother_id_number": "mother"},
        "header": ("X-Api-Key", "s3cret"), "timeout_seconds": 0.5, "by": bureau.steward, "at": now,
    }  # fmt: skip
    return actions.register_upstream(**{**told, **changed})


def test_a_row_passes_through_cut_masked_and_recorded(proxied, app, office):
    answer = app.get(f"{BY_MOTHER}&case=9901-1")
    assert answer.status == 200, answer.body
    assert answer.body["values"] == {"child_name": "上*宝", "born_at": "2026-11-10T08:00:00"}
    [(path, headers)] = office.asked
    assert path == f"/v2/births/{MOTHER}?full=1"
    assert headers["X-Api-Key"] == "s3cret"
    take_in_usage(at=timezone.now())
    [seen] = evidence.list_reads_about(subject_key("resident", MOTHER))
    assert (seen.receipt_no, seen.grant_no) == (answer.body["receipt"], proxied.no)


def test_verification_compares_and_gives_nothing_away(proxied, app):
    asked = {"key": MOTHER, "by": "mother_id_number", "values": {"child_name": "上游宝", "born_at": "x"}}
    answer = app.post("/gateway/v1/births/verify", asked)
    assert answer.body["result"] == {"child_name": "same", "born_at": "different"}
    assert "上游宝" not in answer.content.decode()


def test_what_is_not_there_or_beyond_the_grants_rows_is_absent(proxied, app, office):
    elsewhere = {"data": {"person": {**ROW, "region_code": "990199"}}}
    for status, body in ((404, {}), (200, {"data": {}}), (200, {"data": {"person": []}}), (200, elsewhere)):
        says(office, status, body)
        assert app.get(BY_MOTHER).body["found"] is False, body


FAILURES = [
    (500, {}, {}, "failed"),
    (403, {}, {}, "failed"),
    (302, {}, {"Location": "http://169.254.169.254/"}, "redirected"),
    (200, b"<html>", {}, "answer"),
    (200, {"data": {"person": "x"}}, {}, "answer"),
    (200, {"data": {"person": [ROW, ROW]}}, {}, "answer"),
    (200, {"data": {"person": {**ROW, "mother": FATHER}}}, {}, "answer"),
    (200, {"data": {"person": {**ROW, "child_name": {"a": 1}}}}, {}, "answer"),
    (200, b" " * (1024 * 1024 + 1), {}, "too-large"),
]


def test_a_failing_upstream_is_named_and_nothing_is_given(proxied, app, office):
    for status, body, headers, code in FAILURES:
        upstream._circuits.clear()
        office.asked.clear()
        says(office, status, body, **headers)
        answer = app.get(BY_MOTHER)
        assert (answer.status, answer.code, answer.body["hop"]) == (502, f"exchange.upstream.{code}", "upstream")
        assert answer.body["facts"]["host"] == "127.0.0.1"
        assert MOTHER not in answer.content.decode()
        assert "上游宝" not in answer.content.decode()
        assert len(office.asked) == 1, "no redirect is followed"
    assert take_in_usage(at=timezone.now()) == 0


def test_an_upstream_that_is_slow_or_gone_is_given_up_in_its_time(proxied, app, office):
    slow = threading.Event()
    office.answer = lambda: (slow.wait(3), (200, {}, {}))[1]
    started = time.monotonic()
    answer = app.get(BY_MOTHER)
    assert (answer.status, answer.code, answer.body["hop"]) == (504, "exchange.upstream.timeout", "upstream")
    assert time.monotonic() - started < 3
    slow.set()
    office.server_close()


def test_an_upstream_that_fails_again_and_again_rests_and_no_callers_odd_keys_rest_it(
    proxied, app, office, monkeypatch
):
    says(office, 400, {})
    for key in ("..", "x") * 6:
        app.post("/gateway/v1/births/look-up", {"key": key, "by": "mother_id_number"})
    office.asked.clear()
    says(office, 500, {})
    codes = [app.get(BY_MOTHER).code for _ in range(7)]
    assert codes == ["exchange.upstream.failed"] * 5 + ["exchange.upstream.resting"] * 2
    assert len(office.asked) == 5
    says(office, 200, {"data": {"person": ROW}})
    monkeypatch.setattr(upstream, "OPEN_SECONDS", 0.0)
    assert [app.get(BY_MOTHER).status for _ in range(3)] == [200] * 3


def test_pages_and_files_of_rows_that_are_not_here_are_refused(proxied, app):
    assert app.get("/gateway/v1/births?fields=child_name").code == "exchange.read.not-hosted"
    assert app.get("/gateway/v1/births/B1").code == "exchange.read.key"


def test_an_address_outside_the_allowed_networks_is_never_asked(proxied, app, office, settings):
    for networks in ([], ["10.0.0.0/8"]):
        settings.ZHENGTONG_UPSTREAM_NETWORKS = networks
        assert app.get(BY_MOTHER).code == "exchange.upstream.address"
    assert office.asked == []


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("127.0.0.1", False), ("10.1.2.3", False), ("169.254.169.254", False), ("::1", False), ("fe80::1%eth0", False),
        ("::ffff:127.0.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False), ("100.64.0.1", False),
        ("fd00::1", False), ("39.156.66.10", True),
    ],
)  # fmt: skip
def test_only_the_public_net_is_asked_unless_the_site_says_otherwise(address, allowed):
    assert upstream.may_be_asked(address) is allowed


def test_a_key_stays_a_key(proxied, app, office):
    for key in ("..", ".", "%2e%2e", "../admin", "a/b?c=d#e", "张三"):
        office.asked.clear()
        upstream._circuits.clear()
        answer = app.post("/gateway/v1/births/look-up", {"key": key, "by": "mother_id_number"})
        if key.strip(".") == "":
            assert answer.code == "exchange.upstream.key"
            assert office.asked == []
        else:
            [(path, _headers)] = office.asked
            assert path.startswith("/v2/births/")
            assert path.endswith("?full=1")
            assert path.count("/") == 3


WRONG = [
    {"address": "http://127.0.0.1/births"},
    {"address": "ftp://127.0.0.1/{key}"},
    {"address": "http://{key}/births"},
    {"address": "http://a:b@127.0.0.1/{key}"},
    {"address": "http://127.0.0.1/{key}/{key}"},
    {"address": "http://127.0.0.1/{key}#x"},
    {"address": "http://127.0.0.1:99999/{key}"},
    {"address": "http://127.0.0.1/{key}\r\nX: y"},
    {"key_field": "child_name"},
    {"names": {"nothing": "x"}},
    {"header": ("Host", "evil")},
    {"header": ("X-Key", "a\r\nb")},
    {"timeout_seconds": 0},
    {"timeout_seconds": 900},
]


def test_what_cannot_be_registered_is_refused(bureau, office, live_now, refuses):
    for changed in WRONG:
        with refuses("exchange.upstream.malformed"):
            register(bureau, live_now, office, **changed)


def test_only_the_provider_registers_and_removing_it_brings_the_own_rows_back(proxied, bureau, office, live_now, app, refuses):  # fmt: skip
    with refuses("catalog.right.missing", 403):
        register(bureau, live_now, office, by=bureau.requester)
    assert app.get(BY_MOTHER).body["values"]["child_name"] == "上*宝"
    actions.remove_upstream(resource_code="births", by=bureau.steward, at=live_now)
    assert app.get(BY_MOTHER).body["values"]["child_name"] == "二*"

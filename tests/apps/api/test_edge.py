"""What a program meets at the edge: none of what pages need, all of what protects."""

from __future__ import annotations

from pathlib import Path

import pytest

PATHS = ("/api/v1/openapi.json", "/api/v1/me", "/api/v1/nothing", "/callbacks/payments/nobody")


@pytest.fixture(autouse=True)
def static_files(settings):
    """The folder that `zhengtong serve` fills before it starts."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_to_a_program_is_protected_like_a_page(client, db, path):
    answer = client.get(path, headers={"X-Request-Id": "caller-0001"})
    assert answer["X-Request-Id"] == "caller-0001"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["Content-Length"] == str(len(answer.content))


@pytest.mark.parametrize("path", PATHS)
def test_no_query_is_asked_and_no_cookie_set_for_a_stranger(client, db, path, django_assert_num_queries):
    client.cookies["sessionid"] = "a-session-somebody-sends-along"
    with django_assert_num_queries(0):
        answer = client.get(path)
    assert not answer.cookies


def test_a_host_that_is_not_ours_is_refused(client, db):
    assert client.get("/api/v1/openapi.json", headers={"Host": "elsewhere.example"}).status_code == 400


@pytest.mark.parametrize("address", ["/api/v1/matters?q=%00", "/api/v1/cases/%00", "/callbacks/payments/%00"])
def test_a_nul_is_refused_before_anything_reads_it(client, db, address):
    answer = client.get(address)
    assert (answer.status_code, answer.json()["code"]) == (400, "site.request.unreadable")


def test_what_is_no_interface_is_a_page_not_found(client, db):
    assert client.get("/callbacks/nothing").status_code == 404
    assert "<html" in client.get("/callbacks/nothing").content.decode()

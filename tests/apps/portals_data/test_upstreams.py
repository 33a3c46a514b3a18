"""A steward registers the department's own API on its resource's page, tries it, suspends it; nobody sees its credential."""

from __future__ import annotations

import pytest

from tests.apps.exchange.bureau import MOTHER
from tests.apps.gateway.test_upstreams import office, says  # noqa: F401 - the API of a department, a fixture
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.evidence.models import Receipt
from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.serving import upstream

PAGE = "/data/sets/births/?tab=upstream"


def text_of(response) -> str:
    return response.content.decode()


@pytest.fixture
def told(office, settings):  # noqa: F811
    """What a steward types to register that API."""
    settings.ZHENGTONG_UPSTREAM_NETWORKS = ["127.0.0.0/8"]
    upstream._circuits.clear()
    return {
        "address": f"http://127.0.0.1:{office.server_address[1]}/births/{{key}}",
        "key_field": "mother_id_number",
        "row_path": "data.person",
        "names": "mother_id_number = mother\n",
        "header_name": "X-Api-Key",
        "header_value": "s3cret-of-the-api",
        "timeout_seconds": "2",
    }


@pytest.fixture
def steward(visit):
    return visit("steward")


def behind_births():
    return queries.find_upstream(catalog.find_resource("births"))


def test_an_api_is_registered_tried_suspended_and_resumed(steward, told):
    assert steward.post("/data/sets/births/upstream", told)["Location"].endswith("?tab=upstream")
    assert behind_births().names == {"mother_id_number": "mother"}
    tried = steward.post("/data/sets/births/upstream/try", {"key": MOTHER})
    assert tried.status_code == 200
    assert "试调用成功" in text_of(tried)
    assert "child_name" in text_of(tried)
    assert "上游宝" not in text_of(tried), "the page tells which fields have a value, never the values"
    assert steward.post("/data/sets/births/upstream/suspend").status_code == 303
    assert behind_births() is None
    assert "恢复转接" in text_of(steward.get(PAGE))
    assert steward.post("/data/sets/births/upstream/resume").status_code == 303
    assert behind_births().address == told["address"]
    kinds = Receipt.objects.filter(kind__startswith="upstream.").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["upstream.registered", "upstream.tried", "upstream.removed", "upstream.resumed"]


def test_the_credential_is_never_shown_and_stays_with_its_host(steward, told):
    steward.post("/data/sets/births/upstream", told)
    assert "s3cret-of-the-api" not in text_of(steward.get(PAGE))
    kept = {**told, "header_value": "", "keeps_credential": "true", "row_path": ""}
    assert steward.post("/data/sets/births/upstream", kept).status_code == 303
    assert behind_births().header_value == "s3cret-of-the-api"
    elsewhere = steward.post("/data/sets/births/upstream", {**kept, "address": "https://other.example/{key}"})
    assert elsewhere.status_code == 422
    assert "接口换了主机" in text_of(elsewhere)
    assert behind_births().address == told["address"]
    wrong = steward.post("/data/sets/births/upstream", {**told, "timeout_seconds": "99"})
    assert wrong.status_code == 422
    assert "s3cret-of-the-api" not in text_of(wrong)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"address": "ftp://x/{key}"}, "address"),
        ({"key_field": "nothing"}, "key_field"),
        ({"names": "no pair"}, "names"),
        ({"names": "unknown_field = x"}, "names"),
        ({"timeout_seconds": "soon"}, "timeout_seconds"),
        ({"timeout_seconds": "nan"}, "timeout_seconds"),
        ({"timeout_seconds": "1234567890"}, "timeout_seconds"),
    ],
)
def test_what_is_wrong_comes_back_on_the_same_tab_with_what_was_typed(steward, told, changed, field):
    answer = steward.post("/data/sets/births/upstream", {**told, **changed})
    assert answer.status_code == 422
    page = text_of(answer)
    assert f'href="#f-{field}"' in page
    assert 'name="row_path" value="data.person"' in page
    assert behind_births() is None


def test_a_trial_that_fails_names_the_hop_and_one_without_a_row_says_so(steward, told, office):  # noqa: F811
    steward.post("/data/sets/births/upstream", told)
    says(office, 500, {})
    failed = steward.post("/data/sets/births/upstream/try", {"key": MOTHER})
    assert failed.status_code == 502
    assert "127.0.0.1" in text_of(failed)
    says(office, 404, {})
    assert "没有这个主键的数据" in text_of(steward.post("/data/sets/births/upstream/try", {"key": "X1"}))


def test_there_is_nothing_to_try_or_resume_before_it_is_registered(steward):
    for step in ("try", "resume"):
        answer = steward.post(f"/data/sets/births/upstream/{step}", {"key": "1"})
        assert answer.status_code == 409
        assert "没有登记代理接口" in text_of(answer)


def test_others_have_no_such_tab(visit, steward, told):
    steward.post("/data/sets/births/upstream", told)
    for other in ("requester", "approver", "bureau"):
        page = text_of(visit(other).get(PAGE))
        assert "代理接口" not in page
        assert told["address"] not in page

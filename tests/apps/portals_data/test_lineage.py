"""From the source to the certificates: who is upstream, who has it, which matters use it — in figures, and in few queries."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from tests.apps.exchange.bureau import BIRTHS, make_grant, read
from tests.apps.portals_data.test_matrix import HAN
from zhengtong.apps.catalog import actions as catalog
from zhengtong.apps.certificates.models import CertificateType
from zhengtong.apps.feeds import actions as feeds
from zhengtong.apps.matters import actions as matters
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.declared import load_pack
from zhengtong.portals.data.lineage import lineage_of

PACKS = Path(__file__).parents[3] / "packs"
PAGE = "/data/sets/births/?tab=lineage"


def text_of(response) -> str:
    return response.content.decode()


@pytest.fixture
def woven(bureau, live_now):
    """A feed, a resource made from births, a grant that was used, and a matter that reads births and issues something."""
    source = {"kind": "sqlite", "file": "births.db", "query": "SELECT * FROM secret_table"}
    declared = {"source": source, "schedule": {"daily_at": "02:30"}}
    feeds.declare_feed(code="births", declaration=declared, by=bureau.steward, at=live_now)
    derived = {**BIRTHS, "name": "derived", "code": "202010/000005", "title_zh": "新生儿名册", "title_en": "Roll"}
    catalog.register_resource(declaration=derived, provider=bureau.health, by=bureau.steward, at=live_now)
    edges = {"child_name": [("births", "child_name")], "born_at": [("births", "born_at")]}
    catalog.record_lineage(code="derived", lineage=edges, by=bureau.steward, at=live_now)
    grant = make_grant(bureau, live_now)
    for _ in range(3):
        read(bureau, live_now)
    pack = load_pack(PACKS / "birth-medical-certificate")
    matters.publish_pack(pack=pack, by=SYSTEM, at=live_now)
    for number, issue in enumerate(pack.certificates):
        CertificateType.objects.create(
            code=issue.type, number=f"{number:021d}", title_zh=issue.title.zh, title_en=issue.title.en,
            definer_id=bureau.health.id, defined_at=live_now,
        )  # fmt: skip
    return grant, pack


def test_the_page_tells_source_version_grant_matter_and_certificate(visit, woven, bureau):
    grant, pack = woven
    page = text_of(visit("steward").get(PAGE))
    for told in ("SQLite 文件", "每天 02:30", "新生儿名册", grant.no, pack.title.zh, pack.certificates[0].title.zh):
        assert told in page, told
    assert "累计调用 3 次" in page
    assert "secret_table" not in page, "the address of a source is for its stewards, on their own page"


@pytest.mark.parametrize("tab", ["lineage", "rows", "history"])
def test_english_has_every_word(visit, woven, tab):
    page = html.document_fromstring(text_of(visit("steward").get(f"/en/data/sets/births/?tab={tab}")))
    for marked in page.xpath("//*[@lang='zh-CN']|//script"):
        marked.getparent().remove(marked) if not marked.tail else marked.clear(keep_tail=True)
    assert [text.strip() for text in page.find("body").itertext() if HAN.search(text)] == []


def test_an_unpublished_neighbour_is_counted_and_not_named(visit, woven):
    page = text_of(visit("requester").get(PAGE))
    assert "新生儿名册" not in page
    assert "另有 1 项上下游资源未发布" in page


def test_it_is_for_officers(visit, woven):
    assert "血缘" not in text_of(visit("mother").get("/data/catalog/"))
    assert visit("").get(PAGE).status_code == 404


def test_as_many_queries_for_many_grants_and_fields_as_for_one(bureau, woven, live_now):
    from zhengtong.apps.catalog import queries

    resource = queries.get_resource("births", by=bureau.steward)
    lineage_of(resource, bureau.steward, live_now.date())
    with CaptureQueriesContext(
        connection,
    ) as one:
        lineage_of(resource, bureau.steward, live_now.date())
    make_grant(bureau, live_now)
    with CaptureQueriesContext(connection) as two:
        told = lineage_of(resource, bureau.steward, live_now.date())
    assert told.use.living == 2
    assert len(one) == len(two) <= 9


def test_a_list_of_grants_asks_for_its_resource_once(bureau, live_now):
    from zhengtong.apps.exchange import queries

    make_grant(bureau, live_now)
    with CaptureQueriesContext(connection) as one:
        queries.list_grants_on("births", bureau.steward)
    for _ in range(3):
        make_grant(bureau, live_now)
    with CaptureQueriesContext(connection) as four:
        assert len(queries.list_grants_on("births", bureau.steward)) == 4
    assert len(one) == len(four)

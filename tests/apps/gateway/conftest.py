"""A grant that may be called, and the system that calls it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.apps.exchange.bureau import BIRTHS, Bureau, ask, make_bureau
from tests.apps.gateway.callers import ClientApp
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.exchange import actions as exchange


@pytest.fixture
def live_now():
    """The gateway runs on the real clock."""
    return timezone.now()


@pytest.fixture
def bureau(db, live_now, tmp_path, settings, monkeypatch) -> Bureau:
    """Three organisations and a published resource that offers batches too."""
    settings.ZHENGTONG_HOME = tmp_path
    monkeypatch.setitem(BIRTHS, "share_modes", ["api", "prefill", "batch"])
    catalog.opened.cache_clear()
    return make_bureau(live_now, tmp_path)


@pytest.fixture
def grant(bureau, live_now):
    """Return a function that makes a grant for the police, `grant(quota_per_day=2)`."""

    def make(fields=("child_name", "born_at"), **more):
        request = ask(bureau, live_now, share_modes=["api", "prefill", "batch"])
        exchange.consent_internally(request_no=request.no, by=bureau.police_head, at=live_now)
        told = {"request_no": request.no, "fields": list(fields), "by": bureau.health_head, "at": live_now}
        return exchange.approve_request(**told, **more)

    return make


@pytest.fixture
def app(bureau, live_now) -> ClientApp:
    """The police's calling system."""
    client, secret = exchange.register_client(
        organisation_id=bureau.police.id, name="户籍系统", by=bureau.requester, at=live_now
    )
    return ClientApp(client.client_id, secret)

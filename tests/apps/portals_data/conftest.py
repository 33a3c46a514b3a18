"""A bureau with accounts that can sign in, and clients of Django's for each of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from tests.apps.exchange.bureau import Bureau, make_bureau
from tests.apps.people.town import PASSWORD
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.people import actions as people
from zhengtong.apps.people.shapes import SYSTEM

ROLES = {
    "steward": ("health", "data-steward"),
    "approver": ("health", "data-approver"),
    "window": ("health", "window"),
    "requester": ("police", "data-requester"),
    "head": ("police", "data-approver"),
    "bureau": ("authority", "data-steward"),
    "bureau-head": ("authority", "data-approver"),
}


@pytest.fixture
def bureau(db, tmp_path, settings, live_now) -> Bureau:
    """Three organisations, a published resource, and an officer's account for each role."""
    settings.ZHENGTONG_HOME = tmp_path
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    catalog.opened.cache_clear()
    made = make_bureau(live_now, tmp_path)
    organisations = {"health": made.health, "police": made.police, "authority": made.authority.organisation}
    for name, (organisation, role) in ROLES.items():
        account = people.open_account(username=f"zt-{name}", password=PASSWORD, name=name, by=SYSTEM, at=live_now)
        people.appoint_officer(
            account_id=account.id,
            organisation_id=organisations[organisation].id,
            title_zh="工作人员",
            title_en="Officer",
            roles=[role],
            by=SYSTEM,
            at=live_now,
        )
    return made


@pytest.fixture
def live_now():
    """The pages run on the real clock, so the data are made at the real time."""
    from django.utils import timezone

    return timezone.now()


@pytest.fixture
def visit(bureau):
    """Return a function that gives a signed-in browser: `visit("steward")`; "mother" is a resident, "" is nobody."""

    def signed_in(name: str = "") -> Client:
        client = Client()
        if name:
            from django.contrib.auth import get_user_model

            username = name if name == "mother" else f"zt-{name}"
            client.force_login(
                get_user_model().objects.get(username=username), "allauth.account.auth_backends.AuthenticationBackend"
            )
        return client

    return signed_in

"""Browsers of an analyst and of an officer without that post."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.apps.policies.conftest import analyst, published, rule_sets, town, window  # noqa: F401


@pytest.fixture
def now():
    """The pages run on the real clock, so the rules are published at the real time."""
    from django.utils import timezone

    return timezone.now()


@pytest.fixture
def visit(published, analyst, window):  # noqa: F811
    """Return a function that gives a signed-in browser: "analyst", "window", "mother", or nobody."""

    def signed_in(name: str = "") -> Client:
        client = Client()
        if name:
            username = name if name == "mother" else f"zt-{name}"
            account = get_user_model().objects.get(username=username)
            client.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in

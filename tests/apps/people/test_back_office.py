"""The back office shows and never changes, and shows nothing that identifies a resident."""

from __future__ import annotations

import importlib

import pytest
from django.contrib import admin
from django.test import RequestFactory

from tests.apps.people.town import PASSWORD, Town
from zhengtong.apps.people import actions
from zhengtong.apps.people.fields import EncryptedText
from zhengtong.apps.people.models import Account
from zhengtong.apps.people.readonly import ReadOnlyAdmin
from zhengtong.apps.people.shapes import SYSTEM


@pytest.fixture
def shown(settings) -> list[admin.ModelAdmin]:
    settings.INSTALLED_APPS = ["django.contrib.admin", *settings.INSTALLED_APPS]
    for room in ("people", "evidence"):
        importlib.import_module(f"zhengtong.apps.{room}.admin")
    rooms = {"people", "evidence"}
    return [one for model, one in admin.site._registry.items() if model._meta.app_label in rooms]


def test_the_back_office_changes_nothing(shown, town: Town, now) -> None:
    account = actions.open_account(username="auditor", password=PASSWORD, by=SYSTEM, at=now)
    actions.assign_admin_duty(account_id=account.id, duty="auditadmin", by=SYSTEM, at=now)
    request = RequestFactory().get("/")
    request.user = Account.objects.get(username="auditor")
    assert len(shown) >= 8
    for one in shown:
        assert isinstance(one, ReadOnlyAdmin)
        assert one.has_view_permission(request)
        may = (one.has_add_permission, one.has_change_permission, one.has_delete_permission)
        assert not any(permission(request) for permission in may)


def test_only_administrators_see_the_back_office(shown, town: Town) -> None:
    request = RequestFactory().get("/")
    request.user = Account.objects.get(username="mother")
    assert not request.user.is_staff
    assert not any(one.has_view_permission(request) for one in shown)


def test_no_encrypted_column_and_no_link_to_a_resident_is_shown(shown) -> None:
    for one in shown:
        names = {*one.list_display, *(one.fields or [field.name for field in one.model._meta.fields])}
        fields = [field for field in one.model._meta.fields if field.name in names]
        assert not [field for field in fields if isinstance(field, EncryptedText)], one
        assert not names & {"resident", "representative", "password", "body", "phone_key", "key"}, one

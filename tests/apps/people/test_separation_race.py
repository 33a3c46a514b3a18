"""Two transactions at once: each would be allowed if it could not see the other; the database makes them take turns."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from tests.apps.evidence.flushing import allow_flush
from tests.apps.people.town import PASSWORD, make_town
from zhengtong.apps.people import actions
from zhengtong.apps.people.models import AdminDuty, Post
from zhengtong.apps.people.shapes import SYSTEM


@pytest.fixture
def account_and_organisation(transactional_db: None, now: dt.datetime) -> tuple[int, int]:
    allow_flush()
    town = make_town(now)
    account = actions.open_account(username="both", password=PASSWORD, by=SYSTEM, at=now)
    return account.id, town.health.id


def test_a_post_and_a_duty_given_at_the_same_moment_do_not_both_stand(account_and_organisation, now) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's writing transactions are one at a time; PostgreSQL's are not")
    account_id, organisation_id = account_and_organisation
    written, outcome = threading.Event(), []

    def give_duty() -> None:
        try:
            written.wait(10)
            AdminDuty.objects.create(account_id=account_id, duty="sysadmin", assigned_at=now)
            outcome.append("given")
        except IntegrityError as error:
            outcome.append(str(error))
        finally:
            connection.close()

    rival = threading.Thread(target=give_duty)
    rival.start()
    with transaction.atomic():
        Post.objects.create(
            account_id=account_id,
            organisation_id=organisation_id,
            title_zh="窗口",
            title_en="Window",
            valid_from=now.date(),
            appointed_at=now,
        )
        written.set()
        rival.join(0.5)
        assert rival.is_alive(), "the rival waits for this transaction"
    rival.join(10)
    assert "people.duty.separated" in outcome[0]
    assert AdminDuty.objects.count() == 0
    assert Post.objects.count() == 1

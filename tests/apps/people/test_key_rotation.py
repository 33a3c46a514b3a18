"""A new key takes over every encrypted column, and the old one can then go."""

from __future__ import annotations

from django.db import connection

from tests.apps.people.town import Town
from zhengtong.apps.people import actions, queries, tasks
from zhengtong.apps.people.shapes import SYSTEM


def test_everything_moves_to_the_current_key_and_the_old_one_can_go(town: Town, settings, now) -> None:
    actions.delegate(
        principal_id=town.mother.id, agent_id=town.father.id, proof={"kind": "notarised"}, by=SYSTEM, at=now
    )
    assert tasks.move_to_current_key() == 0, "nothing to move under one key"
    settings.ZHENGTONG_KEYS = {"current": "k2", "keys": {**settings.ZHENGTONG_KEYS["keys"], "k2": bytes(range(32))}}
    assert tasks.move_to_current_key(limit=2) == 2
    assert tasks.move_to_current_key() == 3, "two residents, two phones of accounts, one proof; two had moved"
    assert tasks.move_to_current_key() == 0
    settings.ZHENGTONG_KEYS = {"current": "k2", "keys": {"k2": bytes(range(32))}}
    assert queries.resident_profile(town.mother.id).name == "王若兰"
    assert queries.find_account("13900000001").label == "王*兰"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_resident WHERE particulars LIKE 'k1:%'")
        assert cursor.fetchone() == (0,)

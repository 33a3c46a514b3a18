"""Receipts are left with the action, found by number, case and person, and never change."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from django.db import IntegrityError, connection, transaction

from zhengtong.apps.evidence import actions, guards, leaves, queries
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import digest_bytes


def test_a_receipt_has_a_number_that_sorts_by_time_and_is_found_by_it(leave, now) -> None:
    first, later = leave(), leave(at=now + dt.timedelta(seconds=1))
    assert re.fullmatch(r"R[0-9A-HJKMNP-TV-Z]{26}", first.no)
    assert first.no < later.no
    assert queries.get_receipt(first.no.lower() + " ") == first


def test_an_unknown_number_is_refused(db, refuses) -> None:
    with refuses("evidence.receipt.unknown", 404):
        queries.get_receipt("R" + "0" * 26)


def test_numbers_of_one_instant_do_not_repeat(now) -> None:
    assert len({leaves.new_receipt_no(now) for _ in range(20_000)}) == 20_000


def test_a_receipt_is_undone_with_its_action(leave) -> None:
    class Failed(Exception):
        pass

    @transaction.atomic
    def act() -> None:
        leave()
        raise Failed

    with pytest.raises(Failed):
        act()
    assert queries.count_receipts() == 0


def test_a_receipt_costs_at_most_one_query_and_another_for_whom_it_is_about(
    leave, parent, django_assert_max_num_queries
) -> None:
    with transaction.atomic():
        with django_assert_max_num_queries(1):
            leave()
        with django_assert_max_num_queries(2):
            leave(about=[parent.resident.key, "k2", "k2"])


def test_a_read_costs_three_queries_and_the_persons_page_one(read, parent, django_assert_max_num_queries) -> None:
    with transaction.atomic(), django_assert_max_num_queries(3):
        receipt = read()
    with django_assert_max_num_queries(1):
        [seen] = queries.list_reads_about(parent.resident.key)
    assert (seen.receipt_no, seen.fields, seen.found) == (receipt.no, ("name", "born_at"), True)
    assert seen.field_titles == (("新生儿姓名", "Name"), ("出生时间", "Born at"))
    assert (seen.consumer_org, seen.by_label, seen.case_no) == ("澜江市公安局", "公安 李*", receipt.case_no)


def test_a_person_pages_through_their_reads_newest_first_and_sees_no_others(read, parent) -> None:
    numbers = [read().no for _ in range(5)]
    read(subject_key="somebody-else")
    first = queries.list_reads_about(parent.resident.key, limit=3)
    rest = queries.list_reads_about(parent.resident.key, limit=3, after=first[-1].cursor)
    assert [seen.receipt_no for seen in [*first, *rest]] == numbers[::-1]
    assert queries.count_reads_about(parent.resident.key) == 5


def test_a_case_lists_its_receipts_in_order(leave) -> None:
    numbers = [leave(case_no="C1").no for _ in range(3)]
    leave(case_no="C2")
    assert [receipt.no for receipt in queries.list_receipts("C1")] == numbers


def test_the_leaf_names_nobody_and_the_body_answers_its_digest(leave, parent, auditor) -> None:
    receipt = leave(about=[parent.resident.key], summary_zh="王若兰提交了申请")
    leaf = leaves.leaf_bytes(no=receipt.no, kind=receipt.kind, at=receipt.at, digest=receipt.digest).decode()
    body = queries.opened_body(receipt.no, parent)
    assert set(json.loads(leaf)) == {"v", "no", "kind", "at", "digest"}
    assert digest_bytes(body.encode()) == receipt.digest == json.loads(leaf)["digest"]
    assert parent.resident.key not in leaf
    assert "王" not in leaf + body
    assert queries.opened_body(receipt.no, auditor) == body


def test_two_equal_actions_commit_to_different_digests(leave) -> None:
    assert leave().digest != leave().digest


def test_what_a_receipt_says_is_closed_to_others(leave, parent, refuses) -> None:
    receipt = leave(about=[parent.resident.key])
    for stranger in (Actor(kind="anonymous"), Actor(kind="officer", account_id=3)):
        with refuses("evidence.receipt.not-yours", 403):
            queries.opened_body(receipt.no, stranger)


TABLES = [guards.RECEIPT, *guards.FROZEN]


@pytest.fixture
def full_log(leave, read, now):
    leave(about=["k"])
    read()
    actions.seal(at=now)
    leave()


def fails(statement: str) -> None:
    with pytest.raises(IntegrityError, match=guards.CODE), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES)
def test_the_database_deletes_nothing(full_log, table: str) -> None:
    fails(f"DELETE FROM {table}")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else what refuses are the rows this test just wrote
        fails(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", TABLES)
def test_the_database_changes_nothing(full_log, table: str) -> None:
    with connection.cursor() as cursor:
        columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
    for column in columns:
        fails(f'UPDATE {table} SET "{column}" = "{column}"')


def test_a_place_in_the_log_is_set_once_and_together_with_nothing_else(full_log) -> None:
    fails("UPDATE evidence_receipt SET leaf_index = leaf_index + 100 WHERE leaf_index IS NOT NULL")
    fails("UPDATE evidence_receipt SET leaf_index = NULL WHERE leaf_index IS NOT NULL")
    fails("UPDATE evidence_receipt SET leaf_index = 100, body = '{}' WHERE leaf_index IS NULL")
    fails("UPDATE evidence_receipt SET leaf_index = 100, kind = 'x' WHERE leaf_index IS NULL")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE evidence_receipt SET leaf_index = 100 WHERE leaf_index IS NULL")
        assert cursor.rowcount == 1


@pytest.mark.parametrize(
    "hostile", ["", "R", "x" * 27, "R" + "U" * 26, "R\x00" + "0" * 25, "R" + "0" * 5000, "' OR 1=1 --"]
)
def test_a_made_up_number_is_refused_and_nothing_breaks(db, refuses, hostile: str) -> None:
    with refuses("evidence.receipt.unknown", 404):
        queries.get_receipt(hostile)

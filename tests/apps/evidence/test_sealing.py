"""The sealer puts receipts into a log whose every state is signed, provable and consistent."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.db import transaction

from zhengtong.apps.evidence import actions, nodes, queries, sealing
from zhengtong.apps.evidence.models import Checkpoint, Receipt, TreeNode
from zhengtong.kit import Refused
from zhengtong.ledger import check_consistency, check_inclusion, open_checkpoint, parse_verifier, verify_bundle


def holds(no: str) -> bool:
    proof = queries.prove(no)
    verifiers = [parse_verifier(text) for text in queries.list_public_keys()]
    head = open_checkpoint(proof.checkpoint.note, verifiers)
    return check_inclusion(
        leaf_hash=hashlib.sha256(b"\x00" + proof.leaf).digest(),
        index=proof.leaf_index,
        size=head.size,
        proof=[bytes.fromhex(step) for step in proof.path],
        root=head.root,
    )


def test_every_receipt_is_sealed_once_and_proven(leave, now) -> None:
    numbers = []
    for round_ in (1, 2, 5, 8, 1):
        numbers += [leave().no for _ in range(round_)]
        assert actions.seal(at=now).size == len(numbers)
    assert [queries.get_receipt(no).leaf_index for no in numbers] == list(range(17))
    assert all(holds(no) for no in numbers)
    assert queries.count_receipts(sealed=True) == 17
    assert queries.count_receipts(sealed=False) == 0


def test_sealing_again_changes_nothing_and_asks_one_query(leave, now, django_assert_num_queries) -> None:
    leave()
    checkpoint = actions.seal(at=now)
    with django_assert_num_queries(1):
        assert actions.seal(at=now) is None
    assert queries.latest_checkpoint() == checkpoint


def test_an_empty_log_has_no_checkpoint(db, now) -> None:
    assert actions.seal(at=now) is None
    assert queries.latest_checkpoint() is None


def test_a_receipt_that_waits_is_not_proven_yet(leave, refuses) -> None:
    with refuses("evidence.receipt.not-sealed", 409):
        queries.prove(leave().no)


def test_a_proof_costs_three_queries_in_a_log_of_any_size(leave, now, django_assert_num_queries) -> None:
    numbers = [leave().no for _ in range(700)]
    actions.seal(at=now)
    for no in (numbers[0], numbers[345], numbers[699]):
        with django_assert_num_queries(3):
            assert queries.prove(no).leaf_index == numbers.index(no)
        assert holds(no)


def test_a_batch_is_sealed_with_a_query_for_each_doubling(leave, now, django_assert_max_num_queries) -> None:
    for _ in range(300):
        leave()
    actions.seal(at=now)
    for _ in range(300):
        leave()
    with django_assert_max_num_queries(45):
        actions.seal(at=now)


def test_more_than_one_batch_is_sealed_in_one_call(leave, now, monkeypatch) -> None:
    monkeypatch.setattr(sealing, "BATCH_RECEIPTS", 4)
    numbers = [leave().no for _ in range(11)]
    assert actions.seal(at=now).size == 11
    assert list(Checkpoint.objects.values_list("size", flat=True)) == [4, 8, 11]
    assert all(holds(no) for no in numbers)


def test_the_log_only_grows(leave, now) -> None:
    for size in (3, 4, 9):
        for _ in range(size):
            leave()
        actions.seal(at=now)
    heads = list(Checkpoint.objects.order_by("size"))
    last = heads[-1]
    for head, path in zip(heads, nodes.prove_growth([head.size for head in heads], last.size), strict=True):
        assert check_consistency(
            old=head.size,
            old_root=bytes.fromhex(head.root),
            new=last.size,
            new_root=bytes.fromhex(last.root),
            proof=path,
        )
    assert nodes.root_of(3).hex() == heads[0].root


def test_a_crash_while_sealing_leaves_all_waiting(leave, now, monkeypatch) -> None:
    numbers = [leave().no for _ in range(6)]

    class Crash(BaseException):
        pass

    def crash(*_, **__):
        raise Crash

    for place in ("_number", "sign_checkpoint"):
        with monkeypatch.context() as patched:
            patched.setattr(sealing, place, crash)
            with pytest.raises(Crash), transaction.atomic():
                actions.seal(at=now)
        assert queries.count_receipts(sealed=False) == 6
        assert TreeNode.objects.count() == Checkpoint.objects.count() == 0
    actions.seal(at=now)
    assert all(holds(no) for no in numbers)


def test_a_changed_receipt_is_no_longer_proven(leave, now) -> None:
    from django.db import connection

    from zhengtong.apps.evidence import guards

    no = leave().no
    leave()
    actions.seal(at=now)
    assert holds(no)
    with guards.lifted(connection):  # somebody with the schema in their hands
        Receipt.objects.filter(no=no).update(kind="case.withdrawn")
    assert not holds(no)


def test_an_earlier_key_still_proves_what_it_signed(leave, now, auditor, refuses) -> None:
    from zhengtong.apps.people.shapes import SYSTEM

    leave()
    actions.seal(at=now)
    with refuses("evidence.act.not-permitted", 403):
        actions.rotate_key(by=auditor, at=now)
    new = actions.rotate_key(by=SYSTEM, at=now)
    checkpoint = actions.seal(at=now + dt.timedelta(minutes=1))
    keys = queries.list_public_keys()
    assert keys[0] == new
    assert len(keys) == 2
    assert open_checkpoint(checkpoint.note, [parse_verifier(new)]).size == 2
    first = Checkpoint.objects.get(size=1)
    with pytest.raises(Refused):
        open_checkpoint(first.note, [parse_verifier(new)])
    assert open_checkpoint(first.note, [parse_verifier(keys[1])]).size == 1


def test_an_auditors_bundle_holds_the_whole_log_closed(leave, now, auditor, tmp_path) -> None:
    for _ in range(3):
        leave()
        actions.seal(at=now)
    path = tmp_path / "log.zip"
    actions.export_bundle(path=path, by=auditor, at=now)
    report = verify_bundle(path, pinned_key=queries.list_public_keys()[0])
    assert (report.leaves, report.opened, report.earlier, report.checkpoint.size) == (3, 0, 2, 3)
    assert queries.count_receipts() == 4, "the export left a receipt"


def test_a_persons_bundle_holds_what_concerns_them_opened(leave, read, now, parent, tmp_path) -> None:
    leave(about=["somebody-else"])
    read()
    actions.seal(at=now)
    actions.export_bundle(path=tmp_path / "mine", by=parent, at=now, about=parent.resident.key)
    report = verify_bundle(tmp_path / "mine")
    assert (report.leaves, report.opened) == (1, 1)
    assert report.kinds == {"data.read": 1}
    assert "somebody-else" not in (tmp_path / "mine" / "leaves.jsonl").read_text()


def test_since_leaves_out_what_came_before(leave, now, auditor, tmp_path) -> None:
    leave()
    leave(at=now + dt.timedelta(hours=2))
    actions.seal(at=now)
    report = actions.export_bundle(path=tmp_path / "b.zip", by=auditor, at=now, since=now + dt.timedelta(hours=1))
    assert report.leaves == 1


def test_nobody_exports_what_is_not_theirs(leave, now, parent, tmp_path, refuses) -> None:
    leave()
    actions.seal(at=now)
    for about in (None, "somebody-else"):
        with refuses("evidence.act.not-permitted", 403):
            actions.export_bundle(path=tmp_path / "b.zip", by=parent, at=now, about=about)


def test_before_the_first_sealing_there_is_nothing_to_export(leave, now, auditor, tmp_path, refuses) -> None:
    leave()
    with refuses("evidence.export.nothing-sealed", 409):
        actions.export_bundle(path=tmp_path / "b.zip", by=auditor, at=now)


def test_one_changed_byte_of_a_bundle_is_seen(leave, read, now, auditor, tmp_path) -> None:
    read()
    leave()
    actions.seal(at=now)
    path = tmp_path / "log.zip"
    actions.export_bundle(path=path, by=auditor, at=now)
    whole = path.read_bytes()
    for place in range(0, len(whole), 37):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(Refused):
            verify_bundle(path)

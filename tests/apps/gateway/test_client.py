"""`zhengtong.client` against the gateway itself: what a system written in Python sees."""

from __future__ import annotations

from types import SimpleNamespace

import httpx
import pytest

from tests.apps.gateway.callers import Wire
from zhengtong.apps.exchange import actions as exchange
from zhengtong.client import Decline, Gateway, Key, UntrustedAnswer
from zhengtong.gateway.signatures import public_key


@pytest.fixture
def system(bureau, app, grant, live_now):
    """The police's system with a registered key, its grant, and the wire between."""
    key, wire = Key.make(), Wire()
    exchange.set_client_key(client_id=app.client_id, public_key=key.public, by=bureau.requester, at=live_now)
    pauses = []

    def connect(**changed):
        told = {"key": key, "gateway_key": public_key(), "transport": wire, "officer": "王警官", "sleep": pauses.append}
        return Gateway("https://gateway.test", app.client_id, **{**told, **changed})

    return SimpleNamespace(connect=connect, gateway=connect(), grant=grant(), wire=wire, key=key, pauses=pauses)


def test_a_row_comes_with_its_grant_and_receipt(system):
    found = system.gateway.look_up("births", "B1", fields=["child_name"], case="99010020261119000001")
    assert found
    assert set(found.values) == {"child_name"}
    assert found.grant == system.grant.no
    assert found.receipt.startswith("R")
    assert not system.gateway.look_up("births", "no-such-key-是")


def test_pages_become_one_stream_of_rows(system):
    page = system.gateway.page("births", limit=1)
    assert page.total >= 2
    assert page.after
    assert len(list(system.gateway.rows("births"))) == page.total


def test_verification_tells_no_value(system):
    found = system.gateway.look_up("births", "B1", fields=["child_name"])
    assert system.gateway.verify("births", "B1", found.values).is_same
    other = system.gateway.verify("births", "B1", {"child_name": "别人"})
    assert other.result == {"child_name": "different"}


def test_a_batch_keeps_the_order_of_its_keys(system):
    found = system.gateway.batch("births", ["B2", "nobody", "B1"])
    assert [bool(one) for one in found] == [True, False, True]


def test_a_refusal_arrives_with_its_words(system):
    with pytest.raises(Decline) as caught:
        system.gateway.look_up("births", "any", fields=["mother_id_number"])
    assert caught.value.code == "exchange.read.field-not-granted"
    assert caught.value.hop == "gateway"
    assert len(caught.value.request) == 16


def test_a_broken_connection_is_tried_again_with_a_new_nonce(system):
    system.wire.break_next = 2
    assert system.gateway.look_up("births", "B1")
    assert len({call.headers["Signature-Input"] for call in system.wire.calls}) == 3
    assert system.pauses == [0.2, 0.4]
    system.wire.break_next = 3
    with pytest.raises(Decline) as caught:
        system.gateway.look_up("births", "B1")
    assert caught.value.code == "client.call.unreachable"


def changed_body(answer):
    return httpx.Response(
        answer.status_code, headers=answer.headers, content=answer.read().replace(b"true", b"null") + b" "
    )


def unsigned(answer):
    kept = {name: value for name, value in answer.headers.items() if not name.startswith("signature")}
    return httpx.Response(answer.status_code, headers=kept, content=answer.read())


@pytest.mark.parametrize("spoil", [changed_body, unsigned])
def test_an_answer_changed_on_the_way_is_not_used(system, spoil):
    system.wire.spoil = spoil
    with pytest.raises(UntrustedAnswer):
        system.gateway.look_up("births", "B1")


def test_an_answer_to_another_call_is_not_used(system):
    kept = []

    def replay(answer):
        answer.read()
        kept.append(answer)
        return kept[0]

    system.wire.spoil = replay
    system.gateway.look_up("births", "B1")
    with pytest.raises(UntrustedAnswer):
        system.gateway.look_up("births", "B2")


def test_another_gateways_signature_is_not_trusted(system):
    with pytest.raises(UntrustedAnswer):
        system.connect(gateway_key=Key.make().public).look_up("births", "B1")
    assert system.connect(gateway_key="").look_up("births", "B1")  # fetched from the gateway


def test_a_secret_serves_where_no_key_is_registered(bureau, app, grant):
    grant()
    gateway = Gateway("https://gateway.test", app.client_id, secret=app.secret, transport=Wire())
    assert gateway.look_up("births", "B1")
    with pytest.raises(ValueError, match="key= "):
        Gateway("https://gateway.test", app.client_id)


def test_a_key_is_kept_for_its_owner_and_never_overwritten(tmp_path):
    key = Key.make()
    key.save(tmp_path / "system.key")
    assert (tmp_path / "system.key").stat().st_mode & 0o777 == 0o600
    assert Key.load(tmp_path / "system.key").public == key.public
    with pytest.raises(FileExistsError):
        Key.make().save(tmp_path / "system.key")
    assert key.public not in repr(vars(key))

"""A client that has registered a key is known by its signature alone; a spoilt, old, foreign or repeated one is refused."""

from __future__ import annotations

import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from tests.apps.exchange.bureau import MOTHER
from zhengtong.apps.evidence.models import Receipt
from zhengtong.apps.exchange import actions
from zhengtong.apps.exchange.tasks import take_in_usage

BY_MOTHER = f"/gateway/v1/births/{MOTHER}?by=mother_id_number"
ASKED = {"keys": ["B1", "B2"], "fields": ["child_name"]}
BATCH = "/gateway/v1/births/batch"


@pytest.fixture
def keyed(bureau, grant, app, live_now):
    """The police's calling system, which has registered its key, and a grant."""
    grant()
    actions.set_client_key(client_id=app.client_id, public_key=app.public_key, by=bureau.requester, at=live_now)
    return app


def test_a_signed_call_is_answered_with_and_without_a_body(keyed):
    assert keyed.signed("GET", BY_MOTHER).body["values"]["child_name"] == "二宝"
    assert len(keyed.signed("POST", BATCH, ASKED).body["results"]) == 2


def test_the_secret_alone_opens_nothing_any_more(keyed):
    assert keyed.get(BY_MOTHER).code == "gateway.signature.needed"


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        ({"send_body": {**ASKED, "keys": ["B3"]}}, "gateway.signature.digest"),
        ({"send_path": "/gateway/v1/births/verify"}, "gateway.signature.foreign"),
        ({"send_path": BATCH + "?case=1"}, "gateway.signature.foreign"),
        ({"seconds": -120}, "gateway.signature.expired"),
        ({"seconds": 120}, "gateway.signature.expired"),
        ({"nonce": "short"}, "gateway.signature.replayed"),
        ({"by": Ed25519PrivateKey.generate()}, "gateway.signature.foreign"),
    ],
)
def test_a_spoilt_signature_is_refused_and_recorded(keyed, spoilt, code):
    if "seconds" in spoilt:  # from now, not from when the tests were collected
        spoilt = {"created": int(time.time()) + spoilt["seconds"]}
    answer = keyed.signed("POST", BATCH, ASKED, **spoilt)
    assert (answer.status, answer.code) == (401, code)
    assert take_in_usage(at=timezone.now()) == 1
    receipt = Receipt.objects.get(kind="gateway.refused")
    assert code in receipt.body
    assert keyed.client_id in receipt.body


def test_a_nonce_is_good_once_in_every_process(keyed, settings):
    from zhengtong.gateway import signatures

    assert keyed.signed("GET", BY_MOTHER, nonce="n-0000001").status == 200
    signatures.nonces_in.cache_clear()  # another process opens the same file
    again = keyed.signed("GET", BY_MOTHER, nonce="n-0000001")
    assert again.code == "gateway.signature.replayed"
    assert keyed.signed("GET", BY_MOTHER, nonce="n-0000002").status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SIGNATURE": "sig1=:AAAA:"},
        {"HTTP_SIGNATURE_INPUT": "nonsense", "HTTP_SIGNATURE": "sig1=:AAAA:"},
        {
            "HTTP_SIGNATURE_INPUT": 'sig1=("@method");created=1;nonce="12345678";keyid="x";alg="ed25519"',
            "HTTP_SIGNATURE": "sig1=:AAAA:",
        },
        {
            "HTTP_SIGNATURE_INPUT": 'sig1=("@method" "@path" "@query");created=1;nonce="12345678";keyid="x";alg="none"',
            "HTTP_SIGNATURE": "sig1=:AAAA:",
        },
        {
            "HTTP_SIGNATURE_INPUT": 'sig1=("@method" "@path" "@query");created=1;nonce="12345678";keyid="x";alg="ed25519"',
            "HTTP_SIGNATURE": "sig1=:~:",
        },
    ],
)
def test_signature_headers_that_cannot_be_read_are_refused(keyed, headers):
    answer = keyed.get(BY_MOTHER, **headers)
    assert answer.status == 401
    assert answer.code.startswith("gateway.signature.")


def test_a_client_without_a_key_cannot_sign(grant, app):
    grant()
    assert app.signed("GET", BY_MOTHER).code == "gateway.signature.foreign"
    app.client_id = "zt-nobody"
    assert app.signed("GET", BY_MOTHER).code == "exchange.client.unknown"


@pytest.mark.parametrize("key", ["x", "00", "zz" * 32, "AAAA"])
def test_a_key_that_is_none_is_refused(bureau, app, live_now, refuses, key):
    with refuses("exchange.client.key"):
        actions.set_client_key(client_id=app.client_id, public_key=key, by=bureau.requester, at=live_now)


def test_only_the_clients_organisation_registers_its_key(bureau, app, live_now, refuses):
    with refuses("catalog.right.missing", 403):
        actions.set_client_key(client_id=app.client_id, public_key=app.public_key, by=bureau.steward, at=live_now)

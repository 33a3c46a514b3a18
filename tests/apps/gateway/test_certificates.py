"""A certificate proves a client only through a proxy that the site trusts, and SM2 signs as Ed25519 does."""

from __future__ import annotations

import base64
import datetime as dt
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from tests.apps.exchange.bureau import MOTHER
from tests.apps.gateway.callers import SM2App, check_answer, send
from zhengtong.apps.evidence.models import Receipt
from zhengtong.apps.exchange import actions
from zhengtong.apps.exchange.tasks import take_in_usage
from zhengtong.gateway import see_through, sm2

BY_MOTHER = f"/gateway/v1/births/{MOTHER}?by=mother_id_number"
PROXY, STRANGER = "10.9.0.5", "203.0.113.9"


def made_certificate(name: str) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder().subject_name(named).issuer_name(named).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def through(certificate: x509.Certificate, proxy: str = PROXY) -> dict[str, str]:
    """Return what a proxy says of a caller who came with a certificate (RFC 9440)."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    return {"REMOTE_ADDR": proxy, "HTTP_CLIENT_CERT": f":{base64.b64encode(der).decode()}:"}


@pytest.fixture(scope="module")
def certificates() -> tuple[x509.Certificate, x509.Certificate]:
    return made_certificate("huji"), made_certificate("other")


@pytest.fixture
def certified(bureau, grant, app, live_now, certificates, settings):
    """The police's calling system, which has registered a certificate, behind a proxy of the site."""
    settings.ZHENGTONG_TRUSTED_PROXIES = ["10.9.0.0/16"]
    grant()
    told = {"client_id": app.client_id, "by": bureau.requester, "at": live_now}
    actions.set_client_certificate(certificate=pem(certificates[0]), **told)
    return app


def test_a_certificate_alone_names_and_proves_its_client(certified, certificates):
    assert send("GET", BY_MOTHER, None, through(certificates[0])).body["values"]["child_name"] == "二宝"
    escaped = {"REMOTE_ADDR": PROXY, "HTTP_X_CLIENT_CERT": quote(pem(certificates[0]))}
    assert send("GET", BY_MOTHER, None, escaped).status == 200


def test_the_secret_without_the_certificate_opens_nothing_and_leaves_a_record(certified, certificates):
    assert certified.get(BY_MOTHER).code == "gateway.certificate.needed"
    assert certified.get(BY_MOTHER, **through(certificates[1])).code == "gateway.certificate.needed"
    assert certified.get(BY_MOTHER, **through(certificates[0])).status == 200
    take_in_usage(at=timezone.now())
    assert Receipt.objects.filter(kind="gateway.refused").count() == 2


@pytest.mark.parametrize("spoilt", [{"HTTP_CLIENT_CERT": "nonsense"}, {"HTTP_CLIENT_CERT": ":~:"}, {"HTTP_CLIENT_CERT": ":AAAA:"}])  # fmt: skip
def test_a_certificate_that_is_none_or_unknown_is_refused(certified, spoilt):
    answer = send("GET", BY_MOTHER, None, {"REMOTE_ADDR": PROXY, **spoilt})
    assert (answer.status, answer.code) in {(401, "gateway.certificate.unreadable"), (401, "exchange.client.unknown")}


def test_nobody_but_a_trusted_proxy_speaks_of_certificates(certified, certificates, settings):
    assert send("GET", BY_MOTHER, None, through(certificates[0], STRANGER)).code == "gateway.certificate.untrusted"
    settings.ZHENGTONG_TRUSTED_PROXIES = []
    assert send("GET", BY_MOTHER, None, through(certificates[0])).code == "gateway.certificate.untrusted"


def test_a_certificate_stands_for_one_client(certified, bureau, live_now, certificates, refuses):
    other, _secret = actions.register_client(
        organisation_id=bureau.police.id, name="另一个", by=bureau.requester, at=live_now
    )
    told = {"client_id": other.client_id, "by": bureau.requester, "at": live_now}
    with refuses("exchange.client.certificate-taken", 409):
        actions.set_client_certificate(certificate=pem(certificates[0]), **told)
    with refuses("exchange.client.certificate"):
        actions.set_client_certificate(certificate="nonsense", **told)
    assert actions.set_client_certificate(certificate=":".join(["AB"] * 32), **told).certificate == "ab" * 32


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        (PROXY, "198.51.100.7", "198.51.100.7"),
        (PROXY, f"6.6.6.6, 198.51.100.7, {PROXY}", "198.51.100.7"),
        (PROXY, "", PROXY),
        (STRANGER, "198.51.100.7", STRANGER),
    ],
)
def test_the_callers_address_is_believed_from_trusted_proxies_only(settings, peer, forwarded, seen):
    settings.ZHENGTONG_TRUSTED_PROXIES = ["10.9.0.0/16"]
    environ = see_through({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded})
    assert environ["REMOTE_ADDR"] == seen


@pytest.fixture
def sm2_app(bureau, grant, app, live_now):
    """The police's calling system, which has registered an SM2 key."""
    if not sm2.is_available():
        pytest.skip("this machine's OpenSSL has no SM2")
    grant()
    signing = SM2App(app.client_id, app.secret)
    told = {"client_id": app.client_id, "by": bureau.requester, "at": live_now}
    actions.set_client_key(public_key=signing.public_key, **told)
    return signing


def test_a_call_signed_by_sm2_is_answered_signed_by_sm2(sm2_app):
    [_ed25519, own] = send("GET", "/gateway/v1/keys").body["keys"]
    answer = sm2_app.signed("POST", "/gateway/v1/births/batch", {"keys": ["B1"], "fields": ["child_name"]})
    assert answer.status == 200
    assert 'alg="sm2-sm3"' in answer.headers["Signature-Input"]
    check_answer(answer, own["public_key"])


def test_a_spoilt_sm2_signature_is_refused(sm2_app):
    asked = {"keys": ["B1"], "fields": ["child_name"]}
    for spoilt in ({"send_path": "/gateway/v1/births/verify"}, {"by": SM2App("", "").key}, {"algorithm": "ed25519"}):
        assert sm2_app.signed("POST", "/gateway/v1/births/batch", asked, **spoilt).code == "gateway.signature.foreign"
    assert sm2_app.get(BY_MOTHER).code == "gateway.signature.needed"


def test_sm2_agrees_with_another_implementation():
    gmalg = pytest.importorskip("gmalg")
    if not sm2.is_available():
        pytest.skip("this machine's OpenSSL has no SM2")
    secret = sm2.to_secret(bytes(range(48)))
    public = sm2.derive_public(secret)
    other = gmalg.SM2(secret, sm2.IDENTITY, public)
    for _ in range(40):
        plain = b"".join(part.rjust(32, b"\0") for part in other.sign(b"message"))  # it leaves out leading zeros
        assert sm2.verify(public, b"message", plain)
        assert sm2.verify(public, b"message", sm2.to_der(plain))
        assert not sm2.verify(public, b"massage", plain)
    assert not sm2.verify(b"\4" + bytes(64), b"message", plain)
    assert not sm2.verify(public, b"message", b"")

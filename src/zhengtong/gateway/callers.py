"""Who calls（调用方核验）: by secret, by signature, by certificate; a client that registered one of these must show it."""

from __future__ import annotations

import hashlib
import hmac
import time

from zhengtong.apps.exchange.actions import ClientKeys, Gate, Pages, client_of, client_with_certificate
from zhengtong.gateway.calls import credentials
from zhengtong.gateway.proxies import certificate_of
from zhengtong.gateway.signatures import SignedBy, check_signature, claimed_client, read_signature
from zhengtong.kit import Refused

NOBODY = "0" * 64


def identify(gate: Gate, pages: Pages, environ: dict, content: bytes, digest: str) -> ClientKeys:
    """Return the calling client; refused（401）without saying which half of its proof was wrong.

    A proof that does not hold, in the name of a client there is, leaves a record.
    """
    claimed = ""
    try:
        certificate = certificate_of(environ)
        signed = read_signature(environ, content)
        known = named(pages, environ, signed, certificate)
        claimed = known.client.client_id
        if signed is not None:
            check_signature(signed, known.public_key, time.time())
        check_shown(known, signed is not None, certificate)
    except Refused as refused:
        claimed = claimed or claimed_client(environ)
        if claimed and client_of(pages, claimed):
            gate.note_refusal(claimed, refused.code, digest)
        raise
    return known


def named(pages: Pages, environ: dict, signed: SignedBy | None, certificate: str) -> ClientKeys:
    """Return the client that a call names: by its signature, its secret, or its certificate alone."""
    if signed is not None:
        known = client_of(pages, signed.client_id)
    elif certificate and not environ.get("HTTP_AUTHORIZATION"):
        known = client_with_certificate(pages, certificate)
    else:
        known = with_secret(pages, environ)
    if known is None:
        raise unknown()
    return known


def with_secret(pages: Pages, environ: dict) -> ClientKeys | None:
    """Return the client whose secret a call brings; what was found right is known again by its digest."""
    header = environ.get("HTTP_AUTHORIZATION", "")
    digest = hashlib.sha256(header.encode("latin-1")).digest()
    if digest in pages.proofs:
        return pages.proofs[digest]
    client_id, secret = credentials(header)
    known = client_of(pages, client_id)
    kept = known.secret_digest if known else NOBODY
    if known is None or not hmac.compare_digest(kept, hashlib.sha256(secret.encode()).hexdigest()):
        return None
    pages.keep_proof(digest, known)
    return known


def check_shown(known: ClientKeys, is_signed: bool, certificate: str) -> None:
    """Refuse a call without what its client has registered."""
    if known.public_key and not is_signed:
        raise Refused(
            "gateway.signature.needed",
            "该应用登记了公钥，请求须签名（RFC 9421，Ed25519 或 SM2）。",
            "This client has registered a key: its calls must be signed (RFC 9421, Ed25519 or SM2).",
            status=401,
        )
    if known.certificate and not hmac.compare_digest(known.certificate, certificate):
        raise Refused(
            "gateway.certificate.needed",
            "该应用登记了证书，须用该证书经双向 TLS 调用。",
            "This client has registered a certificate: it calls with that certificate, over mutual TLS.",
            status=401,
        )


def unknown() -> Refused:
    return Refused(
        "exchange.client.unknown",
        "应用标识或密钥不对，或该应用已停用。请在“应用与密钥”中核对或更换密钥。",
        "The client id or secret is wrong, or the client is disabled: check or rotate it under “Clients and secrets”.",
        status=401,
    )

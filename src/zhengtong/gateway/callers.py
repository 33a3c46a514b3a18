"""Who calls（调用方核验）: by a secret, or by a signature where the client has registered a key — then by nothing else."""

from __future__ import annotations

import hashlib
import hmac
import time

from zhengtong.apps.exchange.actions import ClientKeys, Gate, Pages, client_of
from zhengtong.gateway.calls import credentials
from zhengtong.gateway.signatures import check_signature, claimed_client, read_signature
from zhengtong.kit import Refused

NOBODY = "0" * 64


def identify(gate: Gate, pages: Pages, environ: dict, content: bytes, digest: str) -> ClientKeys:
    """Return the calling client; refused（401）without saying which half of its proof was wrong.

    A signature that does not hold, in the name of a client there is, leaves a record.
    """
    claimed = claimed_client(environ)
    try:
        signed = read_signature(environ, content)
        if signed is not None:
            known = client_of(pages, signed.client_id)
            if known is None:
                raise unknown()
            check_signature(signed, known.public_key, time.time())
            return known
    except Refused as refused:
        if claimed and client_of(pages, claimed):
            gate.note_refusal(claimed, refused.code, digest)
        raise
    client_id, secret = credentials(environ.get("HTTP_AUTHORIZATION", ""))
    known = client_of(pages, client_id)
    kept = known.secret_digest if known else NOBODY
    if not hmac.compare_digest(kept, hashlib.sha256(secret.encode()).hexdigest()) or known is None:
        raise unknown()
    if known.public_key:
        raise Refused(
            "gateway.signature.needed",
            "该应用登记了公钥，请求须签名（RFC 9421，Ed25519）。",
            "This client has registered a key: its calls must be signed (RFC 9421, Ed25519).",
            status=401,
        )
    return known


def unknown() -> Refused:
    return Refused(
        "exchange.client.unknown",
        "应用标识或密钥不对，或该应用已停用。请在“应用与密钥”中核对或更换密钥。",
        "The client id or secret is wrong, or the client is disabled: check or rotate it under “Clients and secrets”.",
        status=401,
    )

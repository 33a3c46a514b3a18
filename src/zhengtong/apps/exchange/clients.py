"""Calling systems（应用）: registered with a secret, and known by a key or a certificate where they register one."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import re
import secrets

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.db import transaction

from zhengtong.apps.catalog import actions as catalog_actions
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.elements import needed
from zhengtong.apps.exchange.models import Client
from zhengtong.apps.exchange.shapes import ClientShape
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused

KEY_BYTES = {32: "Ed25519", 65: "SM2"}
FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@transaction.atomic
def register_client(*, organisation_id: int, name: str, by: Actor, at: dt.datetime) -> tuple[ClientShape, str]:
    """Register a calling system of an organisation; return it and its secret, which is never shown again."""
    catalog.require_permission(by, "share.request", organisation_id, "登记调用应用", "register a client")
    secret = secrets.token_urlsafe(32)
    record = Client.objects.create(
        client_id=f"zt-{secrets.token_hex(8)}",
        secret_digest=hashlib.sha256(secret.encode()).hexdigest(),
        organisation_id=organisation_id,
        name=needed(name, "应用名称", "a name", field="name")[:120],
        created_at=at,
    )
    body = {"client": record.client_id, "organisation": organisation_id}
    evidence.record(
        kind="client.registered", body=body, by=by, at=at, summary_zh="登记应用", summary_en="Client registered"
    )
    catalog_actions.mark_changed()
    return queries.client_shape(record), secret


@transaction.atomic
def rotate_client(*, client_id: str, by: Actor, at: dt.datetime) -> str:
    """Replace a client's secret and return the new one; the old stops working at once."""
    record = Client.objects.select_for_update().filter(client_id=client_id).first()
    catalog.require_permission(
        by, "share.request", record.organisation_id if record else 0, "更换密钥", "rotate a secret"
    )
    secret = secrets.token_urlsafe(32)
    record.secret_digest = hashlib.sha256(secret.encode()).hexdigest()
    record.save(update_fields=["secret_digest"])
    body = {"client": client_id}
    evidence.record(kind="client.rotated", body=body, by=by, at=at, summary_zh="更换密钥", summary_en="Secret rotated")
    catalog_actions.mark_changed()
    return secret


@transaction.atomic
def set_client_key(*, client_id: str, public_key: str, by: Actor, at: dt.datetime) -> ClientShape:
    """Register the key a client signs with, or remove it with "": Ed25519 (32 bytes) or SM2 (65 bytes), hex or Base64.

    From then on the client's calls must be signed, and its secret alone opens nothing.
    """
    record = Client.objects.select_for_update().filter(client_id=client_id).first()
    catalog.require_permission(
        by, "share.request", record.organisation_id if record else 0, "登记公钥", "register a key"
    )
    record.public_key = to_public_key(public_key)
    record.save(update_fields=["public_key"])
    body = {"client": client_id, "public_key": record.public_key}
    evidence.record(kind="client.keyed", body=body, by=by, at=at, summary_zh="登记公钥", summary_en="Key registered")
    catalog_actions.mark_changed()
    return queries.client_shape(record)


@transaction.atomic
def set_client_certificate(*, client_id: str, certificate: str, by: Actor, at: dt.datetime) -> ClientShape:
    """Register the TLS certificate a client calls with（双向 TLS）: its PEM, or the SHA-256 of its DER; "" removes it.

    From then on the client's calls must come with it, through a proxy that this site trusts to have checked it.
    """
    record = Client.objects.select_for_update().filter(client_id=client_id).first()
    catalog.require_permission(
        by, "share.request", record.organisation_id if record else 0, "登记证书", "register a certificate"
    )
    fingerprint = to_fingerprint(certificate)
    if fingerprint and Client.objects.filter(certificate=fingerprint).exclude(pk=record.pk).exists():
        raise Refused(
            "exchange.client.certificate-taken",
            "这张证书已由另一个应用登记，一张证书只代表一个应用。请换一张证书。",
            "Another client has registered this certificate, and a certificate stands for one client: take another.",
            field="certificate",
            status=409,
        )
    record.certificate = fingerprint
    record.save(update_fields=["certificate"])
    body = {"client": client_id, "certificate": fingerprint}
    evidence.record(
        kind="client.certified", body=body, by=by, at=at, summary_zh="登记证书", summary_en="Certificate registered"
    )
    catalog_actions.mark_changed()
    return queries.client_shape(record)


def to_public_key(text: str) -> str:
    """Return the bytes of a key as hex, "" for none; an SM2 key must be a point of its curve's size beginning with 04."""
    typed = "".join(text.split())
    if not typed:
        return ""
    for decode in (bytes.fromhex, lambda given: base64.b64decode(given, validate=True)):
        with contextlib.suppress(ValueError):
            raw = decode(typed)
            if len(raw) in KEY_BYTES and (len(raw) == 32 or raw[0] == 4):
                return raw.hex()
    raise Refused(
        "exchange.client.key",
        "公钥应为 32 字节的 Ed25519 公钥，或 04 开头的 65 字节 SM2 公钥，写成十六进制或 Base64。",
        "The key must be the 32 bytes of an Ed25519 key, or the 65 of an SM2 key beginning with 04, in hex or Base64.",
        field="public_key",
    )


def to_fingerprint(text: str) -> str:
    """Return the SHA-256 of a certificate's DER as hex, "" for none."""
    typed = text.strip()
    if not typed:
        return ""
    plain = typed.lower().replace(":", "")
    if FINGERPRINT.fullmatch(plain):
        return plain
    try:
        return x509.load_pem_x509_certificate(typed.encode()).fingerprint(hashes.SHA256()).hex()
    except ValueError:
        raise Refused(
            "exchange.client.certificate",
            "证书应为 PEM 文本，或其 SHA-256 指纹（64 位十六进制）。",
            "The certificate must be PEM text, or its SHA-256 fingerprint in 64 hex digits.",
            field="certificate",
        ) from None

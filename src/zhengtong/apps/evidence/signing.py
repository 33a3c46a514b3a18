"""The key that signs checkpoints（检查点签名密钥）: made when first needed, kept encrypted, replaced without a gap."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from zhengtong.apps.evidence.models import SigningKey
from zhengtong.ledger import Ed25519Signer, Signer, Verifier, parse_signer, parse_verifier


def origin() -> str:
    """Return the log's name, for ever: `ZHENGTONG_LOG_ORIGIN`, else the site's region."""
    return getattr(settings, "ZHENGTONG_LOG_ORIGIN", "") or f"zhengtong/{settings.ZHENGTONG_REGION}"


def signer_in_use(at: dt.datetime) -> Signer:
    """Return the signer in use, made at the first call; one query. Called under the sealer's lock."""
    key = SigningKey.objects.filter(name=origin(), retired_at=None).first()
    return parse_signer(key.secret_key) if key else _make(at)


def rotate(at: dt.datetime) -> Signer:
    """Return a new signer after retiring the one in use."""
    SigningKey.objects.filter(name=origin(), retired_at=None).update(retired_at=at)
    return _make(at)


def verifiers() -> list[Verifier]:
    """Return every key that ever signed a checkpoint of this log."""
    return [parse_verifier(text) for text in SigningKey.objects.values_list("public_key", flat=True)]


def _make(at: dt.datetime) -> Signer:
    signer = Ed25519Signer.generate(origin())
    public_key, secret_key = signer.verifier.to_text(), signer.to_text()
    SigningKey.objects.create(name=origin(), public_key=public_key, secret_key=secret_key, made_at=at)
    return signer

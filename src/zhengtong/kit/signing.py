"""Calls to and from providers, signed（签名）: HMAC-SHA-256 over the instant and the body, under a shared secret."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

HEADER = "X-Zhengtong-Signature"
FRESH_SECONDS = 300


def sign(body: bytes, secret: str, at: dt.datetime) -> str:
    """Return the header of a signed call: `t=<seconds>,v1=<hex>`."""
    stamp = int(at.timestamp())
    return f"t={stamp},v1={_mac(stamp, body, secret)}"


def is_signed(body: bytes, header: str, secret: str, at: dt.datetime) -> bool:
    """Return whether a header is that of this body under this secret, made within the last five minutes."""
    parts = dict(part.partition("=")[::2] for part in header.split(",") if "=" in part)
    stamp, given = parts.get("t", ""), parts.get("v1", "")
    if not secret or not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        return False
    if abs(int(at.timestamp()) - int(stamp)) > FRESH_SECONDS:
        return False
    return hmac.compare_digest(_mac(int(stamp), body, secret).encode(), given.encode())


def _mac(stamp: int, body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()

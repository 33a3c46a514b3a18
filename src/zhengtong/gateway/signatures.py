"""Signed messages（报文签名）, RFC 9421 with Ed25519 or SM2: calls that a client signs, answers that the gateway signs.

A call covers "@method" "@path" "@query" and, if it has a body, "content-digest"; its parameters are created, nonce,
keyid (the client id) and alg, "ed25519" or "sm2-sm3". It is good for a minute and once. An answer covers "@status",
"content-digest" and "zhengtong-request", the digest of the call it answers, so that neither can be exchanged for another;
it is signed by SM2 where the call was, by Ed25519 otherwise.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sqlite3
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from zhengtong.gateway import sm2
from zhengtong.kit import Refused

WINDOW_SECONDS = 60
KEPT_SECONDS = 10 * WINDOW_SECONDS
KEY_ID, SM2_KEY_ID = "zhengtong-gateway", "zhengtong-gateway-sm2"
ED25519, SM2 = "ed25519", "sm2-sm3"
LABELLED = re.compile(r'([a-z*][a-z0-9_.*-]*)=(\(((?:"[^"]+" ?)*)\)((?:;[a-z]+=(?:"[^"]*"|\d+))*))')
KEYID = re.compile(r';keyid="([^"]{1,64})"')
PARAMETER = re.compile(r';([a-z]+)=(?:"([^"]*)"|(\d+))')
COVERED, COVERED_WITH_BODY = ('"@method" "@path" "@query"', '"@method" "@path" "@query" "content-digest"')


@dataclass(frozen=True)
class SignedBy:
    """What a call's signature claims: the client, when, which nonce, over which base, by which algorithm."""

    client_id: str
    created: int
    nonce: str
    base: bytes
    signature: bytes
    algorithm: str = ED25519


def read_signature(environ: dict, content: bytes) -> SignedBy | None:
    """Return what a call's signature headers say, None when it has none; refused（401）when they cannot be read."""
    given, signed = environ.get("HTTP_SIGNATURE_INPUT", ""), environ.get("HTTP_SIGNATURE", "")
    if not given and not signed:
        return None
    match = LABELLED.fullmatch(given.strip())
    prefix = f"{match[1]}=:" if match else ""
    if not match or not signed.startswith(prefix) or not signed.endswith(":"):
        raise refused("unreadable", "签名头不合 RFC 9421 格式", "The signature headers are not RFC 9421")
    told = {name: text or number for name, text, number in PARAMETER.findall(match[4])}
    wanted = COVERED_WITH_BODY if content else COVERED
    if match[3] != wanted or set(told) != {"created", "nonce", "keyid", "alg"} or told["alg"] not in (ED25519, SM2):
        raise refused(
            "coverage", f"签名须覆盖 {wanted}，参数为 created、nonce、keyid、alg", f"A signature covers {wanted}"
        )
    check_digest(environ, content)
    try:
        signature = base64.b64decode(signed[len(prefix) : -1], validate=True)
        created = int(told["created"])
    except ValueError:
        raise refused(
            "unreadable", "签名不是 Base64，或时间不是整数", "The signature is not Base64, or created no number"
        ) from None
    base = call_base(environ, content, match[2])
    return SignedBy(told["keyid"], created, told["nonce"], base, signature, told["alg"])


def claimed_algorithm(environ: dict) -> str:
    """Return the algorithm that the answer is signed by: the call's where it is one of ours."""
    return SM2 if f';alg="{SM2}"' in environ.get("HTTP_SIGNATURE_INPUT", "") and sm2.is_available() else ED25519


def claimed_client(environ: dict) -> str:
    """Return the client a call says it is signed by, "" when it says none."""
    match = KEYID.search(environ.get("HTTP_SIGNATURE_INPUT", ""))
    return match[1] if match else ""


def check_digest(environ: dict, content: bytes) -> None:
    if content and environ.get("HTTP_CONTENT_DIGEST", "") != content_digest(content):
        raise refused(
            "digest", "正文与 Content-Digest 不符，可能在途中被改过", "The body does not match its Content-Digest"
        )


def call_base(environ: dict, content: bytes, parameters: str) -> bytes:
    """Return the signature base of a call (RFC 9421, 2.5)."""
    path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/")
    lines = [
        f'"@method": {environ["REQUEST_METHOD"]}',
        f'"@path": {path}',
        f'"@query": ?{environ.get("QUERY_STRING", "")}',
    ]
    if content:
        lines.append(f'"content-digest": {environ.get("HTTP_CONTENT_DIGEST", "")}')
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


def check_signature(signed: SignedBy, public_key: str, now: float) -> None:
    """Refuse（401）a signature that is foreign, out of its minute, or was used before.

    Without a key nothing holds: a stand-in such as 32 zero bytes would be a point of small order, for which anybody signs.
    """
    if not public_key:
        raise refused("foreign", "该应用没有登记公钥，请先登记", "The client has registered no key: register it first")
    if not is_signature(signed, bytes.fromhex(public_key)):
        raise refused("foreign", "签名与登记的公钥不符", "The signature is not by the registered key")
    if abs(now - signed.created) > WINDOW_SECONDS:
        raise refused(
            "expired",
            f"签名时间与平台时间相差超过 {WINDOW_SECONDS} 秒，请校准时钟后重新签名",
            f"The signature is more than {WINDOW_SECONDS} s off: set the clock and sign again",
        )
    if not (8 <= len(signed.nonce) <= 64) or not nonces().use(signed.client_id, signed.nonce, int(now)):
        raise refused(
            "replayed", "这个 nonce 已经用过或长度不对，每次调用请换新的", "This nonce was used before: take a new one"
        )


def is_signature(signed: SignedBy, key: bytes) -> bool:
    """Return whether a signature is that key's, by the algorithm that the key is of and no other."""
    if signed.algorithm == SM2:
        try:
            return sm2.verify(key, signed.base, signed.signature)
        except sm2.NoSM2:
            raise refused(
                "no-sm2", "本平台的 OpenSSL 不支持 SM2，请改用 Ed25519", "This site's OpenSSL has no SM2: use Ed25519"
            ) from None
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signed.signature, signed.base)
    except (InvalidSignature, ValueError):
        return False
    return True


class Nonces:
    """The nonces used lately（防重放）, shared by all processes in one small file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock, self._used = threading.Lock(), 0
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS nonces (client TEXT, nonce TEXT, at INTEGER, PRIMARY KEY (client, nonce)) "
            "WITHOUT ROWID"
        )

    def use(self, client: str, nonce: str, at: int) -> bool:
        """Return whether the nonce was fresh; it is not any more."""
        with self._lock:
            self._used += 1
            if self._used % 1000 == 0:
                self._connection.execute("DELETE FROM nonces WHERE at < ?", [at - KEPT_SECONDS])
            sql = "INSERT OR IGNORE INTO nonces VALUES (?, ?, ?)"
            return self._connection.execute(sql, [client, nonce, at]).rowcount == 1


@lru_cache(maxsize=8)
def nonces_in(home: Path) -> Nonces:
    return Nonces(home / "usage" / "nonces.sqlite3")


def nonces() -> Nonces:
    return nonces_in(Path(settings.ZHENGTONG_HOME))


def content_digest(content: bytes) -> str:
    """Return the Content-Digest value (RFC 9530) of a body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


@lru_cache(maxsize=2)
def signing_key(secret: bytes) -> Ed25519PrivateKey:
    seed = HKDF(hashes.SHA256(), 32, None, b"zhengtong gateway signing key v1").derive(secret)
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key() -> str:
    """Return the gateway's public key（hex）, against which its answers are checked."""
    return signing_key(settings.ZHENGTONG_INDEX_KEY).public_key().public_bytes_raw().hex()


@lru_cache(maxsize=2)
def sm2_secret(secret: bytes) -> bytes:
    return sm2.to_secret(HKDF(hashes.SHA256(), 48, None, b"zhengtong gateway SM2 key v1").derive(secret))


def list_keys() -> list[dict[str, str]]:
    """Return the keys that answers are checked against, in hex: Ed25519, and SM2 where this machine has it."""
    keys = [{"keyid": KEY_ID, "alg": ED25519, "public_key": public_key()}]
    if sm2.is_available():
        own = sm2.derive_public(sm2_secret(settings.ZHENGTONG_INDEX_KEY)).hex()
        keys.append({"keyid": SM2_KEY_ID, "alg": SM2, "public_key": own})
    return keys


def answer_headers(
    status: int, body: bytes, request_digest: str, now: int, algorithm: str = ED25519
) -> list[tuple[str, str]]:
    """Return the headers that sign an answer and bind it to the call it answers."""
    digest, request = content_digest(body), f"sha-256=:{base64.b64encode(bytes.fromhex(request_digest)).decode()}:"
    key_id = SM2_KEY_ID if algorithm == SM2 else KEY_ID
    covered = f'("@status" "content-digest" "zhengtong-request");created={now};keyid="{key_id}";alg="{algorithm}"'
    base, secret = answer_base(status, digest, request, covered), settings.ZHENGTONG_INDEX_KEY
    made = sm2.sign(sm2_secret(secret), base) if algorithm == SM2 else signing_key(secret).sign(base)
    return [
        ("Content-Digest", digest),
        ("Zhengtong-Request", request),
        ("Signature-Input", f"sig={covered}"),
        ("Signature", f"sig=:{base64.b64encode(made).decode()}:"),
    ]


def answer_base(status: int, digest: str, request: str, covered: str) -> bytes:
    """Return the signature base of an answer (RFC 9421, 2.5)."""
    return (
        f'"@status": {status}\n"content-digest": {digest}\n"zhengtong-request": {request}\n'
        f'"@signature-params": {covered}'
    ).encode()


def refused(reason: str, zh: str, en: str) -> Refused:
    return Refused(f"gateway.signature.{reason}", f"{zh}。", f"{en}.", status=401)

"""How a test calls the gateway: as a WSGI server would, by secret or signed."""

from __future__ import annotations

import base64
import io
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import quote, unquote

import gmalg
import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from zhengtong.gateway import gateway, sm2
from zhengtong.gateway.signatures import answer_base, content_digest


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> dict:
        return json.loads(self.content)

    @property
    def code(self) -> str:
        return self.body.get("code", "")


@dataclass
class ClientApp:
    """A calling system with its secret, and its key if it signs."""

    client_id: str
    secret: str
    key: Any = field(default_factory=Ed25519PrivateKey.generate)
    algorithm: ClassVar[str] = "ed25519"

    @property
    def public_key(self) -> str:
        return self.key.public_key().public_bytes_raw().hex()

    @property
    def authorization(self) -> str:
        return f"Basic {base64.b64encode(f'{self.client_id}:{self.secret}'.encode()).decode()}"

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Call by secret."""
        return send(method, path, body, {"HTTP_AUTHORIZATION": self.authorization, **headers})

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: object) -> Answer:
        return self.call("POST", path, body)

    def signed(self, method: str, path: str, body: object = None, **changed) -> Answer:
        """Call with a signature; `changed` spoils it: created, nonce, send_body, send_path, by (another key)."""
        content = encoded(body)
        created = changed.get("created", int(time.time()))
        nonce = changed.get("nonce", secrets.token_hex(8))
        covered = '"@method" "@path" "@query"' + (' "content-digest"' if content else "")
        parameters = f'({covered});created={created};nonce="{nonce}";keyid="{self.client_id}";alg="{changed.get("algorithm", self.algorithm)}"'
        where, _, query = path.partition("?")
        lines = [f'"@method": {method}', f'"@path": {quote(where, safe="/")}', f'"@query": ?{query}']
        headers = {}
        if content:
            headers["HTTP_CONTENT_DIGEST"] = content_digest(content)
            lines.append(f'"content-digest": {content_digest(content)}')
        base = "\n".join([*lines, f'"@signature-params": {parameters}']).encode()
        signature = base64.b64encode(changed.get("by", self.key).sign(base)).decode()
        headers |= {"HTTP_SIGNATURE_INPUT": f"sig1={parameters}", "HTTP_SIGNATURE": f"sig1=:{signature}:"}
        return send(method, changed.get("send_path", path), changed.get("send_body", body), headers)


@dataclass
class SM2Key:
    """An SM2 key, made and used by another implementation than the gateway's."""

    secret: bytes = field(default_factory=lambda: sm2.to_secret(secrets.token_bytes(48)))

    def sign(self, message: bytes) -> bytes:
        r, s = gmalg.SM2(self.secret, sm2.IDENTITY, sm2.derive_public(self.secret)).sign(message)
        return r + s


@dataclass
class SM2App(ClientApp):
    """A calling system that signs by SM2."""

    key: Any = field(default_factory=SM2Key)
    algorithm: ClassVar[str] = "sm2-sm3"

    @property
    def public_key(self) -> str:
        return sm2.derive_public(self.key.secret).hex()


def encoded(body: object) -> bytes:
    return b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()


def send(method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Answer:
    """Pass one request through the WSGI callable."""
    where, _, query = path.partition("?")
    content = encoded(body)
    told: dict = {}
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": where.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": io.BytesIO(content),
        **(headers or {}),
    }
    parts = gateway(environ, lambda status, sent: told.update(status=int(status[:3]), headers=dict(sent)))
    return Answer(told["status"], told["headers"], b"".join(parts))


def check_answer(answer: Answer, public_key: str) -> None:
    """Raise unless the gateway signed exactly this answer to the call whose digest it carries."""
    covered = answer.headers["Signature-Input"].removeprefix("sig=")
    assert answer.headers["Content-Digest"] == content_digest(answer.content)
    base = answer_base(answer.status, answer.headers["Content-Digest"], answer.headers["Zhengtong-Request"], covered)
    signature = base64.b64decode(answer.headers["Signature"].removeprefix("sig=:").removesuffix(":"))
    if 'alg="sm2-sm3"' in covered:
        r, s = decode_dss_signature(signature)
        other = gmalg.SM2(None, sm2.IDENTITY, bytes.fromhex(public_key))
        assert other.verify(base, r.to_bytes(32, "big"), s.to_bytes(32, "big"))
        return
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(signature, base)


class Wire(httpx.BaseTransport):
    """The way to the gateway; `spoil` may change an answer, `break_next` loses that many calls before they arrive."""

    def __init__(self):
        self.calls, self.break_next, self.spoil = [], 0, None

    def handle_request(self, request):
        self.calls.append(request)
        if self.break_next:
            self.break_next -= 1
            raise httpx.ConnectError("no route", request=request)
        where, _, query = request.url.raw_path.decode().partition("?")
        headers = {
            f"HTTP_{name.decode().upper().replace('-', '_')}": value.decode("latin-1")
            for name, value in request.headers.raw
        }
        said = send(request.method, f"{unquote(where)}?{query}", request.read() or None, headers)
        answer = httpx.Response(said.status, headers=said.headers, content=said.content)
        return self.spoil(answer) if self.spoil else answer

"""One call at the gateway（网关调用）, read from a WSGI environ: who calls, which resource, which key, for which case."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import parse_qs

from zhengtong.kit import Refused

PREFIX = "/gateway/v1/"


@dataclass(frozen=True)
class GatewayCall:
    """A look-up of one row: `key_field` is empty for the resource's first key; `fields` empty for all granted."""

    client_id: str
    secret: str
    resource: str
    key: str
    key_field: str
    fields: tuple[str, ...]
    case_no: str
    officer: str


def read_call(environ: dict) -> GatewayCall:
    """Return the call of `GET /gateway/v1/{resource}/{key}?fields=&by=&case=`, or refuse it (401, 404, 405)."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        raise Refused("gateway.call.method", "这个地址只接受 GET。", "This address takes GET only.", status=405)
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace").removeprefix(PREFIX)
    resource, _, key = path.partition("/")
    if not resource or not key or "/" in key:
        raise Refused(
            "gateway.call.path",
            "地址应为 /gateway/v1/资源短名/主键值。",
            "The address is /gateway/v1/{resource}/{key}.",
            status=404,
        )
    client_id, secret = credentials(environ.get("HTTP_AUTHORIZATION", ""))
    asked = {name: values[-1] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    fields = tuple(filter(None, asked.get("fields", "").split(",")))
    officer = environ.get("HTTP_X_OFFICER", "")[:80]
    return GatewayCall(
        client_id, secret, resource, key, asked.get("by", ""), fields, asked.get("case", "")[:64], officer
    )


def credentials(header: str) -> tuple[str, str]:
    """Return client id and secret of an `Authorization: Basic` header (RFC 7617)."""
    scheme, _, encoded = header.partition(" ")
    try:
        client_id, separator, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        separator = ""
    if scheme.lower() != "basic" or not separator:
        raise Refused(
            "gateway.call.credentials",
            "请用应用标识和密钥调用（Authorization: Basic）。",
            "Call with your client id and secret (Authorization: Basic).",
            status=401,
        )
    return client_id, secret

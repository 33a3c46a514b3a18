"""One call at the gateway（网关调用）, read from a WSGI environ: who calls, which resource, what for."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from zhengtong.kit import Refused

PREFIX, JOBS = "/gateway/v1/", "jobs"
MOST_BODY_BYTES = 1024 * 1024
MOST_CONDITIONS = 100
#: what a POST may ask for, and what that is called here
WAYS = {"verify": "verify", "batch": "batch", "export": "export", "look-up": "posted look-up", "query": "posted page"}
decode = msgspec.json.Decoder().decode


class GatewayCall(msgspec.Struct, frozen=True):
    """A call as it was made: `way` is look-up, page, job, or a value of `WAYS`; `digest` is the SHA-256 of all of it."""

    way: str
    resource: str
    key: str = ""
    asked: dict[str, str] = {}  # noqa: RUF012 - each call gets its own
    body: dict[str, Any] = {}  # noqa: RUF012
    digest: str = ""
    officer: str = ""
    represents: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields asked for; none means all that are granted."""
        named = self.body.get("fields", self.asked.get("fields", ""))
        if isinstance(named, str):
            return tuple(filter(None, named.split(",")))
        if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
            raise wrong("fields", "fields 应为数据项名称的列表", "`fields` is a list of names")
        return tuple(filter(None, named))

    @property
    def key_field(self) -> str:
        return self.text("by")

    @property
    def case_no(self) -> str:
        return self.text("case")[:64]

    def text(self, name: str) -> str:
        """Return a text of the body, else of the query, else ""."""
        value = self.body.get(name, self.asked.get(name, ""))
        if not isinstance(value, str):
            raise wrong(name, f"{name} 应为文字", f"`{name}` must be text")
        return value


def read_call(environ: dict, content: bytes) -> GatewayCall:
    """Return the call, or refuse it (404 for an unknown address, 405, 422)."""
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace").removeprefix(PREFIX)
    resource, _, rest = path.partition("/")
    way = way_of(environ["REQUEST_METHOD"], resource, rest)
    return GatewayCall(
        way,
        resource,
        rest if way in ("look-up", "job") else "",
        query_of(environ),
        parsed(content) if way in WAYS.values() else {},
        digest_of(environ, content),
        environ.get("HTTP_X_OFFICER", "").encode("latin-1").decode("utf-8", "replace")[:80],
        represented(environ),
    )


def represented(environ: dict) -> str:
    """Return the identity number of the person the call is made for（被代理人）, "" for none; refused when it is none."""
    number = environ.get("HTTP_X_REPRESENTS", "").strip()
    if number and not (number.isascii() and number.isalnum() and len(number) <= 32):
        raise wrong(
            "represents", "X-Represents 应为被代理人的证件号码", "`X-Represents` is the identity number of a person"
        )
    return number


def query_of(environ: dict) -> dict[str, str]:
    """Return the parameters of a call, as `urllib.parse.parse_qsl` reads them, the last of a name counting."""
    written = environ.get("QUERY_STRING", "")
    parts = written.split("&") if written else []
    if len(parts) > MOST_CONDITIONS:
        raise wrong("query", f"查询参数不能超过 {MOST_CONDITIONS} 个", f"At most {MOST_CONDITIONS} parameters")
    pairs = [part.partition("=") for part in parts if part]
    if "%" in written or "+" in written:
        return {unquote_plus(name): unquote_plus(value) for name, _, value in pairs}
    return {name: value for name, _, value in pairs}


def way_of(method: str, resource: str, rest: str) -> str:
    """Return what an address and method mean."""
    if resource == JOBS and method == "GET":
        return "job"
    if not resource or "/" in rest:
        raise Refused(
            "gateway.call.path",
            "地址应为 /gateway/v1/资源短名/主键值，或 /gateway/v1/资源短名 加 look-up、query、verify、batch、export。",
            "The address is /gateway/v1/{resource}/{key}, or /gateway/v1/{resource} with look-up, query, verify, batch or export.",
            status=404,
        )
    if method == "POST" and rest in WAYS:
        return WAYS[rest]
    if method in ("GET", "HEAD"):
        return "look-up" if rest else "page"
    raise Refused(
        "gateway.call.method",
        "主键或条件写在地址里的查询用 GET；look-up、query、核验、批量、导出用 POST。",
        "Look-ups and pages by address take GET; look-up, query, verify, batch and export take POST.",
        status=405,
    )


def read_body(environ: dict) -> bytes:
    """Return the body of a call, empty for most; refused（413）when it is too large."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BODY_BYTES:
        raise Refused(
            "gateway.call.too-large", "请求体不能超过 1 MB。", "A request body may not exceed 1 MB.", status=413
        )
    return environ["wsgi.input"].read(int(length)) if int(length) else b""


def parsed(content: bytes) -> dict[str, Any]:
    try:
        body = decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict):
        raise wrong("body", "请求体应为 JSON 对象", "The body must be a JSON object")
    return body


def digest_of(environ: dict, content: bytes) -> str:
    """Return the SHA-256 (hex) of method, path, query and body: what the answer's signature is bound to."""
    line = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}\n"
    return hashlib.sha256(line.encode("latin-1") + content).hexdigest()


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
            "请用应用标识和密钥调用（Authorization: Basic），或对请求签名。",
            "Call with your client id and secret (Authorization: Basic), or sign the request.",
            status=401,
        )
    return client_id, secret


def wrong(name: str, zh: str, en: str) -> Refused:
    return Refused(f"gateway.call.{name}", f"{zh}。", f"{en}.", field=name)

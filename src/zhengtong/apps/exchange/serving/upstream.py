"""Asking a department's own API（代理接口）: one bounded GET to the registered host, and its answer as a row.

No other host is ever spoken to: the address is the registered one with the key, escaped, in its place; no redirect is
followed; the name is resolved once and the connection goes to the very address that was checked, so that a name which
changes its mind between check and call gains nothing. Addresses that are not of the public net are refused unless the
site's `ZHENGTONG_UPSTREAM_NETWORKS` names their network, as a government's own net must. What fails says which hop failed.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

import msgspec
from django.conf import settings

from zhengtong.apps.exchange.shapes import UpstreamShape
from zhengtong.kit import Refused

MOST_ANSWER_BYTES = 1024 * 1024
MOST_FAILURES, OPEN_SECONDS = 5, 10.0
PORTS = {"https": 443, "http": 80}
SHOWN = re.compile(r"[A-Za-z0-9._~:/?&=%+,;@{}\-]+")
decode = msgspec.json.Decoder().decode
Plain = str | int | float | bool | None


@dataclass
class Circuit:
    """Whether an upstream is asked at all（熔断）: after five failures running it rests ten seconds, then one call tries."""

    failures: int = 0
    opened_at: float = 0.0
    trying: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def may_pass(self, now: float) -> bool:
        with self.lock:
            if self.failures < MOST_FAILURES:
                return True
            if self.trying or now - self.opened_at < OPEN_SECONDS:
                return False
            self.trying = True
            return True

    def passed(self, now: float, *, well: bool) -> None:
        with self.lock:
            self.failures = 0 if well else self.failures + 1
            self.opened_at, self.trying = now, False


_circuits: dict[tuple[int, str], Circuit] = {}


def fetch(upstream: UpstreamShape, key: str, wanted: Sequence[str]) -> dict[str, Plain] | None:
    """Return the wanted fields of the row that the upstream has for a key, None when it has none.

    Refused（502, 503, 504）, naming the upstream as the hop, when it cannot be asked or its answer is none.
    """
    address = filled(upstream.address, key)
    circuit = _circuits.setdefault((upstream.id, upstream.address), Circuit())
    if not circuit.may_pass(time.monotonic()):
        raise failed(
            upstream, "resting", "近来连续失败，暂停调用十秒", "failed repeatedly and rests for ten seconds", 503
        )
    well = False
    try:
        status, content = ask(upstream, address)
        well = status < http.HTTPStatus.INTERNAL_SERVER_ERROR  # what one caller's key can provoke rests nobody else
        check_status(upstream, status)
        return None if status == http.HTTPStatus.NOT_FOUND else row_of(upstream, content, key, wanted)
    except TimeoutError as error:
        raise failed(upstream, "timeout", "在规定时间内没有应答", "did not answer in time", status=504) from error
    except (OSError, http.client.HTTPException) as error:
        raise failed(upstream, "unreachable", "无法连接", "could not be reached") from error
    finally:
        circuit.passed(time.monotonic(), well=well)


def check_status(upstream: UpstreamShape, status: int) -> None:
    """Refuse an answer that is neither a row nor the word that there is none."""
    if status in (http.HTTPStatus.OK, http.HTTPStatus.NOT_FOUND):
        return
    if 300 <= status < 400:
        raise failed(
            upstream,
            "redirected",
            f"答复了状态码 {status}，网关不跟随跳转",
            f"answered {status}: redirects are not followed",
        )
    raise failed(upstream, "failed", f"答复了状态码 {status}", f"answered {status}")


def ask(upstream: UpstreamShape, address: str) -> tuple[int, bytes]:
    """Return status and body of one GET, all of it within the upstream's time; the body only of a 200."""
    ends_at = time.monotonic() + upstream.timeout_seconds
    parts = urlsplit(address)
    headers = {"Host": parts.netloc, "Accept": "application/json", "Connection": "close"}
    if upstream.header_name:
        headers[upstream.header_name] = upstream.header_value
    with connected(upstream, parts, ends_at) as connection:
        connection.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path, headers=headers)
        answer = connection.getresponse()
        is_row = answer.status == http.HTTPStatus.OK
        return answer.status, read_all(upstream, answer, connection, ends_at) if is_row else b""


def filled(address: str, key: str) -> str:
    """Return the address of one key; a key that is a path of its own is none."""
    if key.strip(".") == "" or "\0" in key:
        raise Refused("exchange.upstream.key", "主键值不对。", "The key is not one.", field="key")
    return address.replace("{key}", quote(key, safe=""))


def read_all(
    upstream: UpstreamShape, answer: http.client.HTTPResponse, connection: http.client.HTTPConnection, ends_at: float
) -> bytes:
    """Return the body, given up when it is too long or drips in too slowly."""
    parts, taken = [], 0
    while piece := answer.read1(65_536):
        taken += len(piece)
        if taken > MOST_ANSWER_BYTES:
            raise failed(upstream, "too-large", "答复超过 1 MB", "answered with more than 1 MB")
        parts.append(piece)
        if connection.sock is not None:
            connection.sock.settimeout(left(ends_at))
        elif time.monotonic() > ends_at:
            raise TimeoutError
    return b"".join(parts)


@contextlib.contextmanager
def connected(upstream: UpstreamShape, parts: SplitResult, ends_at: float) -> Iterator[http.client.HTTPConnection]:
    """Yield a connection to the address that was checked, closed afterwards."""
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    connection = http.client.HTTPConnection(host, port)
    raw = socket.create_connection((checked_address(upstream, host, port), port), timeout=left(ends_at))
    try:
        raw.settimeout(left(ends_at))
        connection.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=host) if parts.scheme == "https" else raw  # fmt: skip
        connection.sock.settimeout(left(ends_at))
        yield connection
    finally:
        connection.close()
        raw.close()


def checked_address(upstream: UpstreamShape, host: str, port: int) -> str:
    """Return the address to connect to; refused when any address of the name is one that may not be asked."""
    found = {entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    wrong = sorted(str(address) for address in found if not may_be_asked(str(address)))
    if wrong or not found:
        raise failed(
            upstream,
            "address",
            "的地址不在允许的网络内，请平台运维核对上游网络设置",
            "has an address outside the networks this site allows: operators, check the setting",
        )
    return str(min(found))


def may_be_asked(address: str) -> bool:
    """Return whether an address is of the public net, or of a network that the site allows."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    plain = getattr(parsed, "ipv4_mapped", None) or parsed
    allowed = [ipaddress.ip_network(text) for text in getattr(settings, "ZHENGTONG_UPSTREAM_NETWORKS", ())]
    return plain.is_global and not plain.is_multicast or any(plain in network for network in allowed)


def left(ends_at: float) -> float:
    seconds = ends_at - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def row_of(upstream: UpstreamShape, content: bytes, key: str, wanted: Sequence[str]) -> dict[str, Plain] | None:
    """Return the wanted fields of an answer; None for an empty place, refused when it is not the row of that key."""
    try:
        found = decode(content)
    except msgspec.DecodeError:
        raise failed(upstream, "answer", "答复不是 JSON", "did not answer with JSON") from None
    for step in filter(None, upstream.row_path.split(".")):
        found = found.get(step) if isinstance(found, dict) else None
    if isinstance(found, list):
        if len(found) > 1:
            raise failed(upstream, "answer", "对一个主键答复了多行", "answered several rows for one key")
        found = found[0] if found else None
    if found is None:
        return None
    if not isinstance(found, dict):
        raise failed(upstream, "answer", "答复里没有一行数据", "answered with something that is no row")
    row = {name: plain(upstream, found.get(upstream.names.get(name, name))) for name in wanted}
    told = found.get(upstream.names.get(upstream.key_field, upstream.key_field))
    if told is not None and str(told) != key:
        raise failed(upstream, "answer", "答复的是另一个主键的数据", "answered about another key")
    return {**row, upstream.key_field: key} if upstream.key_field in wanted else row


def plain(upstream: UpstreamShape, value: Any) -> Plain:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise failed(upstream, "answer", "答复的数据项不是单个的值", "answered a field that is not a single value")


def failed(upstream: UpstreamShape, reason: str, zh: str, en: str, status: int = 502) -> Refused:
    """Return the refusal that names the hop which failed: the upstream, its provider and its host, never the key."""
    host, provider = urlsplit(upstream.address).hostname or "", upstream.resource.provider
    return Refused(
        f"exchange.upstream.{reason}",
        f"{provider.name_zh}的接口（{host}）{zh}，所以没有提供数据。请稍后再试，或联系该部门。",
        f"The API of {provider.name_en} ({host}) {en}, so no data were given. Try again later, or ask that department.",
        status=status,
        facts={"hop": "upstream", "host": host, "provider": provider.name_zh},
    )


def check_address(address: str) -> None:
    """Refuse an address that cannot be registered: not plainly of the web, or without exactly one place for the key."""
    try:
        parts = urlsplit(address)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        parts, port_is_number = urlsplit(""), False
    if (
        parts.scheme in PORTS
        and parts.hostname
        and port_is_number
        and "@" not in parts.netloc
        and "{" not in parts.netloc
        and not parts.fragment
        and address.count("{key}") == 1
        and address.replace("{key}", "").count("{") == 0
        and SHOWN.fullmatch(address)
    ):
        return
    raise Refused(
        "exchange.upstream.malformed",
        "接口地址应为 https://主机/路径，路径或参数里恰有一处 {key}，不带用户名和 #。",
        "The address is https://host/path with {key} once in path or query, without user name or #.",
        field="address",
    )

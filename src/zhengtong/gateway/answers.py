"""What the gateway says（网关应答）: JSON bodies and RFC 9457 problems, one place for every status."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import msgspec

from zhengtong.kit import Refused

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
encode = msgspec.json.Encoder(decimal_format="string").encode


def answer(start_response: StartResponse, body: Any, request_id: str) -> Iterable[bytes]:
    """Send 200 and the body as JSON."""
    return send(start_response, HTTPStatus.OK, encode(body), "application/json", request_id)


def problem(start_response: StartResponse, refused: Refused, request_id: str) -> Iterable[bytes]:
    """Send the refusal as an RFC 9457 problem; the hop that refused is this gateway."""
    body = {**refused.to_problem(f"urn:zhengtong:request:{request_id}"), "hop": "gateway"}
    return send(start_response, HTTPStatus(refused.status), encode(body), "application/problem+json", request_id)


def failure(start_response: StartResponse, request_id: str) -> Iterable[bytes]:
    """Send 500 with the number under which the bug was logged, and nothing of the bug."""
    body = {
        "type": "urn:zhengtong:failure",
        "title": "网关内部错误，已记录。请凭编号联系平台运维。",
        "detail": "The gateway failed and logged it: quote the number to the platform's operators.",
        "status": 500,
        "instance": f"urn:zhengtong:request:{request_id}",
        "hop": "gateway",
    }
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return send(start_response, status, encode(body), "application/problem+json", request_id)


def send(start_response: StartResponse, status: HTTPStatus, body: bytes, kind: str, request_id: str) -> Iterable[bytes]:
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Request-Id", request_id),
    ]
    if status == HTTPStatus.UNAUTHORIZED:
        headers.append(("WWW-Authenticate", 'Basic realm="zhengtong-gateway", charset="UTF-8"'))
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]

"""What the gateway says（网关应答）: JSON bodies and RFC 9457 problems, signed, one place for every status."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec

from zhengtong.gateway.signatures import ED25519, answer_headers
from zhengtong.kit import Refused

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
encode = msgspec.json.Encoder(decimal_format="string").encode
PIECE_BYTES = 256 * 1024
STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


@dataclass
class Reply:
    """One answer in the making: `digest` of the call it answers once that is known, `algorithm` it is signed by."""

    start_response: StartResponse
    request_id: str
    digest: str = ""
    algorithm: str = ED25519

    def answer(self, body: Any, status: int = 200) -> Iterable[bytes]:
        """Send a body as JSON."""
        return self.send(status, encode(body), "application/json")

    def problem(self, refused: Refused) -> Iterable[bytes]:
        """Send the refusal as an RFC 9457 problem with the hop that refused or failed: this gateway, or an upstream."""
        hop = refused.facts.get("hop", "gateway")
        body = {**refused.to_problem(f"urn:zhengtong:request:{self.request_id}"), "hop": hop}
        return self.send(refused.status, encode(body), "application/problem+json")

    def failure(self) -> Iterable[bytes]:
        """Send 500 with the number under which the bug was logged, and nothing of the bug."""
        body = {
            "type": "urn:zhengtong:failure",
            "title": "网关内部错误，已记录。请凭编号联系平台运维。",
            "detail": "The gateway failed and logged it: quote the number to the platform's operators.",
            "status": 500,
            "instance": f"urn:zhengtong:request:{self.request_id}",
            "hop": "gateway",
        }
        return self.send(500, encode(body), "application/problem+json")

    def file(self, path: Path, kind: str, sha256: str) -> Iterable[bytes]:
        """Send a finished file in pieces; its digest is the one that the job's receipt vouches for."""
        headers = [
            ("Content-Type", kind),
            ("Content-Length", str(path.stat().st_size)),
            ("Content-Digest", f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"),
            ("Content-Disposition", f'attachment; filename="{path.name}"'),
            ("Cache-Control", "no-store"),
            ("X-Request-Id", self.request_id),
        ]
        self.start_response(STATUS_LINES[200], headers)
        return pieces(path)

    def send(self, status: int, body: bytes, kind: str) -> Iterable[bytes]:
        headers = [
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("X-Request-Id", self.request_id),
        ]
        if self.digest:
            headers += answer_headers(status, body, self.digest, int(time.time()), self.algorithm)
        if status == HTTPStatus.UNAUTHORIZED:
            headers.append(("WWW-Authenticate", 'Basic realm="zhengtong-gateway", charset="UTF-8"'))
        self.start_response(STATUS_LINES[status], headers)
        return [body]


def pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece

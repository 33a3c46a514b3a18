"""The gateway as a Python object（共享网关）: one method a way of reading."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from zhengtong.client.answers import Decline, ExportTold, Found, Page, Verdict
from zhengtong.client.signing import Key, UntrustedAnswer, check_answer

ROOT = "/gateway/v1"
MOST_KEYS = 100
UNAVAILABLE = 503
FIRST_PAUSE_SECONDS = 0.2
POLL_SECONDS = 1.0
REPEATABLE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError)


class Gateway:
    """A connection to one gateway as one registered system; a context manager, safe to use from several threads.

    `key` signs the calls (preferred); `secret` sends the secret instead. `officer` names who asks, for the receipt.
    `gateway_key` pins the key that signs answers (64 hex digits), else it is fetched once. `tries` counts attempts.
    """

    def __init__(
        self,
        address: str,
        client_id: str,
        *,
        key: Key | None = None,
        secret: str = "",
        officer: str = "",
        gateway_key: str = "",
        timeout_seconds: float = 30,
        tries: int = 3,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if (key is None) == (not secret):
            raise ValueError("give either key= (signed calls) or secret=")
        self._client_id, self._key, self._gateway_key, self._tries = client_id, key, gateway_key, max(1, tries)
        self._clock, self._sleep = clock, sleep
        headers = {"X-Officer": officer.encode()} if officer else {}
        self._http = httpx.Client(
            base_url=address.rstrip("/"),
            auth=(client_id, secret) if secret else None,
            headers=headers,
            timeout=timeout_seconds,
            transport=transport,
        )

    def __enter__(self) -> Gateway:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def look_up(self, resource: str, key: str, *, by: str = "", fields: Sequence[str] = (), case: str = "") -> Found:
        """Return one row by its key; `by` names the key field where there are several."""
        told = _given(by=by, fields=",".join(fields), case=case)
        return Found(**self._ask("GET", f"{ROOT}/{_part(resource)}/{_part(key)}", told))

    def page(
        self,
        resource: str,
        where: Mapping[str, str] | None = None,
        *,
        fields: Sequence[str] = (),
        limit: int = 100,
        after: str = "",
        case: str = "",
    ) -> Page:
        """Return a page of the rows that meet every condition of `where` (`{"born_on__gte": "2026-01-01"}`)."""
        told = {**(where or {}), **_given(fields=",".join(fields), limit=str(limit), after=after, case=case)}
        answer = self._ask("GET", f"{ROOT}/{_part(resource)}", told)
        return Page(**{**answer, "rows": tuple(answer["rows"]), "after": answer["after"] or ""})

    def rows(
        self, resource: str, where: Mapping[str, str] | None = None, *, fields: Sequence[str] = (), case: str = ""
    ) -> Iterator[dict[str, Any]]:
        """Yield every row that meets the conditions, page after page."""
        after, more = "", True
        while more:
            page = self.page(resource, where, fields=fields, after=after, case=case)
            yield from page.rows
            after = page.after
            more = bool(after)

    def verify(self, resource: str, key: str, values: Mapping[str, Any], *, by: str = "", case: str = "") -> Verdict:
        """Return whether claimed values are the recorded ones, without reading them."""
        body = {"key": key, "values": dict(values), **_given(by=by, case=case)}
        return Verdict(**self._ask("POST", f"{ROOT}/{_part(resource)}/verify", body=body))

    def batch(
        self, resource: str, keys: Sequence[str], *, by: str = "", fields: Sequence[str] = (), case: str = ""
    ) -> list[Found]:
        """Return one result for each key, in their order; more than a hundred keys become several calls."""
        found: list[Found] = []
        for start in range(0, len(keys), MOST_KEYS):
            body = {"keys": list(keys[start : start + MOST_KEYS]), **_given(by=by, case=case)}
            if fields:
                body["fields"] = list(fields)
            answer = self._ask("POST", f"{ROOT}/{_part(resource)}/batch", body=body)
            results = answer.pop("results")
            found += [Found(**answer, **one) for one in results]
        return found

    def export(
        self,
        resource: str,
        to: Path | str,
        *,
        form: str = "csv",
        where: Mapping[str, str] | None = None,
        fields: Sequence[str] = (),
        case: str = "",
        wait_seconds: float = 3600,
    ) -> ExportTold:
        """Write all rows that meet the conditions to the file `to` ("csv", "parquet" or "jsonl") and return what it is.

        The file stands under its name only when it is whole and its SHA-256 is the one the receipt vouches for.
        """
        body = {"format": form, "filters": dict(where or {}), **_given(case=case)}
        if fields:
            body["fields"] = list(fields)
        job = self._ask("POST", f"{ROOT}/{_part(resource)}/export", body=body)["job"]
        told = self._wait_for(job, wait_seconds)
        self._fetch(told, Path(to))
        return told

    def _wait_for(self, job: str, wait_seconds: float) -> ExportTold:
        until = self._clock() + wait_seconds
        while True:
            answer = self._ask("GET", f"{ROOT}/jobs/{_part(job)}")
            told = ExportTold(**{name: answer[name] for name in ExportTold.__dataclass_fields__ if name in answer})
            if told.problem:
                raise Decline(
                    "client.export.failed", told.problem["zh"], told.problem["en"], hop="gateway", request=job
                )
            if answer["file"]:
                return told
            if self._clock() > until:
                raise Decline(
                    "client.export.waiting",
                    f"导出任务 {job} 在 {wait_seconds:g} 秒内没有完成，稍后可凭编号再取。",
                    f"Export {job} was not finished within {wait_seconds:g} s; it can be fetched later by its number.",
                    status=UNAVAILABLE,
                    request=job,
                )
            self._sleep(POLL_SECONDS)

    def _fetch(self, told: ExportTold, to: Path) -> None:
        target, part, digest = f"{ROOT}/jobs/{_part(told.job)}/file", to.with_name(f"{to.name}.part"), hashlib.sha256()
        with self._http.stream("GET", target, headers=self._signed("GET", target, b"")) as response:
            if response.status_code != httpx.codes.OK:
                raise _declined(response.status_code, response.read())
            with part.open("wb") as file:
                for piece in response.iter_bytes():
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        if digest.hexdigest() != told.sha256:
            part.unlink()
            raise UntrustedAnswer("the file is not the one the job describes")
        part.replace(to)

    def _ask(
        self, method: str, path: str, asked: Mapping[str, str] | None = None, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        target = f"{path}?{urlencode(asked)}" if asked else path
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() if body is not None else b""
        response = self._send(method, target, content)
        refused = response.status_code >= httpx.codes.BAD_REQUEST
        if not refused or "Signature" in response.headers:  # what never reached the gateway's own code is not signed
            check_answer(self._trusted_key(), response, method, target, content)
        if refused:
            raise _declined(response.status_code, response.content)
        return response.json()

    def _send(self, method: str, target: str, content: bytes) -> httpx.Response:
        """Send a call, again with a new nonce when the connection broke or the platform said 503."""
        for attempt in range(1, self._tries + 1):
            try:
                headers = self._signed(method, target, content)
                response = self._http.request(method, target, content=content or None, headers=headers)
                if response.status_code != UNAVAILABLE or attempt == self._tries:
                    return response
            except REPEATABLE as broken:
                if attempt == self._tries:
                    raise _unreachable(str(self._http.base_url), broken) from broken
            self._sleep(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
        raise AssertionError("the last attempt returns or raises")

    def _signed(self, method: str, target: str, content: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/json"} if content else {}
        if self._key is None:
            return headers
        return headers | self._key.sign_call(self._client_id, method, target, content, int(self._clock()))

    def _trusted_key(self) -> str:
        if not self._gateway_key:
            told = self._http.get(f"{ROOT}/keys").raise_for_status().json()
            self._gateway_key = told["keys"][0]["public_key"]
        return self._gateway_key


def _given(**told: str) -> dict[str, str]:
    return {name: value for name, value in told.items() if value}


def _part(text: str) -> str:
    return quote(text, safe="")


def _declined(status: int, body: bytes) -> Decline:
    try:
        told = json.loads(body)
    except ValueError:
        told = {}
    return Decline(
        told.get("code", "client.call.failed"),
        told.get("title", f"平台答复 {status}，没有说明原因"),
        told.get("detail", f"The platform answered {status} and gave no reason"),
        status=status,
        field=told.get("field"),
        facts=told.get("facts", {}),
        hop=told.get("hop", ""),
        request=told.get("instance", "").rpartition(":")[2],
    )


def _unreachable(address: str, broken: Exception) -> Decline:
    return Decline(
        "client.call.unreachable",
        f"连不上共享网关 {address}（{type(broken).__name__}）。请检查网络和地址，稍后再试。",
        f"The gateway at {address} cannot be reached ({type(broken).__name__}). Check network and address; try again.",
        status=UNAVAILABLE,
        hop="network",
    )

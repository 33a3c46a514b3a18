"""Payment providers（支付渠道）: one by signed HTTP calls, and a sandbox that moves no money."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import httpx
import yaml
from django.conf import settings

from zhengtong.apps.arrangements.models import Payment
from zhengtong.kit import Refused
from zhengtong.kit.signing import HEADER, sign


class Provider(Protocol):
    """What a payment provider does; both calls may be repeated with the same payment."""

    name: str
    secret: str

    def create(self, payment: Payment, at: dt.datetime) -> str:
        """Return the address where the applicant pays."""
        ...

    def refund(self, payment: Payment, at: dt.datetime) -> str:
        """Return the provider's reference of the refund."""
        ...


@dataclass(frozen=True)
class Sandbox:
    """A provider that moves no money（沙箱）: its page says so, and its callback is made by `sandbox_callback`."""

    name: str
    secret: str

    def create(self, payment: Payment, at: dt.datetime) -> str:  # noqa: ARG002
        """Return the path of the sandbox's page."""
        return f"/pay/sandbox/{payment.pk}"

    def refund(self, payment: Payment, at: dt.datetime) -> str:  # noqa: ARG002
        """Return a reference; nothing moves."""
        return f"sandbox-refund-{payment.pk}"

    def paid(self, payment: Payment, at: dt.datetime) -> tuple[bytes, str]:
        """Return what the sandbox calls back with once somebody has "paid": content and signature."""
        content = json.dumps(
            {"id": str(payment.pk), "state": "paid", "yuan": str(payment.yuan), "ref": f"sandbox-{payment.pk}"}
        ).encode()
        return content, sign(content, self.secret, at)


@dataclass(frozen=True)
class OverHttp:
    """A provider reached by signed HTTP calls, each under an idempotency key."""

    name: str
    secret: str
    url: str
    timeout_seconds: float = 15.0

    def create(self, payment: Payment, at: dt.datetime) -> str:
        """Return the provider's page for this payment."""
        back = f"{settings.ZHENGTONG_ADDRESS}/my/cases/{payment.case_no}"
        body = {"id": str(payment.pk), "yuan": str(payment.yuan), "title": payment.title_zh, "return": back}
        address = str(self._post("payments", body, f"{payment.pk}-create", at).get("url", ""))
        if not address.startswith("https://"):
            raise _unavailable(self.name)
        return address

    def refund(self, payment: Payment, at: dt.datetime) -> str:
        """Return the reference of the refund."""
        body = {"id": str(payment.pk), "yuan": str(payment.yuan), "ref": payment.reference}
        return str(self._post("refunds", body, f"{payment.pk}-refund", at).get("ref", ""))[:120]

    def _post(self, what: str, body: Mapping[str, Any], key: str, at: dt.datetime) -> dict[str, Any]:
        content = json.dumps(body, ensure_ascii=False, sort_keys=True).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": key, HEADER: sign(content, self.secret, at)}
        try:
            answer = httpx.post(f"{self.url}/{what}", content=content, headers=headers, timeout=self.timeout_seconds)
            answer.raise_for_status()
            given: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError) as fault:
            raise _unavailable(self.name) from fault
        return given


def get_provider(name: str = "") -> Provider:
    """Return a payment provider by name, the first of the site's without one; refused（404）where there is none."""
    known = _read(str(settings.ZHENGTONG_PAYMENTS or ""))
    found = known.get(name) if name else next(iter(known.values()), None)
    if found is None:
        raise Refused(
            "arrangement.payment.no-provider",
            "本站没有开通线上缴费，请到窗口缴费。",
            "This site takes no payments online; please pay at the window.",
            status=404,
        )
    return found


@cache
def _read(path: str) -> dict[str, Provider]:
    if not path:
        return {}
    source: dict[str, Any] = yaml.safe_load(Path(path).read_text("utf-8")) or {}
    found: dict[str, Provider] = {}
    for name, given in source.items():
        if given["kind"] == "sandbox":
            found[name] = Sandbox(name, given["secret"])
        else:
            found[name] = OverHttp(name, given["secret"], str(given["url"]).rstrip("/"))
    return found


def _unavailable(name: str) -> Refused:
    return Refused(
        "arrangement.payment.unavailable",
        f"支付渠道“{name}”暂时没有响应，没有扣款。请稍后再试，或到窗口缴费。",
        f"The payment provider {name} does not answer; nothing was charged. Try again later, or pay at the window.",
        status=503,
    )

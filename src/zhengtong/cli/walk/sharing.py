"""Sharing data as departments do it（数据共享）: register, publish, ask, consent, approve in part, call, revoke."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml

from zhengtong.cli.walk.browser import Unexpected, Visitor
from zhengtong.declared.grants import NeededGrant
from zhengtong.kit import local_date


@dataclass
class Bureau:
    """Signed-in officers, each signing in when first needed."""

    address: str
    password: str

    def __post_init__(self) -> None:
        self.visitors: dict[str, Visitor] = {}

    def officer(self, username: str) -> Visitor:
        """Return the visitor of that account, signed in."""
        if username not in self.visitors:
            visitor = Visitor(self.address)
            visitor.sign_in(username, self.password)
            self.visitors[username] = visitor
        return self.visitors[username]

    def close(self) -> None:
        for visitor in self.visitors.values():
            visitor.client.close()


def publish(bureau: Bureau, declaration: dict, source: Path) -> None:
    """Register a resource with its rows, assess, approve and publish it: three people of two organisations."""
    name, provider = declaration["name"], declaration["provider"]
    steward = bureau.officer(f"{provider}.data")
    page = steward.open("/data/register")
    text = yaml.safe_dump(declaration, allow_unicode=True, sort_keys=False)
    steward.submit(page.form("register"), {"declaration": text}, {"source": source})
    for account, step, values in (
        (f"{provider}.data", "assess", {"secrecy_checked": "true", "pia_no": declaration.get("pia_no", "")}),
        (f"{provider}.approver", "approve", {}),
        ("data-bureau.data", "publish", {}),
    ):
        officer = bureau.officer(account)
        page = officer.open(f"/data/sets/{name}/")
        officer.submit(page.form(f"/{step}"), values)


def ask_and_grant(bureau: Bureau, name: str, provider: str, needed: NeededGrant, extra: tuple[str, ...] = ()) -> str:
    """Ask for the needed fields and `extra` ones, consent, approve the needed ones only, in clear; return the grant."""
    requester = bureau.officer(f"{needed.consumer}.data")
    page = requester.open(f"/data/sets/{name}/request")
    today = local_date(dt.datetime.now(dt.UTC))
    page = requester.submit(
        page.form("/request"),
        {
            "fields": [*needed.fields, *extra],
            "usage_basis": "；".join(str(basis) for basis in needed.bases),
            "usage_scenario": "；".join(purpose.zh for purpose in needed.purposes),
            "usage_scope": "办理上述事项时按申请人逐件查询",
            "share_modes": ["api", "prefill"],
            "valid_from": today.isoformat(),
            "valid_until": (today + dt.timedelta(days=365)).isoformat(),
        },
    )
    no = page.url.rstrip("/").rsplit("/", 1)[-1]
    head = bureau.officer(f"{needed.consumer}.approver")
    head.submit(head.open(f"/data/requests/{no}/").form("/consent"))
    approver = bureau.officer(f"{provider}.approver")
    form = approver.open(f"/data/requests/{no}/").form("/approve")
    in_clear = {item.name: "" for item in form.iter("select") if (item.name or "").startswith("mask-")}
    page = approver.submit(form, {"fields": list(needed.fields), **in_clear})
    grants = [link for link in page.links("/data/grants/") if "SQ" in link]
    if not grants:
        raise Unexpected(f"request {no} did not become a grant: {page.text()[:300]}")
    return grants[0].rstrip("/").rsplit("/", 1)[-1]


def register_client(bureau: Bureau, organisation: str) -> tuple[str, str]:
    """Register a calling system of an organisation; return its id and secret as the page shows them, once."""
    officer = bureau.officer(f"{organisation}.data")
    page = officer.submit(officer.open("/data/clients/").form("/register"), {"name": "户籍业务系统"})
    shown = [node.text_content().strip() for node in page.document.xpath("//main//*[contains(@class,'code')]")]
    client_id = next((text for text in shown if text.startswith("zt-")), "")
    secret = next((text for text in shown if len(text) >= 40 and " " not in text), "")
    if not client_id or not secret:
        raise Unexpected(f"no credentials on the page: {page.text()[:300]}")
    return client_id, secret


def call(address: str, credentials: tuple[str, str], path: str) -> httpx.Response:
    """Call the gateway as the system."""
    return httpx.get(f"{address}/gateway/v1/{path}", auth=credentials, timeout=30)


def revoke(bureau: Bureau, provider: str, grant_no: str) -> None:
    """Revoke a grant as the provider."""
    officer = bureau.officer(f"{provider}.approver")
    officer.submit(officer.open(f"/data/grants/{grant_no}/").form("/revoke"), {"reason": "演示：用途已结束"})

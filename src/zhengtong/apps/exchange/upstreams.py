"""Registering a department's own API behind a resource（登记代理接口）: who may, what it says, and the record of it."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.db import transaction

from zhengtong.apps.catalog import actions as catalog_actions
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.models import Upstream
from zhengtong.apps.exchange.serving.upstream import check_address, fetch
from zhengtong.apps.exchange.shapes import UpstreamShape, UpstreamTrial
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused

LEAST_MS, MOST_MS = 100, 30_000
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
OURS = {"host", "content-length", "connection", "accept", "transfer-encoding"}


@transaction.atomic
def register_upstream(
    *,
    resource_code: str,
    address: str,
    key_field: str,
    by: Actor,
    at: dt.datetime,
    row_path: str = "",
    names: Mapping[str, str] | None = None,
    header: tuple[str, str] = ("", ""),
    timeout_seconds: float = 3.0,
    keeps_credential: bool = False,
) -> UpstreamShape:
    """Let a resource's rows be asked of the provider's own API; from now on look-ups pass through to it.

    `address` has `{key}` once; `row_path` names, dot by dot, where in the answer the row stands; `names` maps fields to
    the answer's names where they differ; `header` is a credential that the API wants, kept encrypted and never shown.
    `keeps_credential` leaves the one registered before as it is; refused when the host is another, which it is not for.
    """
    resource = catalog.get_resource(resource_code, by=by)
    catalog.require_permission(by, "resource.register", resource.provider.id, "登记代理接口", "register an API")
    check_address(address)
    if keeps_credential:
        header = kept_credential(resource.id, address)
    check_told(resource.keys, {item.name for item in resource.fields}, key_field, dict(names or {}), header)
    if not LEAST_MS <= timeout_seconds * 1000 <= MOST_MS:
        raise malformed("timeout_seconds", "超时应在 0.1 至 30 秒之间", "The time-out is 0.1 to 30 seconds")
    told = {
        "address": address, "key_field": key_field, "row_path": row_path, "names": dict(names or {}),
        "header_name": header[0], "header_value": header[1], "timeout_ms": round(timeout_seconds * 1000), "is_active": True,
        "registered_at": at,
    }  # fmt: skip
    Upstream.objects.update_or_create(resource_id=resource.id, defaults=told)
    recorded("registered", resource.code, address, by, at, ("登记代理接口", "API registered"))
    found = queries.find_upstream(resource)
    assert found is not None, "it was registered just now"
    return found


def kept_credential(resource_id: int, address: str) -> tuple[str, str]:
    """Return the credential that was registered before; refused when the address now leads to another host."""
    record = Upstream.objects.filter(resource_id=resource_id).first()
    if record is None or not record.header_value:
        return "", ""
    if urlsplit(record.address).netloc != urlsplit(address).netloc:
        raise Refused(
            "exchange.upstream.credential-host",
            "接口换了主机，原来的凭据不能带过去，请重新填写凭据。",
            "The API moved to another host, for which the credential was not given: enter it anew.",
            field="header_value",
        )
    return record.header_name, record.header_value


def try_upstream(*, resource_code: str, key: str, by: Actor, at: dt.datetime) -> UpstreamTrial:
    """Ask the registered API once（试调用）, suspended or not, and tell which fields it filled; no value leaves this door.

    Refused as a call of the gateway would be, naming the hop（502, 503, 504）; either way the trial is on record.
    """
    resource, record = registered(resource_code, by, "试调用代理接口", "try its API")
    names, started = [item.name for item in resource.fields], time.monotonic()
    try:
        row = fetch(queries.upstream_shape(record, resource), key, names)
    except Refused as refused:
        tried(resource.code, refused.code, by, at)
        raise
    tried(resource.code, "found" if row else "absent", by, at)
    filled = tuple(name for name in names if row and row[name] is not None)
    empty = tuple(name for name in names if row and row[name] is None)
    return UpstreamTrial(row is not None, filled, empty, round((time.monotonic() - started) * 1000))


@transaction.atomic
def resume_upstream(*, resource_code: str, by: Actor, at: dt.datetime) -> None:
    """Ask a suspended API again, as it was registered."""
    resource, record = registered(resource_code, by, "恢复代理接口", "resume its API")
    record.is_active = True
    record.save(update_fields=["is_active"])
    recorded("resumed", resource.code, record.address, by, at, ("恢复代理接口", "API resumed"))


def registered(resource_code: str, by: Actor, zh: str, en: str) -> tuple[ResourceShape, Upstream]:
    """Return a resource and the API behind it to its provider's stewards; refused（403, 404）otherwise."""
    resource = catalog.get_resource(resource_code, by=by)
    catalog.require_permission(by, "resource.register", resource.provider.id, zh, en)
    record = Upstream.objects.filter(resource_id=resource.id).first()
    if record is None:
        raise Refused(
            "exchange.upstream.none",
            f"“{resource.title_zh}”没有登记代理接口，请先登记。",
            f"No API is registered behind {resource.title_en}: register one first.",
            status=409,
        )
    return resource, record


def tried(code: str, outcome: str, by: Actor, at: dt.datetime) -> None:
    body = {"resource": code, "outcome": outcome}
    told = {"summary_zh": "试调用代理接口", "summary_en": "API tried"}
    evidence.record(kind="upstream.tried", body=body, by=by, at=at, **told)


@transaction.atomic
def remove_upstream(*, resource_code: str, by: Actor, at: dt.datetime) -> None:
    """Ask the provider's API no longer; the next call is answered from the loaded rows, or refused where there are none."""
    resource = catalog.get_resource(resource_code, by=by)
    catalog.require_permission(by, "resource.register", resource.provider.id, "停用代理接口", "remove an API")
    Upstream.objects.filter(resource_id=resource.id).update(is_active=False)
    recorded("removed", resource.code, "", by, at, ("停用代理接口", "API removed"))


def recorded(verb: str, code: str, address: str, by: Actor, at: dt.datetime, told: tuple[str, str]) -> None:
    body = {"resource": code, "address": address}
    evidence.record(kind=f"upstream.{verb}", body=body, by=by, at=at, summary_zh=told[0], summary_en=told[1])
    catalog_actions.mark_changed()


def check_told(
    keys: tuple[str, ...], fields: set[str], key_field: str, names: dict[str, str], header: tuple[str, str]
) -> None:
    """Refuse a key, a field or a header that cannot be."""
    if key_field not in keys:
        raise malformed("key_field", f"主键应为：{'、'.join(keys)}", f"The key is one of {', '.join(keys)}")
    if not set(names) <= fields:
        raise malformed(
            "names", "对应关系里有该资源没有的数据项", "The names speak of fields the resource does not have"
        )
    name, value = header
    if (name or value) and (not HEADER.fullmatch(name) or name.lower() in OURS or not value.isprintable()):
        raise malformed("header", "凭据的请求头名称或内容不对", "The credential's header is malformed")


def malformed(field: str, zh: str, en: str) -> Refused:
    return Refused("exchange.upstream.malformed", f"{zh}。", f"{en}.", field=field)

"""Registering a department's own API behind a resource（登记代理接口）: who may, what it says, and the record of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from django.db import transaction

from zhengtong.apps.catalog import actions as catalog_actions
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.models import Upstream
from zhengtong.apps.exchange.serving.upstream import check_address
from zhengtong.apps.exchange.shapes import UpstreamShape
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
) -> UpstreamShape:
    """Let a resource's rows be asked of the provider's own API; from now on look-ups pass through to it.

    `address` has `{key}` once; `row_path` names, dot by dot, where in the answer the row stands; `names` maps fields to
    the answer's names where they differ; `header` is a credential that the API wants, kept encrypted and never shown.
    """
    resource = catalog.get_resource(resource_code, by=by)
    catalog.require_permission(by, "resource.register", resource.provider.id, "登记代理接口", "register an API")
    check_address(address)
    check_told(resource.keys, {item.name for item in resource.fields}, key_field, dict(names or {}), header)
    milliseconds = round(timeout_seconds * 1000)
    if not LEAST_MS <= milliseconds <= MOST_MS:
        raise malformed("timeout_seconds", "超时应在 0.1 至 30 秒之间", "The time-out is 0.1 to 30 seconds")
    told = {
        "address": address, "key_field": key_field, "row_path": row_path, "names": dict(names or {}),
        "header_name": header[0], "header_value": header[1], "timeout_ms": milliseconds, "is_active": True,
        "registered_at": at,
    }  # fmt: skip
    Upstream.objects.update_or_create(resource_id=resource.id, defaults=told)
    recorded("registered", resource.code, address, by, at, ("登记代理接口", "API registered"))
    found = queries.find_upstream(resource)
    assert found is not None, "it was registered just now"
    return found


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

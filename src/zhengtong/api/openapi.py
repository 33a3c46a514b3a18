"""The interface described（接口说明）, OpenAPI 3.1, made from the operations and structures: never written by hand."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from zhengtong.api import structures as told
from zhengtong.api.operations import OPERATIONS, Operation
from zhengtong.apps.people.shapes import TOKEN_SCOPES

REFUSALS = {
    400: "请求看不懂 / unreadable",
    401: "没有有效的令牌 / no valid token",
    403: "令牌或岗位不许可 / not permitted",
    404: "没有，或无权查看 / not there, or not to be seen",
    405: "方法不对 / wrong method",
    409: "办件已变化，或状态不许可 / the case moved, or its state does not allow it",
    413: "太大 / too large",
    415: "不是 JSON / not JSON",
    422: "内容有误，逐项说明 / wrong, with each fault by name",
    428: "缺少 If-Match / If-Match is missing",
}
PATH_NAMES = {
    "no": {"type": "string", "pattern": "^[0-9]{20,24}$"},
    "code": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,80}$"},
}


def document(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The interface as OpenAPI 3.1 / 接口说明。"""
    return HttpResponse(
        msgspec.json.format(msgspec.json.encode(described()), indent=1), content_type="application/json"
    )


document.guard = "open"


@cache
def described() -> dict[str, Any]:
    """Return the document."""
    kinds = [told.Problem, *{one.gives for one in OPERATIONS}, *{one.takes for one in OPERATIONS if one.takes}]
    (_, *_), components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(f"/api/v1/{one.path}", {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "政通 Zhengtong：办件接口 / cases",
            "version": "1",
            "description": "办件的申报、受理、办结和查询。/ File, accept, decide and find cases.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": settings.ZHENGTONG_ADDRESS}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "; ".join(map(_scope, TOKEN_SCOPES))}
            },
        },
    }


def _scope(name: str) -> str:
    return f"{name}: {' / '.join(TOKEN_SCOPES[name])}"


def _operation(one: Operation) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "好 / done", "content": _json(one.gives)}
    if one.gives is told.Case:
        answer["headers"] = {"ETag": {"description": "办件版本 / version of the case", "schema": {"type": "string"}}}
    refused = (
        {400, 405, 422, *one.refusals} | (set() if one.is_open else {401, 403}) | ({413, 415} if one.takes else set())
    )
    described_: dict[str, Any] = {
        "operationId": one.name,
        "summary": f"{one.title_zh} / {one.title_en}",
        "description": "所需用途 / scopes: " + (", ".join(one.scopes) or "—"),
        "parameters": _parameters(one),
        "responses": {
            str(one.status): answer,
            **{str(status): {"description": REFUSALS[status], "content": _problem()} for status in sorted(refused)},
            "default": {"description": "平台的错误 / a fault of the platform", "content": _problem()},
        },
        "security": [] if one.is_open else [{"token": []}],
    }
    if one.takes:
        described_["requestBody"] = {"required": bool(one.takes.__struct_fields__), "content": _json(one.takes)}
    return described_


def _parameters(one: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": PATH_NAMES[name]}
        for name in re.findall(r"{(\w+)}", one.path)
    ]
    for parameter in one.parameters:
        found.append(
            {"name": parameter.name, "in": "query", "description": parameter.title, "schema": dict(parameter.schema)}
        )
    if one.takes_version:
        schema = {"type": "string", "pattern": '^"[0-9]{1,9}"$'}
        found.append({"name": "If-Match", "in": "header", "required": one.needs_version, "schema": schema})
    if one.takes_key:
        schema = {"type": "string", "maxLength": 200, "pattern": "^[!-~]*$"}
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema})
    return found


def _json(kind: Any) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{kind.__name__}"}}}


def _problem() -> dict[str, Any]:
    return {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

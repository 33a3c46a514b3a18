"""From a request to an answer（应答）: the token, the scope, what was sent, the operation — and every "no" as a problem.

The one place of this edge that knows HTTP. Anything the platform did not foresee is logged once with the request's number.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from zhengtong.api.operations import OPERATIONS, Call, Operation
from zhengtong.api.structures import Case
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import ANONYMOUS, TOKEN_SCOPES, Actor
from zhengtong.kit import Refused

log = logging.getLogger("zhengtong.api")
encode = msgspec.json.Encoder(decimal_format="string").encode
MOST_BYTES = 40 * 1024 * 1024  # thirty files in base64 are refused one by one, a body beyond this at once
LONGEST_KEY = 200
_VERSION = re.compile(r'(?:W/)?"?(\d{1,9})"?')
_UNSEEN = re.compile(rb"\\u0000|\x00", re.IGNORECASE)
#: kind of JSON Schema → what a query parameter must look like
_INTEGER = re.compile(r"[0-9]{1,9}")


def view_of(path: str) -> Callable[..., HttpResponse]:
    """Return the view of one path: whichever of its operations the method names."""
    operations = {one.method: one for one in OPERATIONS if one.path == path}

    @csrf_exempt
    def answered(request: HttpRequest, **names: str) -> HttpResponse:
        operation = operations.get(request.method or "")
        if operation is None:
            return problem(request, _wrong_method(), {"Allow": ", ".join(sorted(operations))})
        try:
            return _run(operation, request, names)
        except Refused as refused:
            return problem(request, refused)
        except Exception:
            log.exception("request %s %s %s failed", request.number, request.method, request.path)
            return failure(request)

    answered.guard = "open" if all(one.is_open for one in operations.values()) else "token"
    answered.__doc__ = " · ".join(f"{one.method} {one.title_zh} / {one.title_en}" for one in operations.values())
    return answered


@csrf_exempt
def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:  # noqa: ARG001
    """Whatever is not an operation / 没有这个接口。"""
    return problem(request, _unknown())


unknown.guard = "open"


def problem(request: HttpRequest, refused: Refused, headers: dict[str, str] | None = None) -> HttpResponse:
    """Return a refusal as RFC 9457 tells it."""
    body = refused.to_problem(f"urn:zhengtong:request:{request.number}")
    answer = HttpResponse(msgspec.json.encode(body), status=refused.status, content_type="application/problem+json")
    if refused.status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="zhengtong"'
    for name, value in (headers or {}).items():
        answer[name] = value
    return answer


def _run(operation: Operation, request: HttpRequest, names: dict[str, str]) -> HttpResponse:
    at = timezone.now()
    by, scopes = _who(operation, request, at)
    call = Call(
        by=by,
        scopes=scopes,
        at=at,
        path=names,
        query=_query(operation, request),
        body=_body(operation, request),
        version=_version(operation, request),
        key=_key(operation, request),
    )
    said = operation.run(call)
    answer = HttpResponse(encode(said), status=operation.status, content_type="application/json")
    answer["Cache-Control"] = "no-store"
    if isinstance(said, Case):
        answer["ETag"] = f'"{said.version}"'
        if operation.status == 201:
            answer["Location"] = f"{settings.ZHENGTONG_ADDRESS}/api/v1/cases/{said.no}"
    return answer


def _who(operation: Operation, request: HttpRequest, at: Any) -> tuple[Actor, frozenset[str]]:
    given = request.headers.get("Authorization", "")
    if operation.is_open:
        return ANONYMOUS, frozenset()
    kind, _, secret = given.partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise Refused(
            "api.token.missing",
            "请在 Authorization 头中带上访问令牌：Bearer zt_…。",
            "Send an access token in the Authorization header: Bearer zt_….",
            status=401,
        )
    by, scopes = people.get_token_actor(secret.strip(), at=at)
    if not scopes & set(operation.scopes):
        wanted = " / ".join(TOKEN_SCOPES[scope][0] for scope in operation.scopes)
        raise Refused(
            "api.token.scope",
            f"这个令牌不用于此项操作，需要的用途：{wanted}。请另行签发。",
            f"This token is not for that; it needs one of {', '.join(operation.scopes)}. Issue another.",
            status=403,
            facts={"scopes": list(operation.scopes)},
        )
    return by, scopes


def _query(operation: Operation, request: HttpRequest) -> dict[str, str]:
    known = {one.name: one for one in operation.parameters}
    for name in request.GET:
        if name not in known or len(request.GET.getlist(name)) > 1:
            raise _bad_parameter(name, "没有这个参数，或重复给出", "it is not a parameter here, or is given twice")
    found = {name: str(request.GET[name]) for name in known if name in request.GET}
    for name, value in found.items():
        schema = known[name].schema
        if schema["type"] == "integer":
            is_fine = _INTEGER.fullmatch(value) and schema["minimum"] <= int(value) <= schema["maximum"]
        else:
            is_fine = len(value) <= schema["maxLength"] and value.isprintable()
        if not is_fine:
            raise _bad_parameter(name, "取值不对", "its value is not right")
    return found


def _body(operation: Operation, request: HttpRequest) -> Any:
    if operation.takes is None:
        return None
    raw = _raw(request)
    if not raw and not operation.takes.__struct_fields__:
        return operation.takes()
    if (request.content_type or "").lower() != "application/json":
        raise Refused(
            "api.body.type",
            "请以 Content-Type: application/json 发送 JSON。",
            "Send JSON with Content-Type: application/json.",
            status=415,
        )
    try:
        return msgspec.json.decode(raw, type=operation.takes)
    except msgspec.ValidationError as fault:
        raise Refused(
            "api.body.invalid",
            f"请求内容与接口说明不符：{fault}。请对照 /api/v1/openapi.json。",
            f"The body is not as the interface describes it: {fault}. See /api/v1/openapi.json.",
            facts={"fault": str(fault)},
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused(
            "api.body.unreadable",
            "请求内容不是有效的 JSON（UTF-8）。请检查后重发。",
            "The body is not JSON in UTF-8. Check it and send it again.",
            status=400,
        ) from None


def _raw(request: HttpRequest) -> bytes:
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not size.isdigit() or int(size) > MOST_BYTES:
        raise Refused(
            "api.body.too-large",
            f"请求内容超过 {MOST_BYTES // 2**20} MB。请减少文件，或在网页上传。",
            f"The body is larger than {MOST_BYTES // 2**20} MB. Send fewer files, or upload them on the pages.",
            status=413,
        )
    raw = request.read(MOST_BYTES)
    if _UNSEEN.search(raw):
        raise Refused(
            "api.body.unreadable",
            "请求内容含有不可见的控制字符 NUL。请去掉后重发。",
            "The body carries the control character NUL. Remove it and send it again.",
            status=400,
        )
    return raw


def _version(operation: Operation, request: HttpRequest) -> int | None:
    given = request.headers.get("If-Match", "").strip() if operation.takes_version else ""
    if not given and operation.needs_version:
        raise Refused(
            "api.version.missing",
            "请用 If-Match 说明您看到的是办件的第几版（ETag 的值），以免覆盖同事刚作的决定。",
            "Say in If-Match which version of the case you saw (its ETag), lest you decide over a colleague.",
            status=428,
        )
    found = _VERSION.fullmatch(given)
    if given and not found:
        raise Refused(
            "api.version.invalid",
            'If-Match 应为办件 ETag 的值，例如 "3"。',
            'If-Match is the ETag of a case, such as "3".',
            status=422,
        )
    return int(found[1]) if found else None


def _key(operation: Operation, request: HttpRequest) -> str:
    given = request.headers.get("Idempotency-Key", "").strip() if operation.takes_key else ""
    if len(given) > LONGEST_KEY or not given.isprintable():
        raise Refused(
            "api.key.invalid",
            f"Idempotency-Key 最多 {LONGEST_KEY} 个可见字符。请换一个。",
            f"An Idempotency-Key has at most {LONGEST_KEY} visible characters. Take another.",
        )
    return given


def _bad_parameter(name: str, zh: str, en: str) -> Refused:
    return Refused(
        "api.query.invalid",
        f"查询参数“{name[:40]}”有误：{zh}。请对照 /api/v1/openapi.json。",
        f"The query parameter {name[:40]!r} is wrong: {en}. See /api/v1/openapi.json.",
        field=name[:40],
    )


def _wrong_method() -> Refused:
    return Refused(
        "api.method.unknown",
        "这个地址不接受该方法。可用的方法见 Allow 头。",
        "This address does not take that method. See the Allow header.",
        status=405,
    )


def _unknown() -> Refused:
    return Refused(
        "api.operation.unknown",
        "没有这个接口。接口说明在 /api/v1/openapi.json。",
        "There is no such operation. See /api/v1/openapi.json.",
        status=404,
    )


def failure(request: HttpRequest) -> HttpResponse:
    """Return 500 with the number under which the bug was logged, and nothing of the bug."""
    body = {
        "type": "urn:zhengtong:failure",
        "title": "接口内部错误，已记录。请凭编号联系平台运维。",
        "detail": "The interface failed and logged it: quote the number to the platform's operators.",
        "status": 500,
        "code": "api.failure",
        "instance": f"urn:zhengtong:request:{request.number}",
    }
    return HttpResponse(msgspec.json.encode(body), status=500, content_type="application/problem+json")

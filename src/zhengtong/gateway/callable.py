"""The WSGI callable（PEP 3333）: authenticate, read through the grant, answer; nothing of Django's request cycle."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from zhengtong.apps.exchange import actions
from zhengtong.apps.exchange.actions import Caller, Gate, Read
from zhengtong.gateway.answers import Reply, StartResponse
from zhengtong.gateway.callers import identify
from zhengtong.gateway.calls import JOBS, PREFIX, GatewayCall, read_body, read_call
from zhengtong.gateway.filters import cursor_of, filters_of, keys_of, limit_of, one_key
from zhengtong.gateway.openapi import description
from zhengtong.gateway.signatures import claimed_algorithm, list_keys
from zhengtong.kit import Refused

log = logging.getLogger("zhengtong.gateway")
KEYS, DESCRIPTION = f"{PREFIX}keys", f"{PREFIX}openapi.json"
ACCEPTED = 202


def gateway(environ: dict, start_response: StartResponse) -> Iterable[bytes]:
    """Answer one call; the record of the read is durable before the answer leaves."""
    reply = Reply(start_response, secrets.token_hex(8))
    try:
        if environ["PATH_INFO"] == KEYS:
            return reply.answer({"keys": list_keys()})
        if environ["PATH_INFO"] == DESCRIPTION:
            return reply.answer(description())
        content = read_body(environ)
        call = read_call(environ, content)
        reply.digest, reply.algorithm = call.digest, claimed_algorithm(environ)
        gate = actions.gate()
        pages = gate.book.pages()
        known = identify(gate, pages, environ, content, call.digest)
        caller = Caller(known.client, pages, call.officer, call.case_no, call.digest, call.represents)
        if call.way == "job":
            return job(reply, caller, call)
        return reply.answer(WAYS[call.way](gate, caller, call), ACCEPTED if call.way == "export" else 200)
    except Refused as refused:
        return reply.problem(refused)
    except DatabaseError:
        log.exception("gateway call %s: the database did not answer", reply.request_id)
        close_old_connections()
        return reply.problem(unavailable())
    except Exception:
        log.exception("gateway call %s failed", reply.request_id)
        return reply.failure()


def look_up(gate: Gate, caller: Caller, call: GatewayCall) -> dict[str, Any]:
    """Answer `GET /gateway/v1/{resource}/{key}?by=&fields=&case=`."""
    return one_row(gate, caller, call, call.key)


def posted_look_up(gate: Gate, caller: Caller, call: GatewayCall) -> dict[str, Any]:
    """Answer `POST …/look-up` with one row, its key in the body, so that no log of addresses has it."""
    return one_row(gate, caller, call, one_key(call.body))


def one_row(gate: Gate, caller: Caller, call: GatewayCall, key: str) -> dict[str, Any]:
    read = gate.look_up(caller, call.resource, call.key_field, key, call.fields)
    row = read.rows[0]
    return {"found": row is not None, "values": row or {}, **told(call, read)}


def page(gate: Gate, caller: Caller, call: GatewayCall) -> dict[str, Any]:
    """Answer `GET /gateway/v1/{resource}?field=value&limit=&after=`: rows, exact total, and where the next page begins."""
    return one_page(gate, caller, call, call.asked)


def posted_page(gate: Gate, caller: Caller, call: GatewayCall) -> dict[str, Any]:
    """Answer `POST …/query` with a page, its conditions in the body as `filters`, beside limit and after."""
    return one_page(gate, caller, call, {**conditions_of(call), **paging_of(call)})


def one_page(gate: Gate, caller: Caller, call: GatewayCall, asked: dict[str, str]) -> dict[str, Any]:
    read = gate.page(caller, call.resource, filters_of(asked), cursor_of(asked), limit_of(asked), call.fields)
    return {"rows": read.rows, "total": read.total, "after": read.after, **told(call, read)}


def verify(gate: Gate, caller: Caller, call: GatewayCall) -> dict[str, Any]:
    """Answer `POST …/verify` with `same`, `different` or `absent` for each claimed field."""
    claims = call.body.get("values")
    if not isinstance(claims, dict):
        raise Refused(
            "gateway.call.values", "values 应为数据项到值的对象。", "`values` maps fields to values.", field="values"
        )
    read = gate.verify(caller, call.resource, call.key_field, one_key(call.body), claims)
    return {"result": read.rows[0], **told(call, read)}


def batch(gate: Gate, caller: Caller, call: GatewayCall) -> dict[str, Any]:
    """Answer `POST …/batch` with one result for each key, in their order."""
    read = gate.look_up_many(caller, call.resource, call.key_field, keys_of(call.body), call.fields)
    return {"results": [{"found": row is not None, "values": row or {}} for row in read.rows], **told(call, read)}


def export(_gate: Gate, caller: Caller, call: GatewayCall) -> dict[str, Any]:
    """Answer `POST …/export` with the job that will make the file."""
    asked = actions.request_export(
        caller=caller,
        resource=call.resource,
        filters=filters_of(conditions_of(call)),
        fields=call.fields,
        form=call.text("format") or "csv",
        at=timezone.now(),
    )
    return job_told(asked)


def conditions_of(call: GatewayCall) -> dict[str, str]:
    """Return the conditions of a body."""
    conditions = call.body.get("filters", {})
    if not isinstance(conditions, dict) or not all(isinstance(value, str) for value in conditions.values()):
        raise Refused(
            "gateway.call.filters",
            "filters 应为条件到文字值的对象。",
            "`filters` maps conditions to text.",
            field="filters",
        )
    return conditions


def paging_of(call: GatewayCall) -> dict[str, str]:
    """Return limit and after of a body, as numbers or text."""
    told = {name: call.body[name] for name in ("limit", "after") if call.body.get(name) is not None}
    return {name: str(value) for name, value in told.items()}


def job(reply: Reply, caller: Caller, call: GatewayCall) -> Iterable[bytes]:
    """Answer `GET /gateway/v1/jobs/{id}` with how far it is, and `…/file` with the file itself."""
    job_id, _, rest = call.key.partition("/")
    found = actions.get_export(job_id, caller.client.client_id, timezone.now())
    if rest != "file":
        return reply.answer(job_told(found))
    if not found.path or not Path(found.path).exists():
        raise Refused(
            "gateway.export.not-there",
            "文件还没有做好、没有做成或已过期。请看任务状态。",
            "The file is not ready, could not be made, or has expired: see the job's status.",
            status=404,
        )
    return reply.file(Path(found.path), actions.EXPORT_TYPES[found.form], found.sha256)


def job_told(found: Any) -> dict[str, Any]:
    address = f"{PREFIX}{JOBS}/{found.id}"
    return {
        "job": found.id,
        "status": found.status,
        "progress": found.progress,
        "address": address,
        "file": f"{address}/file" if found.path else None,
        "format": found.form,
        "fields": found.fields,
        "rows": found.rows,
        "bytes": found.bytes,
        "sha256": found.sha256,
        "receipt": found.receipt_no,
        "problem": {"zh": found.problem_zh, "en": found.problem_en} if found.problem_zh else None,
        "expires_at": found.expires_at,
    }


def told(call: GatewayCall, read: Read) -> dict[str, Any]:
    """Return what every answer says of where its data are from and under which right they were read."""
    return {
        "resource": call.resource,
        "provider": read.grant.resource.provider.name_zh,
        "grant": read.grant.no,
        "receipt": read.receipt_no,
        "retrieved_at": read.retrieved_at,
    }


def unavailable() -> Refused:
    return Refused(
        "gateway.database.unavailable",
        "暂时无法核对授权，所以没有提供数据。请稍后再试。",
        "The grant cannot be checked now, so no data were given. Try again later.",
        status=503,
    )


WAYS: dict[str, Callable[[Gate, Caller, GatewayCall], dict[str, Any]]] = {
    "look-up": look_up,
    "posted look-up": posted_look_up,
    "posted page": posted_page,
    "page": page,
    "verify": verify,
    "batch": batch,
    "export": export,
}

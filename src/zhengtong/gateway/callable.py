"""The WSGI callable（PEP 3333）: authenticate, read through the grant, answer; nothing of Django's request cycle."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable

from django.db import close_old_connections
from django.utils import timezone

from zhengtong.apps.exchange import actions, queries
from zhengtong.apps.people.shapes import Actor
from zhengtong.gateway.answers import StartResponse, answer, failure, problem
from zhengtong.gateway.calls import GatewayCall, read_call
from zhengtong.kit import Refused

log = logging.getLogger("zhengtong.gateway")


def gateway(environ: dict, start_response: StartResponse) -> Iterable[bytes]:
    """Answer one call; the record of the read is durable before the answer leaves."""
    request_id = uuid.uuid4().hex[:16]
    close_old_connections()
    try:
        return answer(start_response, look_up(read_call(environ)), request_id)
    except Refused as refused:
        return problem(start_response, refused, request_id)
    except Exception:
        log.exception("gateway call %s failed", request_id)
        return failure(start_response, request_id)
    finally:
        close_old_connections()


def look_up(call: GatewayCall) -> dict:
    """Return the granted fields of one row for the calling organisation."""
    client = queries.authenticate_client(call.client_id, call.secret)
    label = f"{client.name}（{call.officer}）" if call.officer else client.name
    by = Actor(kind="client", label=label[:80], organisation=client.organisation)
    key_field = call.key_field or queries.first_key_of(call.resource)
    found = actions.read(
        consumer=client.organisation,
        resource_code=call.resource,
        key={key_field: call.key},
        fields=call.fields or None,
        mode="api",
        case_no=call.case_no,
        by=by,
        at=timezone.now(),
    )
    return {
        "found": found.found,
        "values": found.values,
        "resource": call.resource,
        "provider": found.provider_zh,
        "grant": found.grant_no,
        "receipt": found.receipt_no,
        "retrieved_at": found.retrieved_at,
    }

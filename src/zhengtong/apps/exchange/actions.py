"""Doors for changing: ask for data, consent, decide, revoke — and the one door every read passes."""

from zhengtong.apps.exchange.backflow import approve_backflow, request_backflow
from zhengtong.apps.exchange.clients import register_client, rotate_client, set_client_certificate, set_client_key
from zhengtong.apps.exchange.computing import Computation, masked_as, open_computation
from zhengtong.apps.exchange.ending import resume_grant, revoke_grant, suspend_grant
from zhengtong.apps.exchange.exporting import FORMS as EXPORT_TYPES
from zhengtong.apps.exchange.exporting import get_export, request_export, trace_export
from zhengtong.apps.exchange.extending import ask_extension, grant_extension, recount_reply, refuse_extension
from zhengtong.apps.exchange.noting import next_no
from zhengtong.apps.exchange.reading import read
from zhengtong.apps.exchange.requesting import (
    approve_request,
    ask_request_supplement,
    consent_internally,
    reject_request,
    request_share,
    supplement_request,
    withdraw_request,
)
from zhengtong.apps.exchange.serving.book import Pages, client_of, client_with_certificate
from zhengtong.apps.exchange.serving.reads import Caller, Gate, gate
from zhengtong.apps.exchange.shapes import ClientKeys
from zhengtong.apps.exchange.shapes import ServedRead as Read
from zhengtong.apps.exchange.upstreams import register_upstream, remove_upstream, resume_upstream, try_upstream

__all__ = [
    "EXPORT_TYPES",
    "get_export",
    "request_export",
    "Caller",
    "ClientKeys",
    "Computation",
    "Gate",
    "Pages",
    "Read",
    "gate",
    "approve_backflow",
    "approve_request",
    "ask_extension",
    "ask_request_supplement",
    "client_of",
    "client_with_certificate",
    "consent_internally",
    "grant_extension",
    "masked_as",
    "next_no",
    "open_computation",
    "read",
    "recount_reply",
    "refuse_extension",
    "register_client",
    "register_upstream",
    "remove_upstream",
    "reject_request",
    "request_backflow",
    "request_share",
    "resume_grant",
    "resume_upstream",
    "revoke_grant",
    "rotate_client",
    "set_client_certificate",
    "set_client_key",
    "supplement_request",
    "suspend_grant",
    "trace_export",
    "try_upstream",
    "withdraw_request",
]

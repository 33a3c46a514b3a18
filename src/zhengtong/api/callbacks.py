"""What providers call back with（回调）: reports on messages, payments and parcels. The signature is the only key.

Beside `/api/v1`: no token, no session, the raw body as it was signed. Every "no" is the same problem document; anything else is
a bug that rises, and the provider calls again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from zhengtong.api.answering import problem
from zhengtong.apps.arrangements import actions as arrangements
from zhengtong.apps.channels import actions as channels
from zhengtong.kit import Refused
from zhengtong.kit.signing import HEADER

app_name = "callbacks"
MOST_BYTES = 64 * 1024
Hear = Callable[[str, bytes, str, dt.datetime], str]


def _message(name: str, content: bytes, signature: str, at: dt.datetime) -> str:
    return channels.record_report(channel=name, content=content, signature=signature, at=at)


def _payment(name: str, content: bytes, signature: str, at: dt.datetime) -> str:
    return arrangements.record_payment_callback(provider=name, content=content, signature=signature, at=at).state


def _parcel(name: str, content: bytes, signature: str, at: dt.datetime) -> str:
    return arrangements.record_tracking(provider=name, content=content, signature=signature, at=at).state


def _view_of(hear: Hear, title: str) -> Callable[..., HttpResponse]:
    """Return the view of one kind of callback: signed POST in, `{"state": …}` out, as often as it is sent."""

    @csrf_exempt
    def heard(request: HttpRequest, name: str) -> HttpResponse:
        try:
            if request.method != "POST":
                raise _wrong_method()
            content = request.read(MOST_BYTES + 1)
            if len(content) > MOST_BYTES:
                raise _too_large()
            return JsonResponse({"state": hear(name, content, request.headers.get(HEADER, ""), timezone.now())})
        except Refused as refused:
            return problem(request, refused)

    heard.guard = "open"
    heard.__doc__ = title
    return heard


def _wrong_method() -> Refused:
    return Refused(
        "api.callback.method",
        "回调只接受 POST。",
        "A callback is a POST.",
        status=405,
    )


def _too_large() -> Refused:
    return Refused(
        "api.callback.too-large",
        "回调内容超过 64 KB。",
        "The callback is larger than 64 KB.",
        status=413,
    )


urlpatterns = [
    path("messages/<str:name>", _view_of(_message, "消息送达回报 / report on a message"), name="message"),
    path("payments/<str:name>", _view_of(_payment, "支付回调 / callback of a payment"), name="payment"),
    path("parcels/<str:name>", _view_of(_parcel, "物流回报 / report on a parcel"), name="parcel"),
]

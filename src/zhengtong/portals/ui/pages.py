"""How a view answers（页面应答）: one frozen context, one template, one clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers

from zhengtong.apps.people.shapes import Actor

View = Callable[..., HttpResponse]
NIL = UUID(int=0)


class SeeOther(HttpResponseRedirect):
    """303: what a form answers after it was taken."""

    status_code = 303


def page(request: HttpRequest, template: str, context: Any, status: int = 200) -> HttpResponse:
    """Return the template filled with exactly the fields of a frozen context."""
    if not (is_dataclass(context) and context.__dataclass_params__.frozen):
        raise TypeError(f"{template}: the context of a page is a frozen dataclass")
    shown = {field.name: getattr(context, field.name) for field in fields(context)}
    response = render(request, template, shown, status=status)
    patch_vary_headers(response, ["HX-Request", "Accept-Language"])
    if getattr(request, "actor", None) is not None and request.user.is_authenticated:
        patch_cache_control(response, private=True, no_store=True)
    return response


def clock(request: HttpRequest) -> datetime:
    """Return the moment this request happens at: the clock handed to every action."""
    return getattr(request, "now", None) or timezone.now()


def whole_number(typed: str, default: int = 0) -> int:
    """Return the whole number a query or a hidden field carries; the default when it is none, or longer than any real one."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else default


def record_id(typed: str) -> UUID:
    """Return the id a form carries; the nil id, which no record has, when it is none."""
    try:
        return UUID(typed)
    except ValueError:
        return NIL


def is_fragment(request: HttpRequest) -> bool:
    """Return whether htmx asks for a part of the page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") != "full"


def say(request: HttpRequest, words: str) -> None:
    """Show a sentence on the next page."""
    messages.success(request, words)


def with_query(url: str, **query: Any) -> str:
    """Return the address with the non-empty query values."""
    kept = {key: value for key, value in query.items() if value not in ("", None)}
    return f"{url}?{urlencode(kept)}" if kept else url


def signed_in(view: View) -> View:
    """Let only signed-in people through; others sign in first and come back to the same page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor: Actor = request.actor
        if actor.kind == "anonymous":
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        return view(request, *args, **kwargs)

    guarded.guard = "signed-in"  # type: ignore[attr-defined]
    return guarded


def open_to_all(view: View) -> View:
    """Say that a page needs no sign-in, so that a test can tell it from a forgotten guard."""
    view.guard = "open"  # type: ignore[attr-defined]
    return view

"""What was typed when the session had run out（过期不丢）: kept in the new session, encrypted, and shown again after sign-in."""

from __future__ import annotations

import json
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from zhengtong.apps.people import keys
from zhengtong.portals.ui.pages import View

MAX_KEPT_BYTES = 32 * 1024


def keeps_unsaved(view: View) -> View:
    """Keep a posted form whose sender must sign in first; forget it once it was shown or saved."""

    @wraps(view)
    def kept_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and request.actor.kind == "anonymous":
            _keep(request)
        return view(request, *args, **kwargs)

    return kept_view


def kept(request: HttpRequest) -> QueryDict | None:
    """Return, once, what was typed on this page before signing in again; None when nothing was."""
    stored = request.session.pop(_name(request), None)
    if stored is None:
        return None
    found = QueryDict(mutable=True)
    for name, values in json.loads(keys.decrypt(stored, _name(request))).items():
        found.setlist(name, values)
    return found


def _keep(request: HttpRequest) -> None:
    typed = {name: values for name, values in request.POST.lists() if name not in ("csrfmiddlewaretoken", "version")}
    text = json.dumps(typed, ensure_ascii=False)
    if len(text.encode()) <= MAX_KEPT_BYTES:
        request.session[_name(request)] = keys.encrypt(text, _name(request))


def _name(request: HttpRequest) -> str:
    return f"kept:{request.path}"

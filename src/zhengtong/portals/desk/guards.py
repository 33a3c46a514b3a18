"""Who may enter the desk（准入）: officers with a post; what they may see and do is decided in the queries and actions."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from zhengtong.kit import Refused
from zhengtong.portals.ui.pages import View


def officer(view: View) -> View:
    """Let officers through; anonymous people sign in, everybody else is refused."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = request.actor
        if actor.kind == "anonymous":
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if actor.organisation is None:
            raise Refused(
                "portal.desk.not-an-officer",
                "工作台只对有岗位的工作人员开放。请用工作账户登录，或请管理员为您设置岗位。",
                "The desk is open to officers with a post only. Sign in with your work account, or ask for a post.",
                status=403,
            )
        return view(request, *args, **kwargs)

    guarded.guard = "officer"  # type: ignore[attr-defined]
    return guarded

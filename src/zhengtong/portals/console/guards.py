"""Who may enter（准入）: officers with a post; who may simulate is decided by the room of policies."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from zhengtong.kit import Refused
from zhengtong.portals.ui.pages import View, signed_in


def officer(view: View) -> View:
    """Let officers through; anonymous people sign in and come back, everybody else is refused."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor.organisation is None:
            raise Refused(
                "portal.console.not-an-officer",
                "这里只对有岗位的工作人员开放。请用工作账户登录，或请安全管理员为您设置岗位。",
                "This is open to officers with a post only. Sign in with your work account, or ask for a post.",
                status=403,
            )
        return view(request, *args, **kwargs)

    entered = signed_in(guarded)
    entered.guard = "officer"  # type: ignore[attr-defined]
    return entered

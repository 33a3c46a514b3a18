"""How one signs in（登录）: by user name or mobile number and password, with a second factor where it is asked for.

allauth runs the pages and the one-time codes, axes the lock-out; here is what they ask about this platform.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from zhengtong.apps.people.keys import normalise_username
from zhengtong.apps.people.queries.acting import is_second_factor_required
from zhengtong.apps.people.queries.subjects import find_account_record

Handler = Callable[[HttpRequest], HttpResponse]
IDLE_SECONDS = 30 * 60
SEEN_EVERY_SECONDS = 60
SEEN, SECOND_FACTOR = "seen_at", "second_factor_of"


class AccountAdapter(DefaultAccountAdapter):
    """allauth's questions, answered for this platform."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Return False: an account is opened by an action, after the identity was checked（实名）."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where one lands: officers at `ZHENGTONG_OFFICER_HOME`, where it is set, others as allauth has it."""
        desk = getattr(settings, "ZHENGTONG_OFFICER_HOME", "")
        if desk and is_second_factor_required(request.user):
            return desk
        return super().get_login_redirect_url(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Return the account of a user name or mobile number and its password, or None."""
        if credentials.get("username"):
            credentials["username"] = to_username(credentials["username"])
        return super().authenticate(request, **credentials)

    def set_password(self, user: Any, password: str) -> None:
        """Store a new password, and when."""
        user.password_set_at = timezone.now()
        super().set_password(user, password)


def to_username(typed: str) -> str:
    """Return the user name behind what was typed; what is unknown comes back as typed, in small letters."""
    account = find_account_record(typed)
    return account.username if account else normalise_username(typed)


def lockout_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Return the name failures are counted under: one for an account, whichever way it is typed.

    Otherwise user name and mobile number would each have their own five tries.
    """
    given = credentials or request.POST
    return to_username(str(given.get("username") or given.get("login") or ""))[:255]


class IdleLimitMiddleware:
    """End a session after `ZHENGTONG_SESSION_IDLE_SECONDS` without a request（登录连接超时自动退出）."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.limit = getattr(settings, "ZHENGTONG_SESSION_IDLE_SECONDS", IDLE_SECONDS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the page, to a stranger when the session had idled too long."""
        if request.user.is_authenticated:
            now = time.time()
            seen_at = request.session.get(SEEN, now)
            if now - seen_at > self.limit:
                logout(request)
            elif SEEN not in request.session or now - seen_at > min(SEEN_EVERY_SECONDS, self.limit / 2):
                request.session[SEEN] = now
        return self.get_response(request)


class SecondFactorMiddleware:
    """Send officers and administrators to set up their one-time codes first, where `ZHENGTONG_REQUIRE_MFA` is on."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the page, or the way to the set-up."""
        if settings.ZHENGTONG_REQUIRE_MFA and request.user.is_authenticated and _lacks_second_factor(request):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return self.get_response(request)


def _lacks_second_factor(request: HttpRequest) -> bool:
    """Return whether the account must set one up; what was found to be in place is kept for the session."""
    if request.session.get(SECOND_FACTOR) == request.user.pk or "/accounts/" in request.path:
        return False
    if not is_second_factor_required(request.user):
        return False
    if is_mfa_enabled(request.user):
        request.session[SECOND_FACTOR] = request.user.pk
        return False
    return True

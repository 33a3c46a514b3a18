"""The edge of the site（出入口）: each request gets a number and an actor; each Refused becomes a page or a problem."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused
from zhengtong.portals.ui import errors

Handler = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("zhengtong.edge")
PROGRAMS = ("/api/", "/callbacks/")
CALLERS_NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}")


class CorrelationMiddleware:
    """Give each request a number that its log lines, its error page and its answer carry.

    A caller's own number is kept when it looks like one: it joins the two sides' logs.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request.number = given if CALLERS_NUMBER.fullmatch(given) else uuid.uuid4().hex[:12].upper()
        response = self.get_response(request)
        response["X-Request-Id"] = request.number
        return response


class ProgramsMiddleware:
    """Answer programs (the interface, callbacks) here, before anything that serves people: no session, language, form token or actor.

    What they ask is found among the same addresses; whatever is none of theirs goes on to the pages.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PROGRAMS):
            return self.get_response(request)
        try:
            found = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.get_host()  # refuses a host that is not ours
        with translation.override(settings.LANGUAGE_CODE):
            response = find_unreadable(request, request.GET) or answer_program(request, found)
        response["Content-Length"] = str(len(response.content))
        return response


def answer_program(request: HttpRequest, found: ResolverMatch) -> HttpResponse:
    """Return what the view of an interface answers; what it did not foresee is logged with the request's number."""
    try:
        return found.func(request, *found.args, **found.kwargs)
    except Exception as exception:
        log_failure(request, exception)
        raise


class PlainTextMiddleware:
    """Refuse（400）an address or a form with a NUL in it: nobody can type one, and no text column can hold one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        return find_unreadable(request, request.GET, request.POST)


def find_unreadable(request: HttpRequest, *forms: QueryDict) -> HttpResponse | None:
    """Return the answer to an address or forms with a NUL in them, None when there is none."""
    texts = (text for form in forms for name, values in form.lists() for text in (name, *values))
    if "\0" not in request.path and not any("\0" in text for text in texts):
        return None
    refused = Refused(
        "site.request.unreadable",
        "请求里有不可见的控制字符，看不懂。请从首页重新进入，再填一次。",
        "The request carries invisible control characters. Start again from the home page and retype it.",
        status=400,
    )
    return refusal_answer(request, refused)


class ActorMiddleware:
    """Say who acts: the signed-in account in the organisation or for the person it chose, or nobody."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request))
        return self.get_response(request)


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor the session chose; a post or mandate that has ended is forgotten, and the person is themself."""
    chosen = {name: request.session.get(name) for name in ("organisation_id", "acting_for")}
    try:
        return people.get_actor(request.user, **chosen, at=timezone.now())
    except Refused:
        for name in chosen:
            request.session.pop(name, None)
        return people.get_actor(request.user, at=timezone.now())


class RefusalMiddleware:
    """Answer a Refused in the form its asker reads; anything else is a bug, logged once with the request's number."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return refusal_answer(request, exception)
        log_failure(request, exception)
        return None


def log_failure(request: HttpRequest, exception: Exception) -> None:
    """Log a bug with the number its caller was told."""
    log.error("request %s %s %s failed", request.number, request.method, request.path, exc_info=exception)


def refusal_answer(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Return the refusal as RFC 9457 JSON to machines, as a page or fragment to people."""
    if "application/json" in request.headers.get("Accept", "") or request.path.startswith(PROGRAMS):
        body = refused.to_problem(instance=f"urn:zhengtong:request:{request.number}")
        return JsonResponse(body, status=refused.status, content_type="application/problem+json")
    return errors.refused_page(request, refused)

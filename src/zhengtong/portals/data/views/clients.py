"""Calling systems（应用与密钥）: a secret is shown once, on the first page after it was made."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.apps.exchange import actions, queries
from zhengtong.apps.people import keys
from zhengtong.apps.people import queries as people
from zhengtong.kit import Refused
from zhengtong.portals.data.contexts import ClientsContext, Entered, Faults, FreshSecret
from zhengtong.portals.data.forms import ELSEWHERE, NOTHING, entered_of, faults_of
from zhengtong.portals.data.guards import officer
from zhengtong.portals.data.rails import rail_of
from zhengtong.portals.ui.pages import SeeOther, clock, page, say

FRESH = "data-fresh-secret"
MOST_PEM = 16_000
SEALED = "portals.data.fresh-secret"


@officer
def clients(request: HttpRequest) -> HttpResponse:
    """Show my organisation's calling systems, and a fresh secret if one was just made."""
    return shown(request)


def shown(request: HttpRequest, faults: Faults = (), entered: Entered = NOTHING, status: int = 200) -> HttpResponse:
    by = request.actor
    context = ClientsContext(
        rail=rail_of(request, "clients"),
        clients=tuple(queries.list_clients(by)),
        may_register=people.can_(by, "share.request", by.organisation.id),
        fresh=pop_fresh(request),
        faults=faults,
        entered=entered,
    )
    return page(request, "data/clients.html", context, status=status)


@officer
@require_POST
def register(request: HttpRequest) -> HttpResponse:
    """Register a calling system."""
    name = request.POST.get("name", "")[:120]
    own = request.actor.organisation.id
    try:
        made, secret = actions.register_client(organisation_id=own, name=name, by=request.actor, at=clock(request))
    except Refused as refused:
        if refused.status in ELSEWHERE:
            raise
        return shown(request, faults_of(refused), entered_of(request), refused.status)
    keep_fresh(request, made.client_id, secret)
    say(request, _("应用已登记。"))
    return SeeOther(reverse("data:clients"))


@officer
@require_POST
def rotate(request: HttpRequest, client_id: str) -> HttpResponse:
    """Replace a calling system's secret."""
    secret = actions.rotate_client(client_id=client_id, by=request.actor, at=clock(request))
    keep_fresh(request, client_id, secret)
    say(request, _("密钥已更换，旧密钥立即失效。"))
    return SeeOther(reverse("data:clients"))


@officer
@require_POST
def set_key(request: HttpRequest, client_id: str) -> HttpResponse:
    """Register the key a calling system signs with, or remove it."""
    typed = request.POST.get("public_key", "")[:200]
    try:
        actions.set_client_key(client_id=client_id, public_key=typed, by=request.actor, at=clock(request))
    except Refused as refused:
        if refused.status in ELSEWHERE:
            raise
        return shown(request, faults_of(refused), entered_of(request), refused.status)
    say(request, _("公钥已登记，从现在起调用须签名。") if typed.strip() else _("公钥已取消，调用改用密钥。"))
    return SeeOther(reverse("data:clients"))


@officer
@require_POST
def set_certificate(request: HttpRequest, client_id: str) -> HttpResponse:
    """Register the certificate a calling system shows, or remove it."""
    typed = request.POST.get("certificate", "")[:MOST_PEM]
    try:
        actions.set_client_certificate(client_id=client_id, certificate=typed, by=request.actor, at=clock(request))
    except Refused as refused:
        if refused.status in ELSEWHERE:
            raise
        return shown(request, faults_of(refused), entered_of(request), refused.status)
    say(request, _("证书已登记，从现在起调用须带这张证书。") if typed.strip() else _("证书已取消。"))
    return SeeOther(reverse("data:clients"))


def keep_fresh(request: HttpRequest, client_id: str, secret: str) -> None:
    """Keep the secret, sealed, until the next page shows it."""
    request.session[FRESH] = keys.encrypt(f"{client_id}:{secret}", SEALED)


def pop_fresh(request: HttpRequest) -> FreshSecret | None:
    sealed = request.session.pop(FRESH, "")
    if not sealed:
        return None
    client_id, _colon, secret = keys.decrypt(sealed, SEALED).partition(":")
    return FreshSecret(client_id, secret)

"""A department's own API behind a resource（代理接口）: register it, try it, suspend it, let it serve again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.exchange import actions
from zhengtong.kit import Refused
from zhengtong.portals.data.forms import ELSEWHERE, entered_of, faults_of
from zhengtong.portals.data.guards import officer
from zhengtong.portals.data.views.dataset import shown, taken
from zhengtong.portals.ui.pages import clock

TAB = "upstream"


@officer
@require_POST
def register(request: HttpRequest, name: str) -> HttpResponse:
    """Register the API, or register it anew; a credential left empty stays as it was."""
    posted = request.POST

    def act(resource: ResourceShape) -> object:
        catalog.require_permission(
            request.actor, "resource.register", resource.provider.id, "登记代理接口", "register an API"
        )
        value = posted.get("header_value", "")[:1000]
        return actions.register_upstream(
            resource_code=resource.code,
            address=posted.get("address", "").strip()[:500],
            key_field=posted.get("key_field", "")[:64],
            row_path=posted.get("row_path", "").strip()[:200],
            names=read_names(posted.get("names", "")),
            header=(posted.get("header_name", "").strip()[:64], value),
            keeps_credential=not value and bool(posted.get("keeps_credential")),
            timeout_seconds=read_seconds(posted.get("timeout_seconds", "")),
            by=request.actor,
            at=clock(request),
        )

    return taken(request, name, act, _("已登记，从现在起查询转到该接口。请试调用一次。"), tab=TAB)


@officer
@require_POST
def attempt(request: HttpRequest, name: str) -> HttpResponse:
    """Ask the API once and show which fields it filled."""
    resource = catalog.get_resource(name, by=request.actor)
    key, faults, status, trial = request.POST.get("key", "")[:200], (), 200, None
    try:
        trial = actions.try_upstream(resource_code=resource.code, key=key, by=request.actor, at=clock(request))
    except Refused as refused:
        if refused.status in ELSEWHERE:
            raise
        faults, status = faults_of(refused), refused.status
    return shown(request, resource, faults, entered_of(request), status, tab=TAB, trial=trial)


@officer
@require_POST
def suspend(request: HttpRequest, name: str) -> HttpResponse:
    """Ask the API no more until it is resumed."""
    told = {"by": request.actor, "at": clock(request)}
    return taken(
        request,
        name,
        lambda one: actions.remove_upstream(resource_code=one.code, **told),
        _("已停用，不再转接。"),
        tab=TAB,
    )


@officer
@require_POST
def resume(request: HttpRequest, name: str) -> HttpResponse:
    """Ask the API again."""
    told = {"by": request.actor, "at": clock(request)}
    return taken(
        request, name, lambda one: actions.resume_upstream(resource_code=one.code, **told), _("已恢复转接。"), tab=TAB
    )


def read_names(text: str) -> dict[str, str]:
    """Return field → the API's name, one pair a line as `field = name`; refused where a line is none."""
    pairs = [line.partition("=") for line in text[:20_000].splitlines() if line.strip()]
    names: dict[str, Any] = {ours.strip(): theirs.strip() for ours, _sign, theirs in pairs}
    if any(not ours or not theirs for ours, theirs in names.items()) or len(names) != len(pairs):
        raise Refused(
            "portal.data.names",
            "每行写一个对应关系，例如 child_name = xm，数据项不重复。",
            "Write one pair a line, such as child_name = name, each field once.",
            field="names",
        )
    return names


def read_seconds(text: str) -> float:
    """Return a number of seconds, three when nothing was typed; refused when it is none."""
    try:
        return float(text.strip() or "3") if len(text) < 10 else float("nan")
    except ValueError:
        raise Refused(
            "portal.data.seconds", "请填写秒数，例如 3。", "Give seconds, such as 3.", field="timeout_seconds"
        ) from None

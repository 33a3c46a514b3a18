"""Registering a resource（登记资源）: the declaration and its rows in one go, all of it or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengtong.apps.catalog import actions, queries
from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused
from zhengtong.portals.data.contexts import Faults, RegisterContext
from zhengtong.portals.data.declarations import MOST_BYTES, read_declaration
from zhengtong.portals.data.forms import ELSEWHERE, faults_of
from zhengtong.portals.data.guards import officer
from zhengtong.portals.data.rails import rail_of
from zhengtong.portals.data.uploads import kept_for_now
from zhengtong.portals.ui.languages import words_of
from zhengtong.portals.ui.pages import SeeOther, clock, page, say


@officer
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Show the form, or register what it carries."""
    own = request.actor.organisation
    queries.require_permission(request.actor, "resource.register", own.id, "登记数据资源", "register a resource")
    if request.method != "POST":
        return shown(request, "")
    text = ""
    try:
        text = declaration_text(request)
        declaration = read_declaration(text)
        problems = queries.list_problems(declaration)
        if problems:
            return shown(request, text, faults_of(problems), 422)
        made = take(declaration, request.FILES.get("source"), request.actor, clock(request))
    except Refused as refused:
        if refused.status in ELSEWHERE:
            raise
        return shown(request, text, faults_of(refused), refused.status)
    say(request, _("已登记“%(title)s”。下一步：评估。") % {"title": words_of(made, "title")})
    return SeeOther(reverse("data:dataset", args=[made.name]))


@transaction.atomic
def take(declaration: Mapping[str, Any], source: UploadedFile | None, by: Actor, at: dt.datetime) -> ResourceShape:
    """Register the declaration and load its rows if a file came with it; a refused file keeps neither."""
    made = actions.register_resource(declaration=declaration, provider=by.organisation, by=by, at=at)
    if source is not None:
        with kept_for_now(source) as path:
            actions.load_snapshot(code=made.name, source=path, by=by, at=at)
    return made


def declaration_text(request: HttpRequest) -> str:
    """Return the uploaded declaration, else the pasted one."""
    upload = request.FILES.get("declaration_file") or request.FILES.get("declaration")
    if upload is None:
        return request.POST.get("declaration", "").replace("\r\n", "\n")
    try:
        return upload.read(MOST_BYTES + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(
            "portal.data.declaration",
            "声明文件不是 UTF-8 文本，请另存为 UTF-8 后再上传。",
            "The declaration is not UTF-8 text: save it as UTF-8 and upload it again.",
            field="declaration",
        ) from None


def shown(request: HttpRequest, text: str, faults: Faults = (), status: int = 200) -> HttpResponse:
    context = RegisterContext(rail_of(request, "register"), text, anchored(faults))
    return page(request, "data/register.html", context, status=status)


def anchored(faults: Faults) -> Faults:
    """Return the faults linking to the one control a declaration is typed into, each naming its element."""
    return tuple(
        type(fault)(
            fault.path,
            "f-source" if fault.path == "source" else "f-declaration",
            fault.words if fault.path in ("source", "declaration", "") else f"{fault.path}：{fault.words}",
        )
        for fault in faults
    )

"""How I am told（通知方式）: which channels, where, when not; and what became of the latest messages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.apps.channels import actions, queries
from zhengtong.apps.channels.shapes import ContactShape
from zhengtong.kit import Refused
from zhengtong.portals.citizen.around_contexts import ContactContext
from zhengtong.portals.ui.controls import Control, attempt, filled
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.pages import SeeOther, clock, page, say, signed_in

MOST_MESSAGES = 20


@signed_in
def contact(request: HttpRequest) -> HttpResponse:
    """Show and keep how I wish to be told."""
    kept = queries.get_contact(request.actor)
    controls = _controls(kept)
    faults: list[Fault] = []
    status = 200
    if request.method == "POST":
        faults, status = attempt(request, controls, lambda given: _save(request, given))
        if not faults:
            say(request, _("通知方式已保存。"))
            return SeeOther(reverse("citizen:contact"))
    shown = filled(controls, request.POST if request.method == "POST" else None, faults)
    messages = tuple(queries.list_messages(request.actor, limit=MOST_MESSAGES))
    return page(request, "citizen/contact.html", ContactContext(kept, shown, messages, tuple(faults)), status=status)


def _controls(kept: ContactShape) -> tuple[Control, ...]:
    ways = (("yes", _("要")), ("no", _("不要")))
    now = {True: "yes", False: "no"}
    saved = _("已存 %(address)s。地址要改或保留都请重新填写；留空就不用这一项。")
    email = saved % {"address": kept.email_masked} if kept.email_masked else _("不填就不发电子邮件。")
    phone = saved % {"address": kept.phone_masked} if kept.phone_masked else _("不填就发到登记的手机。")
    return (
        Control("uses_sms", _("短信通知"), "choice", options=ways, value=now[kept.uses_sms]),
        Control("phone", _("接收短信的手机"), "line", required=False, hint=phone),
        Control("uses_email", _("电子邮件通知"), "choice", options=ways, value=now[kept.uses_email]),
        Control("email", _("电子邮箱"), "line", required=False, hint=email),
        Control("quiet_from", _("免打扰从几点起"), "line", required=False, hint=_("如 21:00；不填按平台的时段。"),
                value=f"{kept.quiet_from:%H:%M}" if kept.quiet_from else ""),
        Control("quiet_to", _("到几点止"), "line", required=False, hint=_("如 08:00。"),
                value=f"{kept.quiet_to:%H:%M}" if kept.quiet_to else ""),
    )  # fmt: skip


def _save(request: HttpRequest, given: dict[str, Any]) -> object:
    told = {name: given[name] == "yes" for name in ("uses_sms", "uses_email")}
    where = {name: given.get(name, "") for name in ("phone", "email")}
    quiet = {name: _hour(name, given[name]) if name in given else None for name in ("quiet_from", "quiet_to")}
    return actions.save_contact(**told, **where, **quiet, by=request.actor, at=clock(request))


def _hour(name: str, typed: str) -> dt.time:
    try:
        return dt.time.fromisoformat(typed.zfill(5))
    except ValueError:
        raise Refused(
            "portal.contact.hour",
            "时间请写成 21:00 这样。",
            "Write the time like 21:00.",
            field=name,
        ) from None

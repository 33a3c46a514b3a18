"""Data that are wrong（数据有误）: said from the list of reads, checked by the source, answered here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.apps.corrections import actions, queries
from zhengtong.apps.corrections.shapes import CorrectionShape
from zhengtong.apps.evidence.shapes import ReadShape
from zhengtong.kit import Refused
from zhengtong.portals.citizen.around_contexts import DoubtContext, DoubtLine, DoubtsContext
from zhengtong.portals.citizen.views.reads import own_read
from zhengtong.portals.ui.controls import Control, attempt, filled
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.languages import pick, words_of
from zhengtong.portals.ui.pages import SeeOther, clock, page, say, signed_in

TONES = {"verifying": "he", "corrected": "lv", "confirmed": "dai"}


@signed_in
def doubts(request: HttpRequest) -> HttpResponse:
    """Show my doubts with their answers."""
    mine = [one for one in queries.list_corrections(by=request.actor) if one.kind == "objection"]
    return page(request, "citizen/doubts.html", DoubtsContext(tuple(_line(one) for one in mine)))


@signed_in
def doubt(request: HttpRequest, no: str) -> HttpResponse:
    """Say which value of a read is wrong, and what is right; `no` is the read's receipt."""
    found = own_read(request, no)
    if found is None:
        raise Refused(
            "portal.doubt.not-yours",
            "这次查阅和您的数据无关。请从“谁看过我的数据”里选择。",
            "This read does not concern your data. Choose one from the list of reads.",
            status=404,
        )
    controls = _controls(found)
    faults: list[Fault] = []
    status = 200
    if request.method == "POST":
        faults, status = attempt(
            request,
            controls,
            lambda given: actions.raise_objection(
                resource_code=found.resource_code, by=request.actor, at=clock(request), **given
            ),
        )
        if not faults:
            say(request, _("已转给数据的来源部门核实，会在法定期限内答复；不影响您正在办的事。"))
            return SeeOther(reverse("citizen:doubts"))
    shown = filled(controls, request.POST if request.method == "POST" else None, faults)
    return page(request, "citizen/doubt.html", DoubtContext(found, shown, tuple(faults)), status=status)


@signed_in
@require_POST
def close(request: HttpRequest, no: str) -> HttpResponse:
    """Take note of the answer."""
    actions.close_correction(no=no, by=request.actor, at=clock(request))
    say(request, _("已确认答复。"))
    return SeeOther(reverse("citizen:doubts"))


@signed_in
@require_POST
def withdraw(request: HttpRequest, no: str) -> HttpResponse:
    """Take a doubt back."""
    actions.withdraw_correction(no=no, by=request.actor, at=clock(request))
    say(request, _("异议已撤回。"))
    return SeeOther(reverse("citizen:doubts"))


def _controls(found: ReadShape) -> tuple[Control, ...]:
    titles = zip(found.fields, found.field_titles, strict=False)
    options = tuple((name, pick(*title)) for name, title in titles)
    return (
        Control("field", _("哪一项不对"), "choice", options=options),
        Control("found_value", _("现在写的是什么"), "line", required=False, hint=_("不知道可以不填。")),
        Control("claimed_value", _("应该是什么"), "line"),
        Control("grounds", _("依据什么"), hint=_("比如户口簿、判决书上怎么写的，最多 500 字。")),
    )


def _line(one: CorrectionShape) -> DoubtLine:
    words = {
        "verifying": _("来源部门核实中"), "corrected": _("已更正"), "confirmed": _("核实无误"),
        "not-ours": _("不是该部门的数据"), "closed": _("已办结"), "withdrawn": _("已撤回"),
    }  # fmt: skip
    item = one.resource.find_field(one.field)
    title = words_of(item, "title") if item else one.field
    return DoubtLine(one, title, words[one.status], TONES.get(one.status, "plain"))

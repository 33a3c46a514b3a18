"""The materials of an application（提交材料）: every file at once, or a written promise in its place."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.apps.cases import actions, queries
from zhengtong.apps.cases.shapes import DraftShape
from zhengtong.kit import Refused
from zhengtong.portals.citizen.contexts import MaterialsContext
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.languages import pick, words_of
from zhengtong.portals.ui.pages import SeeOther, clock, page, record_id, signed_in


@signed_in
def materials(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Take the files of every material at once; drop one file by its button."""
    draft = queries.get_draft(draft_id, request.actor)
    if draft.case_no:
        return SeeOther(reverse("citizen:done", args=[draft.id]))
    faults: list[Fault] = []
    if request.method == "POST" and "drop" in request.POST:
        actions.drop_material(
            draft_id=draft.id, file_id=record_id(request.POST["drop"]), by=request.actor, at=clock(request)
        )
        return SeeOther(reverse("citizen:materials", args=[draft.id]))
    if request.method == "POST" and ("sign" in request.POST or "unsign" in request.POST):
        faults = [*_attach(request, draft), *_sign(request, draft)]
        draft = queries.get_draft(draft_id, request.actor)
        if not faults:
            return SeeOther(reverse("citizen:materials", args=[draft.id]))
    elif request.method == "POST":
        faults = _attach(request, draft)
        draft = queries.get_draft(draft_id, request.actor)
        faults += _still_missing(draft, {fault.path for fault in faults})
        if not faults:
            return SeeOther(reverse("citizen:check", args=[draft.id]))
    wanted = tuple(slot for slot in draft.materials if slot.state != "replaced")
    spared = tuple(slot for slot in draft.materials if slot.state == "replaced")
    fault_by_id = {fault.path.removeprefix("material:"): fault.words for fault in faults}
    last = draft.pages[-1].id if draft.pages else ""
    back = reverse("citizen:form", args=[draft.id, last]) if last else reverse("citizen:overview", args=[draft.id])
    context = MaterialsContext(draft, wanted, spared, tuple(faults), fault_by_id, back)
    return page(request, "citizen/materials.html", context, status=422 if faults else 200)


def _attach(request: HttpRequest, draft: DraftShape) -> list[Fault]:
    faults = []
    for slot in draft.materials:
        for upload in request.FILES.getlist(f"file-{slot.id}"):
            try:
                actions.attach_material(
                    draft_id=draft.id,
                    material_id=slot.id,
                    name=upload.name,
                    content=upload.read(),
                    by=request.actor,
                    at=clock(request),
                )
            except Refused as refused:
                faults.append(Fault(f"material:{slot.id}", f"m-{slot.id}", pick(refused.zh, refused.en)))
    return faults


def _sign(request: HttpRequest, draft: DraftShape) -> list[Fault]:
    """Sign or take back a written promise in place of materials."""
    act = actions.sign_promise if "sign" in request.POST else actions.unsign_promise
    kind = request.POST.get("sign") or request.POST.get("unsign", "")
    try:
        act(draft_id=draft.id, kind=kind, by=request.actor, at=clock(request))
    except Refused as refused:
        return [Fault("promise", "", pick(refused.zh, refused.en))]
    return []


def _still_missing(draft: DraftShape, told: set[str]) -> list[Fault]:
    """Return the materials still to be brought: those required, and those tolerated without the promise to follow."""
    must = ["required"]
    if any(promise.kind == "tolerance" and not promise.signed for promise in draft.promises):
        must.append("tolerated")
    return [
        Fault(f"material:{slot.id}", f"m-{slot.id}", _("还没有交%(title)s") % {"title": words_of(slot, "title")})
        for slot in draft.materials
        if slot.state == "wanted" and slot.need in must and f"material:{slot.id}" not in told
    ]

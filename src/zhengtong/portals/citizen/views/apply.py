"""Applying（申请）: questions, one thing per page, materials, check, submit."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.apps.cases import actions, queries
from zhengtong.apps.cases.shapes import DraftShape, PageState
from zhengtong.apps.matters import queries as matters
from zhengtong.kit import Refused
from zhengtong.portals.citizen import answers, keeping
from zhengtong.portals.citizen.contexts import (
    CheckContext,
    DoneContext,
    FormContext,
    OverviewContext,
    StartContext,
    TaskLine,
)
from zhengtong.portals.citizen.faults import fault_of, faults_of
from zhengtong.portals.citizen.guides import pack_in_force
from zhengtong.portals.citizen.questions import chosen_answers, question_faults, question_views
from zhengtong.portals.ui.forms import Fault, FieldSpec, bind, read_fields, specs_of, split_locked
from zhengtong.portals.ui.languages import pick, words_of
from zhengtong.portals.ui.pages import SeeOther, clock, page, say, signed_in, whole_number, with_query


@signed_in
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the situation questions that are still open, then open a draft with what is already known."""
    matter = matters.get_matter(code)
    pack = pack_in_force(request, code)
    chosen = chosen_answers(pack, request.POST if request.method == "POST" else request.GET)
    faults: list[Fault] = []
    if request.method == "POST":
        faults = question_faults(pack, chosen)
        if not faults:
            try:
                draft = actions.start_draft(matter_code=code, answers=chosen, by=request.actor, at=clock(request))
            except Refused as refused:
                faults += faults_of(refused)
            else:
                return SeeOther(first_page_url(draft))
    drafts = tuple(draft for draft in queries.list_drafts(request.actor) if draft.matter_code == code)
    views = question_views(pack, chosen, {fault.path: fault.words for fault in faults})
    context = StartContext(matter, pack, views, tuple(faults), drafts, request.actor.applicant)
    return page(request, "citizen/start.html", context, status=422 if faults else 200)


def first_page_url(draft: DraftShape) -> str:
    """Return where filling in begins: the task list of a one-thing, else the first page."""
    if draft.pack.kind == "one-thing" or not draft.pages:
        return reverse("citizen:overview", args=[draft.id])
    return _todo_url(draft)


def _todo_url(draft: DraftShape) -> str:
    """Return the first page not done yet, then materials, then the check page."""
    for state in draft.pages:
        if state.status == "todo":
            return reverse("citizen:form", args=[draft.id, state.id])
    wanted = any(slot.state == "wanted" and slot.need == "required" for slot in draft.materials)
    return reverse("citizen:materials" if wanted else "citizen:check", args=[draft.id])


@signed_in
def overview(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show the tasks of an application and what was fetched for it."""
    draft = queries.get_draft(draft_id, request.actor)
    if draft.case_no:
        return SeeOther(reverse("citizen:done", args=[draft.id]))
    tasks = _tasks(draft)
    done = sum(1 for task in tasks if task.status == "done")
    return page(request, "citizen/overview.html", OverviewContext(draft, tasks, done, _todo_url(draft)))


def _tasks(draft: DraftShape) -> tuple[TaskLine, ...]:
    tasks = [
        TaskLine(
            words_of(state, "title"),
            reverse("citizen:form", args=[draft.id, state.id]) if state.status != "blocked" else "",
            state.status,
        )
        for state in draft.pages
    ]
    own = [slot for slot in draft.materials if slot.state != "replaced"]
    if own:
        missing = any(slot.state == "wanted" and slot.need == "required" for slot in own)
        tasks.append(
            TaskLine(_("提交材料"), reverse("citizen:materials", args=[draft.id]), "todo" if missing else "done")
        )
    ready = all(task.status == "done" for task in tasks)
    check_url = reverse("citizen:check", args=[draft.id]) if ready else ""
    tasks.append(TaskLine(_("核对并提交"), check_url, "todo" if ready else "blocked"))
    return tuple(tasks)


@keeping.keeps_unsaved
@signed_in
def form_page(request: HttpRequest, draft_id: UUID, page_id: str) -> HttpResponse:
    """Show and save one page of the form."""
    draft = queries.get_draft(draft_id, request.actor)
    if draft.case_no:
        return SeeOther(reverse("citizen:done", args=[draft.id]))
    state = _page_state(draft, page_id)
    specs = specs_of(draft.pack.form.schema, draft.pack.page(page_id).fields)
    faults: list[Fault] = []
    status = 200
    if request.method == "POST" and "add" not in request.POST:
        answer = _save(request, draft, page_id, [spec for spec in specs if not _is_locked(draft, spec.path)])
        if isinstance(answer, HttpResponse):
            return answer
        faults, status = answer
    posted = request.POST if request.method == "POST" else keeping.kept(request)
    fault_by_path = {fault.path: fault.words for fault in faults}
    locked, asked = split_locked(bind(specs, draft.values, faults=fault_by_path, posted=posted))
    position = [one.id for one in draft.pages].index(page_id) + 1
    context = FormContext(
        draft=draft,
        page=state,
        help=words_of(draft.pack.page(page_id).help),
        locked=locked,
        fields=asked,
        faults=tuple(faults),
        position=position,
        total=len(draft.pages) + 1,
        back_url=_back_url(draft, position),
        returns=request.GET.get("from") == "check",
        kept=request.method == "GET" and posted is not None,
    )
    return page(request, "citizen/form.html", context, status=status)


def _page_state(draft: DraftShape, page_id: str) -> PageState:
    """Return the page of an id, refused when the answers so far do not lead to it."""
    state = next((one for one in draft.pages if one.id == page_id), None)
    if state is None:
        raise Refused(
            "portal.form.unknown-page",
            "这份申请没有这一页，可能因为您改了前面的选择。请从步骤列表继续。",
            "This application has no such page, perhaps because an earlier answer changed. Go on from the task list.",
            status=404,
        )
    return state


def _save(
    request: HttpRequest, draft: DraftShape, page_id: str, specs: list[FieldSpec]
) -> HttpResponse | tuple[list[Fault], int]:
    """Save what was typed and go on; else return every fault with the status to answer."""
    values, faults = read_fields(specs, request.POST)
    if faults:
        return faults, 422
    try:
        saved = actions.save_page(
            draft_id=draft.id,
            page_id=page_id,
            values=values,
            version=_version(request, draft),
            by=request.actor,
            at=clock(request),
        )
    except Refused as refused:
        return faults_of(refused), refused.status
    return SeeOther(_next_url(request, saved, page_id))


def _is_locked(draft: DraftShape, path: str) -> bool:
    held = draft.values.get(path)
    return held is not None and held.locked


def _version(request: HttpRequest, draft: DraftShape) -> int:
    return whole_number(request.POST.get("version", ""), draft.version)


def _next_url(request: HttpRequest, draft: DraftShape, page_id: str) -> str:
    if request.GET.get("from") == "check":
        return reverse("citizen:check", args=[draft.id])
    ids = [state.id for state in draft.pages]
    after = ids[ids.index(page_id) + 1 :] if page_id in ids else []
    if after:
        return reverse("citizen:form", args=[draft.id, after[0]])
    return _todo_url(draft)


def _back_url(draft: DraftShape, position: int) -> str:
    if position > 1:
        return reverse("citizen:form", args=[draft.id, draft.pages[position - 2].id])
    return reverse("citizen:overview", args=[draft.id])


@signed_in
def check(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show every answer with its source before submitting."""
    return _check_page(request, queries.get_draft(draft_id, request.actor), ())


def _check_page(request: HttpRequest, draft: DraftShape, faults: tuple[Fault, ...]) -> HttpResponse:
    if draft.case_no:
        return SeeOther(reverse("citizen:done", args=[draft.id]))

    def change_url(page_id: str) -> str:
        return with_query(reverse("citizen:form", args=[draft.id, page_id]), **{"from": "check"})

    groups = answers.groups_of(draft.pack, draft.values, [state.id for state in draft.pages], change_url)
    back = reverse("citizen:overview", args=[draft.id])
    return page(request, "citizen/check.html", CheckContext(draft, groups, faults, back), status=422 if faults else 200)


@signed_in
@require_POST
def submit(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Submit the draft; a second press answers the same case."""
    draft = queries.get_draft(draft_id, request.actor)
    try:
        actions.submit_case(draft_id=draft.id, version=_version(request, draft), by=request.actor, at=clock(request))
    except Refused as refused:
        if refused.status != 422:
            raise
        missing = tuple(Fault(fault.path, "", pick(fault.zh, fault.en)) for fault in draft.missing)
        return _check_page(request, draft, missing or (fault_of(refused),))
    return SeeOther(reverse("citizen:done", args=[draft.id]))


@signed_in
def done(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Confirm the submission with its number; the address can be kept."""
    draft = queries.get_draft(draft_id, request.actor)
    if not draft.case_no:
        return SeeOther(reverse("citizen:overview", args=[draft.id]))
    return page(request, "citizen/done.html", DoneContext(queries.get_case(draft.case_no, request.actor)))


@signed_in
@require_POST
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Delete a draft for good."""
    actions.drop_draft(draft_id=draft_id, by=request.actor, at=clock(request))
    say(request, _("草稿已删除。"))
    return SeeOther(reverse("citizen:my"))

"""The decision panel（处理）: what this officer can decide now, with which reasons, what it will cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.apps.cases import queries
from zhengtong.apps.cases.shapes import CaseShape, MaterialSlot, NoticeText, SupplementItem
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit.text import normalise
from zhengtong.portals.desk.contexts import Decision, OutcomeView, Panel, SupplementChoice
from zhengtong.portals.desk.step_contexts import StepForm
from zhengtong.portals.desk.steps import STEPS, URGENT, open_steps
from zhengtong.portals.ui.controls import filled
from zhengtong.portals.ui.forms import Fault, specs_of
from zhengtong.portals.ui.languages import pick, words_of

# code → (action it needs, action's address, decision it posts)
WAYS = {
    "accept": ("accept", "desk:accept", ""),
    "grant": ("settle", "desk:settle", "granted"),
    "supplement": ("supplement", "desk:supplement", ""),
    "propose_supplement": ("propose_supplement", "desk:propose-supplement", ""),
    "refuse": ("refuse", "desk:refuse", ""),
    "deny": ("settle", "desk:settle", "denied"),
    "claim": ("claim", "desk:claim", ""),
}
WITH_REASON = ("supplement", "propose_supplement", "refuse", "deny")
SUPPLEMENTS = ("supplement", "propose_supplement")


@dataclass(frozen=True)
class Entered:
    """What the officer entered so far（已录入）."""

    items: tuple[str, ...] = ()
    other: str = ""
    reason: str = ""
    phrases: tuple[str, ...] = ()
    outcome: Mapping[str, str] | None = None

    @property
    def full_reason(self) -> str:
        """Return the chosen phrases and the officer's own words as one text."""
        own = [self.reason] if self.reason else []
        return "；".join([*(phrase for phrase in self.phrases if phrase not in self.reason), *own])


def read_entered(posted: Any) -> Entered:
    """Return what a decision form carried."""
    return Entered(
        items=tuple(posted.getlist("item")),
        other=normalise(posted.get("other", "")),
        reason=posted.get("reason", "").strip(),
        phrases=tuple(posted.getlist("phrase")),
        outcome={
            name.removeprefix("outcome-"): normalise(posted[name]) for name in posted if name.startswith("outcome-")
        },
    )


def supplement_items(case: CaseShape, entered: Entered) -> tuple[SupplementItem, ...]:
    """Return what is asked for, in the words of the pack; only what the case really has."""
    known = {choice.target: choice for choice in _choices(case, ())}
    titles = _titles(case)
    items = [SupplementItem(target, *titles[target]) for target in entered.items if target in known]
    if entered.other:
        items.append(SupplementItem("", entered.other, entered.other))
    return tuple(items)


def panel_of(
    case: CaseShape,
    by: Actor,
    *,
    chosen: str = "",
    entered: Entered | None = None,
    faults: Iterable[Fault] = (),
    at: datetime | None = None,
    form: StepForm | None = None,
) -> Panel:
    """Return the panel with one way opened: the one asked for, else the likeliest; with the notice as of `at`, if given."""
    open_ways = _open_ways(case)
    steps = open_steps(case, by)
    step = chosen if chosen in steps else "" if chosen else next((verb for verb in steps if verb in URGENT), "")
    way = chosen if chosen in open_ways else "" if step else next(iter(open_ways), "")
    typed = entered or Entered()
    here = reverse("desk:case", args=[case.no])
    decisions = tuple(
        Decision(code, _way_words()[code], f"{here}?do={code}#panel", code == way, str(number))
        for number, code in enumerate((code for code in open_ways if code != "claim"), 1)
    )
    return Panel(
        step=_step(case),
        decisions=decisions if len(decisions) > 1 else (),
        chosen=way,
        choices=_choices(case, typed.items) if way in SUPPLEMENTS else (),
        outcome=_outcome(case, typed) if way == "grant" else (),
        phrases=_phrases(case, by) if way in WITH_REASON else (),
        reason=typed.full_reason,
        effect=str(STEPS[step].effect) if step else _effect(case, way),
        preview=_preview(case, by, way, typed, at) if at and way else None,
        send=str(STEPS[step].words) if step else _send_words().get(way, ""),
        post_url=_post_url(case, way, step),
        decision=WAYS[way][2] if way else "",
        times=case.supplement.times if case.supplement else 0,
        faults=tuple(faults),
        more=tuple(
            Decision(verb, str(STEPS[verb].words), f"{here}?do={verb}#panel", verb == step, "") for verb in steps
        ),
        form=form or (step_form(case, by, step, at) if step else None),
    )


def step_form(
    case: CaseShape,
    by: Actor,
    verb: str,
    at: datetime | None = None,
    posted: Mapping[str, str] | None = None,
    faults: Iterable[Fault] = (),
) -> StepForm:
    """Return the form of a step, with what was entered and what is wrong with it."""
    step = STEPS[verb]
    asked = step.asks(case, by, at or timezone.now())
    return StepForm(verb, str(step.words), str(step.effect), filled(asked, posted, faults), step.is_grave)


def _open_ways(case: CaseShape) -> list[str]:
    """Return the decisions open now; where a further demand for additions goes to the head, not the demand itself."""
    ways = [code for code, (action, _url, _decision) in WAYS.items() if action in case.allowed]
    return [code for code in ways if code != "supplement" or "propose_supplement" not in ways]


def _post_url(case: CaseShape, way: str, step: str) -> str:
    if step:
        return reverse("desk:step", args=[case.no, step])
    return reverse(WAYS[way][1], args=[case.no]) if way else ""


def _phrases(case: CaseShape, by: Actor) -> tuple[str, ...]:
    """Return the sentences to choose from: my own, then those of the matter."""
    return tuple(pick(one.text, one.text_en or one.text) for one in queries.list_phrases(by, case.no))


def _way_words() -> dict[str, str]:
    return {
        "claim": _("认领"), "accept": _("受理"), "grant": _("通过"), "supplement": _("补正"),
        "refuse": _("不予受理"), "deny": _("不予许可"), "propose_supplement": _("再次补正"),
    }  # fmt: skip


def _send_words() -> dict[str, str]:
    return {
        "claim": _("认领"), "accept": _("受理，看下一件"), "grant": _("通过并发证，看下一件"),
        "supplement": _("发出补正通知，看下一件"), "refuse": _("发出不予受理决定，看下一件"),
        "deny": _("发出不予许可决定，看下一件"), "propose_supplement": _("报负责人批准，看下一件"),
    }  # fmt: skip


def _step(case: CaseShape) -> str:
    steps = {"accept": _("本环节：受理"), "examine": _("本环节：审查"), "applicant": _("等申请人补正")}
    return steps.get(case.phase, words_of(case, "state"))


def _effect(case: CaseShape, way: str) -> str:
    """Return what sending will cause, the clock above all."""
    effects = {
        "claim": _("认领后进入您的任务，别人不能再办。"),
        "accept": _("受理后开始计承诺时限，申请人会收到受理通知。"),
        "grant": _("发出后办结并停止计时，签发电子证照，申请人收到通知；后面等着的事项自动开始。"),
        "supplement": _("发出后计时暂停，申请人收到一次性补正通知；交回后继续计时。"),
        "propose_supplement": _("补正原则上一次告知。再次补正须负责人批准，批准后才发给申请人。"),
        "refuse": _("发出后不再办理，通知里会写明救济途径。"),
        "deny": _("发出后办结并停止计时，通知里会写明救济途径；等着这一件结果的事项会停下。"),
    }
    if way:
        return effects[way]
    if case.phase == "applicant":
        return _("正在等申请人补正，计时已暂停。")
    return _("这一件现在不用您处理。")


def _titles(case: CaseShape) -> dict[str, tuple[str, str]]:
    titles = {f"material:{slot.id}": (slot.title_zh, slot.title_en) for slot in case.materials}
    for form_page in case.pack.form.pages:
        for spec in specs_of(case.pack.form.schema, form_page.fields):
            titles[spec.path] = (spec.title.zh, spec.title.en)
    return titles


def _choices(case: CaseShape, chosen: tuple[str, ...]) -> tuple[SupplementChoice, ...]:
    """Return everything that can be asked for: the materials, then the values the applicant entered."""
    choices = [
        SupplementChoice(
            f"material:{slot.id}", words_of(slot, "title"), _brought(slot), f"material:{slot.id}" in chosen
        )
        for slot in sorted(case.materials, key=lambda slot: slot.state == "replaced")
    ]
    seen: set[str] = set()
    for form_page in case.pack.form.pages:
        for spec in specs_of(case.pack.form.schema, form_page.fields):
            held = case.values.get(spec.path)
            if held is None or held.verified or held.source.startswith("part:") or spec.path in seen:
                continue
            seen.add(spec.path)
            choices.append(SupplementChoice(spec.path, spec.label, _("改正填报的内容"), spec.path in chosen))
    return tuple(choices)


def _brought(slot: MaterialSlot) -> str:
    """Return what the officer already has of a material."""
    if slot.state == "replaced":
        return _("已由%(by)s代替") % {"by": words_of(slot, "replaced_by")}
    return "、".join(file.name for file in slot.files) or _("还没有交")


def _outcome(case: CaseShape, entered: Entered) -> tuple[OutcomeView, ...]:
    typed = entered.outcome or {}
    views = []
    for field in case.pack.outcome:
        suggested = case.outcome_suggested.get(field.id)
        value = typed.get(field.id, "" if suggested is None else str(suggested))
        shown = "" if suggested is None else str(suggested)
        options = tuple((code, words_of(words)) for code, words in field.options)
        required = field.required and not field.when
        views.append(OutcomeView(field.id, words_of(field.label), value, shown, required, field.format, options))
    return tuple(views)


def _preview(case: CaseShape, by: Actor, way: str, entered: Entered, at: datetime) -> NoticeText | None:
    """Return word for word what the applicant will read."""
    if way == "claim":
        return None
    asks = dict.fromkeys(SUPPLEMENTS, "supplement-asked")
    kind = {**asks, "accept": "accepted", "grant": "granted", "refuse": "not-accepted"}
    return queries.preview_notice(
        case_no=case.no,
        kind=kind.get(way, "denied"),
        reason=entered.full_reason,
        items=[asdict(item) for item in supplement_items(case, entered)],
        by=by,
        at=at,
    )

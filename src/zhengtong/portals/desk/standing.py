"""What is open beside the state of a case（办理中的事）, in words for the officer."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.portals.desk.step_contexts import Standing
from zhengtong.portals.ui.days import say_day, say_moment
from zhengtong.portals.ui.languages import pick


def standing_of(case: CaseShape) -> tuple[Standing, ...]:
    """Return what is open or was said in a case: pauses, proposals, opinions, signatures, promises, objection, review."""
    return (*_inside(case), *_promised(case), *_afterwards(case))


def _inside(case: CaseShape) -> Iterator[Standing]:
    open_now = case.pending
    if open_now.hold is not None:
        hold = open_now.hold
        until = _("最长到 %(day)s") % {"day": say_day(hold.until_on)} if hold.until_on else ""
        when = f"{say_moment(hold.hearing_at)} {hold.place}" if hold.hearing_at else ""
        yield Standing(_("停止计时：%(what)s") % {"what": pick(*hold.title)}, _kept(hold.reason, when, until))
    if open_now.proposal is not None:
        asked = open_now.proposal
        more = _("延长 %(n)s 个工作日") % {"n": asked.payload["n"]} if "n" in asked.payload else ""
        items = "、".join(pick(one["title_zh"], one["title_en"]) for one in asked.payload.get("items", ()))
        yield Standing(
            _("等负责人批准：延期") if asked.kind == "extended" else _("等负责人批准：再次补正"),
            _kept(f"{asked.by_label} {say_moment(asked.at)}", more, items, asked.payload.get("reason", "")),
        )
    for one in open_now.consults:
        said = one.answer if one.answer else _("等答复，%(day)s 前") % {"day": say_day(one.due_on)}
        said = said if one.answer or one.is_open else _("到期没有答复")
        yield Standing(_("征求意见：%(who)s") % {"who": pick(*one.organisation)}, _kept(one.question, said))
    if open_now.cosign is not None:
        words = {True: _("同意"), False: _("不同意"), None: _("还没有签")}
        lines = (f"{pick(*one.organisation)} {words[one.agrees]} {one.opinion}" for one in open_now.cosign.signatures)
        agreed = {"n": open_now.cosign.agreed, "of": open_now.cosign.needed}
        yield Standing(_("会签：要 %(of)d 家同意，已有 %(n)d 家") % agreed, _kept(*lines))


def _promised(case: CaseShape) -> Iterator[Standing]:
    open_now = case.pending
    if open_now.follow_ups:
        lines = (f"{pick(*one.title)} · {_('%(day)s前') % {'day': say_day(one.due_on)}}" for one in open_now.follow_ups)
        yield Standing(_("容缺材料等补交"), _kept(*lines))
    if open_now.commitment is not None:
        made = open_now.commitment
        words = {
            "made": _("已作承诺"), "to-verify": _("待核查"), "kept": _("核查属实"), "broken": _("核查不实，限期整改"),
            "withdrawn": _("已撤回承诺"),
        }  # fmt: skip
        verify = _("%(day)s前核查") % {"day": say_day(made.verify_on)} if made.verify_on else ""
        rectify = _("%(day)s前整改") % {"day": say_day(made.rectify_on)} if made.rectify_on else ""
        yield Standing(_("告知承诺：%(state)s") % {"state": words[made.state]}, _kept(verify, rectify, made.note))


def _afterwards(case: CaseShape) -> Iterator[Standing]:
    open_now = case.pending
    if open_now.objection is not None:
        said = open_now.objection
        verdict = {True: _("成立"), False: _("不成立"), None: _("待答复")}[said.upheld]
        due = _("%(day)s前答复") % {"day": say_day(said.due_on)} if said.upheld is None else ""
        yield Standing(_("申请人异议：%(state)s") % {"state": verdict}, _kept(said.text, due, said.answer))
    if open_now.rectification is not None:
        task = open_now.rectification
        words = {"new": _("待联系核实"), "rectifying": _("整改中"), "replied": _("待回访"), "closed": _("已办结")}
        appeal = {"asked": _("申诉待复核"), "upheld": _("申诉成立"), "rejected": _("申诉不成立")}.get(task.appeal, "")
        contact = _("%(day)s前联系核实") % {"day": say_day(task.contact_due_on)} if task.state == "new" else ""
        due = _("%(day)s前整改") % {"day": say_day(task.rectify_due_on)} if task.state != "closed" else ""
        yield Standing(
            _("差评整改：%(state)s") % {"state": words[task.state]},
            _kept(contact, due, task.reply, task.appeal_reason, appeal),
        )


def _kept(*lines: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines if line and line.strip())

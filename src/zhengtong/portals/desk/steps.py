"""What can be done with a case beside deciding it（办理动作）: one line for each verb the cases room allows.

A step names what it asks for like the action's own parameters, so a page, its reading and its refusals follow from the
line; a new verb of the cases room is one line more here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhengtong.apps.arrangements import actions as arrangements
from zhengtong.apps.arrangements import queries as arranged
from zhengtong.apps.cases import actions
from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.portals.ui.controls import Control
from zhengtong.portals.ui.languages import pick, words_of

Words = str | Promise
Asks = Callable[[CaseShape, Actor, datetime], tuple[Control, ...]]
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Step:
    """One step（办理动作）: its name, what sending causes, what it asks for, and the action that does it."""

    words: Words
    effect: Words
    asks: Asks
    act: Callable[..., object]
    is_grave: bool = False


def _nothing(_case: CaseShape, _by: Actor, _at: datetime) -> tuple[Control, ...]:
    return ()


def _one(name: str, label: Words, **more: Any) -> Asks:
    def ask(_case: CaseShape, _by: Actor, _at: datetime) -> tuple[Control, ...]:
        return (Control(name, str(label), **more),)

    return ask


def _yes_no(name: str, label: Words, yes: Words, no: Words) -> Control:
    return Control(name, str(label), "choice", options=((YES, str(yes)), (NO, str(no))))


def _extension(case: CaseShape, _by: Actor, _at: datetime) -> tuple[Control, ...]:
    rule = case.pack.handling.extension
    hint = _("最多延长 %(n)d 个工作日") % {"n": rule.most.n} if rule else ""
    return (
        Control("n", str(_("延长几个工作日")), "number", hint=str(hint)),
        Control("reason", str(_("延期理由（批准后申请人会看到）"))),
    )


def _proposal(_case: CaseShape, _by: Actor, _at: datetime) -> tuple[Control, ...]:
    return (
        _yes_no("approves", _("是否批准"), _("批准"), _("不批准")),
        Control("reason", str(_("不批准的理由")), required=False, hint=str(_("批准时不用写。"))),
    )


def _procedure(case: CaseShape, _by: Actor, _at: datetime) -> tuple[Control, ...]:
    declared = case.pack.handling.procedures
    options = tuple((one.id, words_of(one.title)) for one in declared)
    asked = [
        Control("procedure", str(_("哪一种特别程序")), "choice", options=options, value=_only(options)),
        Control("reason", str(_("启动理由（写给申请人看）"))),
        Control("until_on", str(_("预计哪天结束")), "day", required=False, hint=str(_("不填按最长时间算。"))),
        Control("evidence", str(_("依据文件")), "files", required=False, hint=str(_("如委托书、通知书，可传多个。"))),
    ]
    if any(one.kind == "hearing" for one in declared):
        asked += [
            Control("hearing_at", str(_("听证时间")), "moment", required=False, hint=str(_("只有听证要填。"))),
            Control("place", str(_("听证地点")), "line", required=False),
        ]
    return tuple(asked)


def _procedure_result(case: CaseShape, _by: Actor, _at: datetime) -> tuple[Control, ...]:
    is_hearing = case.pending.hold is not None and case.pending.hold.kind == "hearing"
    label = _("听证笔录（参加人签字或盖章）") if is_hearing else _("结果文件")
    return (
        Control("result", str(_("结果（写给申请人看）"))),
        Control("files", str(label), "files", required=is_hearing),
    )


def _consultation(case: CaseShape, by: Actor, _at: datetime) -> tuple[Control, ...]:
    declared = case.pack.handling.consultations
    options = tuple((one.id, words_of(one.title)) for one in declared)
    asked = [Control("consultation", str(_("征求哪一方面的意见")), "choice", options=options, value=_only(options))]
    if any(not one.function for one in declared):
        own = by.organisation.id if by.organisation else 0
        others = tuple((str(one.id), words_of(one, "name")) for one in people.list_organisations() if one.id != own)
        asked.append(Control("organisation_id", str(_("向哪个部门征求")), "choice", required=False, options=others))
    return (*asked, Control("question", str(_("要对方答复什么"))))


def _opinion(case: CaseShape, by: Actor, _at: datetime) -> tuple[Control, ...]:
    own = by.organisation.id if by.organisation else 0
    asked = [one for one in case.pending.consults if one.is_open and one.organisation_id == own]
    options = tuple((one.id, f"{pick(*one.title)}：{one.question}") for one in asked)
    return (
        Control("consult_id", str(_("答复哪一项")), "choice", options=options, value=_only(options)),
        Control("answer", str(_("我们的意见"))),
    )


def _signature(_case: CaseShape, _by: Actor, _at: datetime) -> tuple[Control, ...]:
    return (
        _yes_no("agrees", _("是否同意"), _("同意"), _("不同意")),
        Control("opinion", str(_("意见")), required=False, hint=str(_("不同意要写明理由。"))),
    )


def _colleague(case: CaseShape, by: Actor, at: datetime) -> tuple[Control, ...]:
    options = tuple((str(one.id), one.label) for one in people.list_colleagues(by, at=at) if one.id != case.assignee_id)
    return (Control("to_account_id", str(_("转给谁办")), "choice", options=options),)


def _delivery(case: CaseShape, _by: Actor, _at: datetime) -> tuple[Control, ...]:
    ways = {"electronic": _("电子送达"), "pick-up": _("窗口领取"), "post": _("寄递")}
    options = tuple((way, str(ways[way])) for way in case.pack.handling.delivery)
    return (
        Control("way", str(_("送达方式")), "choice", options=options, value=_only(options)),
        Control("note", str(_("送达情况")), "line", required=False),
    )


def _posting(case: CaseShape, by: Actor, _at: datetime) -> tuple[Control, ...]:
    parcel = arranged.find_parcel(case.no, by)
    where = f"{parcel.name} {parcel.phone} {parcel.address}" if parcel else ""
    return (
        Control("carrier", str(_("快递公司")), "line", hint=where),
        Control("tracking_no", str(_("运单号")), "line"),
    )


def _verification(_case: CaseShape, _by: Actor, _at: datetime) -> tuple[Control, ...]:
    return (
        _yes_no("kept", _("承诺是否属实"), _("属实"), _("不实，限期整改")),
        Control("note", str(_("核查经过和结论"))),
        Control("files", str(_("核查材料")), "files", required=False),
    )


def _upheld(answer: str, label: Words) -> Asks:
    def ask(_case: CaseShape, _by: Actor, _at: datetime) -> tuple[Control, ...]:
        return (_yes_no("upheld", _("是否成立"), _("成立"), _("不成立")), Control(answer, str(label)))

    return ask


def _called_back(_case: CaseShape, _by: Actor, _at: datetime) -> tuple[Control, ...]:
    levels = (_("非常满意"), _("满意"), _("基本满意"), _("不满意"), _("非常不满意"))
    options = tuple((str(n), str(words)) for n, words in enumerate(levels, 1))
    return (
        Control("satisfaction", str(_("回访时对方是否满意")), "choice", options=options),
        Control("note", str(_("回访情况"))),
    )


def _archiving(_case: CaseShape, _by: Actor, _at: datetime) -> tuple[Control, ...]:
    hint = _("四性检测全部合格时不用写。")
    return (Control("despite", str(_("有不合格仍要归档的理由")), required=False, hint=str(hint)),)


def _only(options: tuple[tuple[str, str], ...]) -> str:
    """Return the one option there is, so that nobody has to choose it."""
    return options[0][0] if len(options) == 1 else ""


def _decide_proposal(*, approves: bool, reason: str = "", **base: Any) -> object:
    return actions.approve_proposal(**base) if approves else actions.reject_proposal(reason=reason, **base)


def _post_parcel(*, version: int, **given: Any) -> object:  # noqa: ARG001  a parcel has no versions
    return arrangements.post_parcel(**given)


STEPS: Mapping[str, Step] = {
    "answer_consult": Step(
        _("答复意见"), _("答复后交回经办部门；征求意见期间停了计时的，随即恢复。"), _opinion, actions.answer_consult
    ),
    "cosign": Step(_("会签"), _("会签后交回经办部门，意见随办件存档。"), _signature, actions.cosign),
    "decide_proposal": Step(
        _("审批报批事项"), _("批准后立即生效并通知申请人；不批准退回经办人。"), _proposal, _decide_proposal
    ),
    "decide_appeal": Step(
        _("复核差评申诉"), _("成立的差评不计入统计；不成立的继续整改。"),
        _upheld("reason", _("复核意见")), actions.decide_appeal,
    ),
    "end_procedure": Step(
        _("结束特别程序"), _("结束后恢复计时，申请人收到结果。"), _procedure_result, actions.end_procedure
    ),
    "propose_extension": Step(
        _("申请延期"), _("报负责人批准；批准后才延长，申请人收到通知。"), _extension, actions.propose_extension
    ),
    "start_procedure": Step(
        _("启动特别程序"), _("启动后停止计时，到最长时间自动恢复；申请人收到通知。"), _procedure, actions.start_procedure
    ),
    "consult": Step(
        _("征求意见"), _("对方部门会收到待办；是否停止计时按事项规定。"), _consultation, actions.consult
    ),
    "ask_cosign": Step(_("送会签"), _("按事项规定送各部门会签，签够才能通过。"), _nothing, actions.ask_cosign),
    "reassign": Step(_("转办"), _("转办后进入对方的任务，计时不变。"), _colleague, actions.reassign_task),
    "forward": Step(
        _("转报上级"), _("转报后由上级机关继续办理，本单位仍可查看。"), _one("reason", _("转报理由")),
        actions.forward_case, is_grave=True,
    ),
    "deliver": Step(_("登记送达"), _("登记后送达环节办结，写入办件日志。"), _delivery, actions.deliver_case),
    "post_parcel": Step(_("登记寄出"), _("登记后申请人可以查到物流。"), _posting, _post_parcel),
    "verify_commitment": Step(
        _("核查承诺"), _("属实的了结；不实的限期整改，整改到期仍不符合的由负责人撤销决定。"), _verification,
        actions.verify_commitment,
    ),
    "revoke": Step(
        _("撤销决定"), _("撤销后证照同时失效，申请人收到通知和救济途径。"), _one("reason", _("撤销理由（写给申请人看）")),
        actions.revoke_decision, is_grave=True,
    ),
    "answer_objection": Step(
        _("答复异议"), _("申请人会收到答复；不影响其申请复议或者起诉。"),
        _upheld("answer", _("答复（写给申请人看）")), actions.answer_objection,
    ),
    "contact_reviewer": Step(
        _("差评联系核实"), _("登记联系核实的情况，开始整改。"), _one("note", _("核实到什么")), actions.contact_reviewer
    ),
    "rectify": Step(
        _("差评整改答复"), _("评价人会看到答复，之后由其他同事回访。"), _one("reply", _("整改了什么（评价人会看到）")),
        actions.rectify_review,
    ),
    "call_back": Step(_("差评回访"), _("回访后差评整改办结。"), _called_back, actions.call_back_reviewer),
    "appeal_review": Step(
        _("对差评申诉"), _("由上级机关负责人复核；没有上级的由本单位另一位负责人复核。"), _one("reason", _("申诉理由")),
        actions.appeal_review,
    ),
    "archive": Step(
        _("归档"), _("打包卷宗、做四性检测、固定摘要；归档后不能再改。"), _archiving, actions.archive_case
    ),
}  # fmt: skip
URGENT = ("answer_consult", "cosign", "decide_proposal", "decide_appeal", "end_procedure")  # opened of themselves
TRUTHS = ("approves", "agrees", "kept", "upheld")
NUMBERS = ("to_account_id", "organisation_id", "satisfaction")


def open_steps(case: CaseShape, by: Actor) -> tuple[str, ...]:
    """Return the steps this officer may take with a case now, in the order of the table."""
    verbs = set(case.allowed)
    if "deliver" in verbs and "post" in case.pack.handling.delivery and case.pending.delivery != "posted":
        parcel = arranged.find_parcel(case.no, by)
        verbs |= {"post_parcel"} if parcel and parcel.state == "requested" else set()
    return tuple(verb for verb in STEPS if verb in verbs)


def take(verb: str, values: Mapping[str, Any], case: CaseShape, base: Mapping[str, Any]) -> object:
    """Do a step with what was entered; returns what its action returns."""
    given = {name: value == YES if name in TRUTHS else value for name, value in values.items()}
    given |= {name: int(given[name]) for name in NUMBERS if name in given}
    if verb == "start_procedure":
        declared = case.pack.handling.procedure(given.get("procedure", ""))
        if declared is not None and declared.kind != "hearing":
            given = {name: value for name, value in given.items() if name not in ("hearing_at", "place")}
    return STEPS[verb].act(**given, **base)

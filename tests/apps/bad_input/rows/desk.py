"""The desk（工作台）: who may not, too late, without a claim, without a reason, with an outcome that cannot be."""

from __future__ import annotations

from tests.apps.bad_input.doors import Page
from tests.apps.bad_input.rows.own import NO_CASE, NO_CASE_EN
from tests.apps.bad_input.rows.row import Row

HEALTH, POLICE = "health.examiner2", "public-security.examiner2"
REASON, REASON_EN = "请写明理由", "Give the reason"
OUTCOME, OUTCOME_EN = "办理结果有 1 处需要修改", "1 to put right in the outcome"
NO_DUTY, NO_DUTY_EN = "请由有相应职责的同事办理，或联系本单位负责人", "Leave it to a colleague whose duty it is"
WHOLE, WHOLE_EN = "“一件事”的总办件由各部门分别办理", "A one-thing is handled part by part"
TAKEN, TAKEN_EN = "这个办件已由市卫健委", "took this case at"


def does(who: str, name: str, action: str, **post: object) -> Page:
    return Page(who, f"/desk/cases/{{{name}}}/{action}", post={"version": f"{{version:{name}}}", **post})


ROWS = [
    Row("a resident at the desk", Page("mother", "/desk/tasks/"), 403, "工作台只对有岗位的工作人员开放", "open to officers with a post only"),
    Row("a resident decides her own case", does("parent04", "accepted", "settle", decision="granted"), 403, "工作台只对有岗位的工作人员开放", "open to officers with a post only"),
    Row("an administrator at the desk", Page("sysadmin", "/desk/tasks/"), 403, "请用工作账户登录", "work account"),
    Row("an officer of another department opens a case", Page(POLICE, "/desk/cases/{pool}/"), 404, NO_CASE, NO_CASE_EN),
    Row("an officer of another department claims a case", does(POLICE, "pool", "claim"), 404, NO_CASE, NO_CASE_EN),
    Row("an officer of another department decides a case", does(POLICE, "accepted", "settle", decision="denied", reason="不符合条件"), 404, NO_CASE, NO_CASE_EN),
    Row("another department's file under a case of one's own", Page(HEALTH, "/desk/cases/{pool}/files/{file}"), 404, "找不到这个文件，或您无权查看", "file"),
    Row("a case that does not exist", Page(HEALTH, "/desk/cases/99010220261122999999/"), 404, NO_CASE, NO_CASE_EN),
    Row("a claim without a version", Page(HEALTH, "/desk/cases/{pool}/claim", post={}), 422, "提交里缺少版本号", "carries no version"),
    Row("a claim with the version ²", Page(HEALTH, "/desk/cases/{pool}/claim", post={"version": "²"}), 422, "提交里缺少版本号", "carries no version"),
    Row("a claim with a version of 5000 digits", Page(HEALTH, "/desk/cases/{pool}/claim", post={"version": "9" * 5000}), 422, "提交里缺少版本号", "carries no version"),
    Row("two officers claim: the second", does("health.window", "claimed", "claim"), 409, TAKEN, TAKEN_EN),
    Row("two officers decide: the second, who has not claimed it", does("health.examiner", "accepted", "settle", decision="denied", reason="不符合条件"), 409, TAKEN, TAKEN_EN),
    Row("two tabs of one officer: the older decides", Page(HEALTH, "/desk/cases/{accepted}/settle", post={"version": "2", "decision": "denied", "reason": "不符合条件"}), 409, "请刷新后再决定，您填写的内容没有保存", "Reload before you decide"),
    Row("a decision before the case is accepted", does(HEALTH, "pool", "settle", decision="denied", reason="不符合条件"), 409, "请刷新查看最新状态", "Reload to see it"),
    Row("a window officer decides", does("health.window", "accepted", "settle", decision="denied", reason="不符合条件"), 403, NO_DUTY, NO_DUTY_EN),
    Row("an examiner accepts", does("health.examiner", "pool", "accept"), 403, NO_DUTY, NO_DUTY_EN),
    Row("a settled case is decided again", does(HEALTH, "settled", "settle", decision="denied", reason="撤回"), 409, "请刷新查看最新状态", "Reload to see it"),
    Row("a case that waits for additions is decided", does(POLICE, "supplementing", "settle", decision="denied", reason="不符合"), 409, "请刷新查看最新状态", "Reload to see it"),
    Row("an accepted case is refused acceptance", does(POLICE, "permit", "refuse", reason="不予受理"), 409, "请刷新查看最新状态", "Reload to see it"),
    Row("the decision “maybe”", does(HEALTH, "accepted", "settle", decision="maybe"), 422, "没有选“通过”还是“不予许可”", "was chosen"),
    Row("no decision", does(HEALTH, "accepted", "settle"), 422, "没有选“通过”还是“不予许可”", "was chosen"),
    Row("a denial without a reason", does(HEALTH, "accepted", "settle", decision="denied", reason="  "), 422, REASON, REASON_EN),
    Row("a denial with a reason of 100 kB", does(HEALTH, "accepted", "settle", decision="denied", reason="好" * 34000), 422, REASON, REASON_EN),
    Row("a grant without its outcome", does(HEALTH, "accepted", "settle", decision="granted", **{"outcome-certificate_no": ""}), 422, OUTCOME, OUTCOME_EN),
    Row("a grant with an outcome that is too long", does(HEALTH, "accepted", "settle", decision="granted", **{"outcome-certificate_no": "<script>" * 60}), 422, OUTCOME, OUTCOME_EN),
    Row("a grant with an outcome nobody declared", does(HEALTH, "accepted", "settle", decision="granted", **{"outcome-certificate_no": "Y990000448", "outcome-forged": "1"}), 422, OUTCOME, OUTCOME_EN),
    Row("a supplement that asks for nothing", does(HEALTH, "accepted", "supplement", reason="材料不全"), 422, "请列出需要补正的全部内容", "List everything that is needed"),
    Row("a supplement that asks for an unknown item", does(HEALTH, "accepted", "supplement", item=["material:nosuch"], reason="缺"), 422, "请列出需要补正的全部内容", "List everything that is needed"),
    Row("a supplement without a reason", does(POLICE, "permit", "supplement", item=["material:home_proof"], reason=""), 422, REASON, REASON_EN),
    Row("a second supplement without a leader", does(POLICE, "answered", "supplement", item=["material:home_proof"], reason="再补一次"), 403, "再次要求补正须由本单位负责人提出", "Asking again is for the head"),
    Row("a whole one-thing is claimed", Page(HEALTH, "/desk/cases/{pool_whole}/claim", post={"version": "1"}), 409, WHOLE, WHOLE_EN),
    Row("a whole one-thing is accepted", Page(HEALTH, "/desk/cases/{pool_whole}/accept", post={"version": "1"}), 409, WHOLE, WHOLE_EN),
    Row("a whole one-thing is granted past its departments", Page(HEALTH, "/desk/cases/{pool_whole}/settle", post={"version": "1", "decision": "granted"}), 409, WHOLE, WHOLE_EN),
]  # fmt: skip

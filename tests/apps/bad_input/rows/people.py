"""People（人员）: identity numbers, delegation, acting for others, signing in."""

from __future__ import annotations

from tests.apps.bad_input.doors import Page
from tests.apps.bad_input.rows.row import Row

UNMATCHED, UNMATCHED_EN = "身份证号和姓名对不上", "Identity number and name do not belong together"
NO_MANDATE, NO_MANDATE_EN = "您没有办理该人员或企业事务的有效授权", "You hold no mandate in force"
WRONG = {"login": "father", "password": "not-this-one"}
RIGHT = {"login": "father", "password": "Lanjiang-2026"}


def entrusted(who: str = "father", **changed: str) -> Page:
    """`who` lets the mother act for them, with something changed."""
    typed = {"agent_number": "{mother_id}", "agent_name": "王若兰", "relation": "配偶"}
    return Page(who, "/delegations/", post={**typed, **changed})


def switched(to: str, who: str = "mother") -> Page:
    return Page(who, "/identity/switch", post={"acting_for": to})


ROWS = [
    Row("an identity number with a wrong check digit", entrusted(agent_number="990102199510270001"), 422, UNMATCHED, UNMATCHED_EN),
    Row("an identity number born on 30 February", entrusted(agent_number="990102199502300017"), 422, UNMATCHED, UNMATCHED_EN),
    Row("an identity number of 15 digits", entrusted(agent_number="990102951027000"), 422, UNMATCHED, UNMATCHED_EN),
    Row("a full-width identity number with another name", entrusted(agent_number="９９０１０２１９９５１０２７０００Ｘ", agent_name="不是她"), 422, UNMATCHED, UNMATCHED_EN),
    Row("an identity number of 100 kB", entrusted(agent_number="9" * 100000), 422, UNMATCHED, UNMATCHED_EN),
    Row("no identity number", entrusted(agent_number=""), 422, UNMATCHED, UNMATCHED_EN),
    Row("a right number with somebody else's name", entrusted(agent_name="李四"), 422, UNMATCHED, UNMATCHED_EN),
    Row("a delegation to oneself", entrusted("mother"), 422, "不能委托自己。请填写另一位代办人", "Nobody delegates to themselves"),
    Row("a delegation that ended years ago", entrusted(valid_until="2020-01-01"), 422, "授权的截止日期须不早于", "not before today"),
    Row("a delegation until a day that does not exist", entrusted(valid_until="2026-02-30"), 422, "请填写真实的日期", "Enter a real date"),
    Row("a relation of 100 kB", entrusted(relation="女" * 34000), 422, "关系不超过 24 个字", "at most 24 characters"),
    Row("an officer delegates without a principal", entrusted("health.window"), 422, "窗口登记委托须指明委托人并附委托书", "names the principal and a proof"),
    Row("a delegation of other people is ended", Page("newcomer", "/delegations/", post={"end": "{mandate}"}), 422, "您的岗位没有这项权限", "Your post does not permit this"),
    Row("a delegation that is none is ended", Page("father", "/delegations/", post={"end": "nonsense"}), 422, "没有这项授权", "No such mandate"),
    Row("switching to a stranger", switched("resident:{stranger}"), 403, NO_MANDATE, NO_MANDATE_EN),
    Row("switching to nobody", switched("resident:00000000-0000-0000-0000-000000000000"), 403, NO_MANDATE, NO_MANDATE_EN),
    Row("switching to an enterprise of others", switched("legal-entity:91990100MA0000001X"), 403, NO_MANDATE, NO_MANDATE_EN),
    Row("switching to nonsense of 100 kB", switched("resident:" + "x" * 100000), 403, NO_MANDATE, NO_MANDATE_EN),
    Row("a wrong password", Page("", "/accounts/login/", post=WRONG), 200, "您提供的用户名或密码不正确", "not correct"),
    Row("SQL for a user name", Page("", "/accounts/login/", post={**WRONG, "login": "' OR 1=1 --"}), 200, "您提供的用户名或密码不正确", "not correct"),
    Row("a user name and a password of 100 kB", Page("", "/accounts/login/", post={"login": "x" * 100000, "password": "x" * 100000}), 200, "没有登录成功", "Sign-in failed"),
    Row("the right password after five wrong ones", Page("", "/accounts/login/", post=RIGHT), 429, "暂时不能登录。请过几分钟再试", "few minutes", after=(Page("", "/accounts/login/", post=WRONG),) * 5),
    Row("an administrator looks for personal data", Page("sysadmin", "/my/data/"), 403, "当前账户没有关联个人身份", "not linked to a resident"),
]  # fmt: skip

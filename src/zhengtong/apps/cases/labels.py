"""How actions are called（动作名称）, in the log, on receipts and in refusals."""

from __future__ import annotations

from collections.abc import Mapping

# kind → what the receipt and the timeline say
LABELS: Mapping[str, tuple[str, str]] = {
    "submitted": ("提交申请", "Submitted"),
    "opened": ("开始办理", "Started"),
    "blocked": ("无法继续办理", "Cannot go on"),
    "claimed": ("认领", "Taken on"),
    "released": ("退回待认领", "Put back"),
    "reassigned": ("改派", "Reassigned"),
    "checked": ("核验数据", "Data checked"),
    "accepted": ("受理", "Accepted"),
    "deemed-accepted": ("视为受理", "Deemed accepted"),
    "not-accepted": ("不予受理", "Not accepted"),
    "supplement-asked": ("一次性告知补正", "Additions asked for"),
    "supplement-answered": ("补正", "Additions received"),
    "supplement-expired": ("逾期未补正，终止", "Ended for lack of additions"),
    "granted": ("办结：准予", "Granted"),
    "denied": ("办结：不予", "Denied"),
    "withdrawn": ("撤回", "Withdrawn"),
    "reviewed": ("评价", "Reviewed"),
    "closed": ("全部办结", "All settled"),
}

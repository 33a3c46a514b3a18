"""Golden cases hold（范例检查）: at least one of a good run, and each comes out as it says."""

from __future__ import annotations

from collections.abc import Iterator

from zhengtong.declared.checks.ground import Ground
from zhengtong.declared.golden import differences
from zhengtong.declared.shapes import Finding

CONCERN = "golden"


def check_golden(ground: Ground) -> Iterator[Finding]:
    """Yield packs without a good case or a refused one, and cases that come out otherwise."""
    pack = ground.pack
    for wanted, zh, en in ((False, "办成的", "a run that succeeds"), (True, "被拒绝的", "a refusal")):
        if not any(bool(case.expect.refused) is wanted for case in pack.golden):
            yield ground.finding(
                CONCERN,
                ("golden",),
                (f"没有一个{zh}范例", f"there is no golden case of {en}"),
                ("没人能看出这个事项办起来是什么样", "nobody can see how the matter goes"),
                ("在 cases/ 里写一个", "write one in cases/"),
            )
    for at, case in enumerate(pack.golden):
        for difference in differences(pack, case, ground.neighbours):
            yield ground.finding(
                CONCERN,
                ("golden", at, "expect", difference.member.partition(".")[0]),
                (
                    f"范例 {case.id} 的 {difference.member} 应为 {difference.expected}，实为 {difference.came}",
                    f"case {case.id}: {difference.member} should be {difference.expected}, is {difference.came}",
                ),
                (
                    "范例是验收标准：不是范例错了，就是声明错了",
                    "a case is the acceptance test: either it or the pack is wrong",
                ),
                ("改正范例或声明", "correct the case or the pack"),
            )

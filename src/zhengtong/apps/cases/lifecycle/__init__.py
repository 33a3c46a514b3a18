"""The life of a case（办件生命周期）: kinds of action declared in actions.yaml, their effects, and the fold over a log.

Nothing here knows a database, a clock on the wall, or a matter by name. `kinds` says what is allowed when, `state` what a
log amounts to, `clocks course meanwhile afterwards` what each action does, `deadlines` what time will do.
"""

from zhengtong.apps.cases.lifecycle.clocks import Rules, rules_of
from zhengtong.apps.cases.lifecycle.course import facts_of
from zhengtong.apps.cases.lifecycle.deadlines import Deadline, deadlines, next_wake
from zhengtong.apps.cases.lifecycle.declared import is_declared
from zhengtong.apps.cases.lifecycle.folding import (
    VERSION_CHANGES,
    apply,
    first_version,
    fold,
    fold_parts,
    fold_versions,
)
from zhengtong.apps.cases.lifecycle.kinds import TRANSITIONS, Kind, list_kinds
from zhengtong.apps.cases.lifecycle.state import (
    Action,
    AskedSupplement,
    CaseState,
)

__all__ = [
    "TRANSITIONS",
    "VERSION_CHANGES",
    "Action",
    "AskedSupplement",
    "CaseState",
    "Deadline",
    "Kind",
    "Rules",
    "apply",
    "deadlines",
    "facts_of",
    "first_version",
    "fold",
    "fold_parts",
    "fold_versions",
    "is_declared",
    "list_kinds",
    "next_wake",
    "rules_of",
]

"""Writes of this room（动作）: keyword-only, `by` who acts, `at` when; one transaction, one receipt, may refuse."""

from __future__ import annotations

from zhengtong.apps.matters.actions.imports import import_items
from zhengtong.apps.matters.actions.offering import pause_matter, resume_matter, withdraw_matter
from zhengtong.apps.matters.actions.proofs import import_materials, propose_replacement
from zhengtong.apps.matters.actions.publishing import draft_pack, publish_pack, publish_version, review_pack

__all__ = [
    "draft_pack",
    "import_items",
    "import_materials",
    "pause_matter",
    "propose_replacement",
    "publish_pack",
    "publish_version",
    "resume_matter",
    "review_pack",
    "withdraw_matter",
]

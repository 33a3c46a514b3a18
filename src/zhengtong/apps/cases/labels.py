"""How actions are called（动作名称）, in the log, on receipts and in refusals: the words of lifecycle/actions.yaml."""

from __future__ import annotations

from collections.abc import Mapping

from zhengtong.apps.cases.lifecycle import list_kinds

# kind → what the receipt and the timeline say
LABELS: Mapping[str, tuple[str, str]] = {name: (kind.zh, kind.en) for name, kind in list_kinds().items()}

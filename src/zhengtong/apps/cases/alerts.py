"""What supervisors are warned of（预警种类）, in words."""

from __future__ import annotations

from collections.abc import Mapping

ALERT_TITLES: Mapping[str, tuple[str, str]] = {
    "yellow": ("黄牌：即将到期", "Yellow: due soon"),
    "red": ("红牌：今日到期", "Red: due today"),
    "overdue": ("已超期", "Overdue"),
    "verify": ("承诺到期未核查", "Commitment not verified in time"),
    "revoke": ("承诺不实，整改到期", "Untrue commitment not put right in time"),
    "objection": ("异议到期未答复", "Objection not answered in time"),
    "contact": ("差评未按时联系核实", "Bad review not looked into in time"),
    "rectify": ("差评未按时整改", "Bad review not put right in time"),
    "owed": ("视为准予，证照待补发", "Deemed granted; a certificate is owed"),
    "deliver": ("到期未送达", "Not delivered in time"),
}

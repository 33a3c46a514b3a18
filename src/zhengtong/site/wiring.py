"""Who hears what（事件接线）: the one list of upward news between capabilities."""

from __future__ import annotations


def connect() -> None:
    """Connect every listener; called once per process, when Django has all rooms ready."""
    from zhengtong.apps.cases.queries import announced_calendar
    from zhengtong.apps.evidence import actions as evidence
    from zhengtong.apps.people import events as people
    from zhengtong.kit.calendar import provide_calendar

    people.subscribe(evidence.hear)
    provide_calendar(announced_calendar)

"""Who hears what（事件接线）: the one list of upward news between capabilities."""

from __future__ import annotations


def connect() -> None:
    """Connect every listener; called once per process by `wsgi` and by the command line."""

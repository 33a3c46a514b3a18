"""Let the emptying of the database after a transactional test pass the append-only guards."""

from __future__ import annotations

from typing import Any

from django.db import connection

from zhengtong.apps.evidence import guards


def allow_flush() -> None:
    """Wrap this connection's flush, once, so that the guards are off while it runs and back afterwards."""
    flush = connection.ops.execute_sql_flush
    if getattr(flush, "lifts_guards", False):
        return

    def lifted_flush(sql_list: list[str]) -> Any:
        with guards.lifted(connection):
            return flush(sql_list)

    lifted_flush.lifts_guards = True  # type: ignore[attr-defined]
    connection.ops.execute_sql_flush = lifted_flush  # type: ignore[method-assign]

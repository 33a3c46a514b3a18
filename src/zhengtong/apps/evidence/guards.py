"""What the database itself forbids（只增不改）: triggers that keep this room's tables append-only on both databases.

Nothing is updated or deleted, with one exception: a receipt's `leaf_index` is set once, from nothing to a number, while
every other column stays. SQLite loses triggers when a migration remakes a table: `install` runs after every migrate.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

CODE = "evidence.append-only"
RECEIPT = "evidence_receipt"
FROZEN = ["evidence_receiptsubject", "evidence_dataread", "evidence_treenode", "evidence_checkpoint"]
KEPT = ["id", "no", "kind", "at", "by_kind", "by_label", "case_no", "body", "digest", "summary_zh", "summary_en"]


def install(connection: Any) -> None:
    """Create the triggers anew in the connection's database; nothing while the room's tables are not there yet."""
    if not {RECEIPT, *FROZEN} <= set(connection.introspection.table_names()):
        return
    remove(connection)
    create = {"sqlite": _sqlite, "postgresql": _postgresql}[connection.vendor]
    _run(connection, create())


def remove(connection: Any) -> None:
    """Drop the triggers: before the room itself is taken down, and for tests that empty the database."""
    on = "" if connection.vendor == "sqlite" else " ON {table}"
    events = ("update", "delete") if connection.vendor == "sqlite" else ("update", "delete", "truncate")
    _run(
        connection,
        [
            f"DROP TRIGGER IF EXISTS {table}_{event}" + on.format(table=table)
            for table in [RECEIPT, *FROZEN]
            for event in events
        ],
    )


@contextlib.contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """Leave the guards off for a while. Only whoever may change the schema can do this, and every use is visible."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _sealing(same: str) -> str:
    """Return the one update that is allowed, in terms of OLD and NEW; `same` is the vendor's null-safe equality."""
    kept = " AND ".join(f"OLD.{column} {same} NEW.{column}" for column in KEPT)
    return f"OLD.leaf_index IS NULL AND NEW.leaf_index IS NOT NULL AND {kept}"


def _sqlite() -> list[str]:
    stop = f"BEGIN SELECT RAISE(ABORT, '{CODE}'); END"
    update = f"CREATE TRIGGER {RECEIPT}_update BEFORE UPDATE ON {RECEIPT} WHEN NOT ({_sealing('IS')}) {stop}"
    updates = [f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} {stop}" for table in FROZEN]
    deletes = [f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} {stop}" for table in [RECEIPT, *FROZEN]]
    return [update, *updates, *deletes]


def _postgresql() -> list[str]:
    function = (
        "CREATE OR REPLACE FUNCTION evidence_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{CODE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    stop = "EXECUTE FUNCTION evidence_append_only()"
    statements = [
        function,
        f"CREATE TRIGGER {RECEIPT}_update BEFORE UPDATE ON {RECEIPT} FOR EACH ROW "
        f"WHEN (NOT ({_sealing('IS NOT DISTINCT FROM')})) {stop}",
    ]
    for table in FROZEN:
        statements.append(f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} FOR EACH ROW {stop}")
    for table in [RECEIPT, *FROZEN]:
        statements.append(f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} FOR EACH ROW {stop}")
        statements.append(f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {stop}")
    return statements

"""What the database itself forbids（发布即冻结）: changing the text of a published version, on both databases.

SQLite loses triggers when a migration remakes a table, so `install` runs after every migrate.
"""

from __future__ import annotations

from typing import Any

CODE = "matters.version.frozen"
TABLE, TRIGGER = "matters_packversion", "matters_packversion_frozen"
FROZEN = ("matter_id", "number", "digest", "canonical")


def install(connection: Any) -> None:
    """Create the trigger anew in the connection's database."""
    statements = {"sqlite": _sqlite, "postgresql": _postgresql}[connection.vendor]()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _changed(differs: str) -> str:
    return " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in FROZEN)


def _sqlite() -> list[str]:
    return [
        f"DROP TRIGGER IF EXISTS {TRIGGER}",
        f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON {TABLE} WHEN OLD.state = 'published' AND ({_changed('IS NOT')})"
        f" BEGIN SELECT RAISE(ABORT, '{CODE}'); END",
    ]


def _postgresql() -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{CODE}' USING ERRCODE = '23000'; END $$",
        f"DROP TRIGGER IF EXISTS {TRIGGER} ON {TABLE}",
        f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON {TABLE} FOR EACH ROW"
        f" WHEN (OLD.state = 'published' AND ({_changed('IS DISTINCT FROM')})) EXECUTE FUNCTION {TRIGGER}()",
    ]

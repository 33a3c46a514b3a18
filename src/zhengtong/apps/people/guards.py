"""What the database itself forbids（三员分立）: triggers on SQLite and PostgreSQL that no raw SQL gets around.

1. An account with an administrator's duty holds no officer's post, and the other way round.
2. Whoever holds a duty that may not grant is not written down as the one who granted: auditors only read, system
   administrators open accounts but give no rights.

One duty per account, and nobody granting to themselves, are constraints of the tables (models/accounts.py).
SQLite loses triggers when a migration remakes a table: `install` is idempotent and runs after every migrate.
"""

from __future__ import annotations

from typing import Any

SEPARATED = "people.duty.separated"
MAY_NOT = "people.duty.may-not"

# table → the table that must hold no open row of the same account
EXCLUSIVE = {"people_adminduty": "people_post", "people_post": "people_adminduty"}
# table, column that names who granted → duties that may not stand there
GRANTORS = [
    ("people_post", "appointed_by_id", ("sysadmin", "auditadmin")),
    ("people_adminduty", "assigned_by_id", ("sysadmin", "auditadmin")),
    ("people_mandate", "created_by_id", ("sysadmin", "secadmin", "auditadmin")),
    ("people_mandate", "ended_by_id", ("sysadmin", "secadmin", "auditadmin")),
]


def install(connection: Any) -> None:
    """Create the triggers anew in the connection's database; nothing while the room's tables are not there yet."""
    if not {"people_mandate", *EXCLUSIVE} <= set(connection.introspection.table_names()):
        return
    statements = {"sqlite": _sqlite, "postgresql": _postgresql}[connection.vendor]()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _conditions() -> list[tuple[str, str, str, str]]:
    """Return name, table, condition on NEW that is forbidden, and the code it is refused with."""
    rules = []
    for table, other in EXCLUSIVE.items():
        condition = (
            f"NEW.ended_at IS NULL AND EXISTS (SELECT 1 FROM {other} held "  # noqa: S608  names from the tables above
            "WHERE held.account_id = NEW.account_id AND held.ended_at IS NULL)"
        )
        rules.append((f"{table}_separated", table, condition, SEPARATED))
    for table, column, duties in GRANTORS:
        names = ", ".join(f"'{duty}'" for duty in duties)
        condition = (
            f"EXISTS (SELECT 1 FROM people_adminduty held WHERE held.account_id = NEW.{column} "  # noqa: S608
            f"AND held.ended_at IS NULL AND held.duty IN ({names}))"
        )
        rules.append((f"{table}_{column}_may", table, condition, MAY_NOT))
    return rules


def _sqlite() -> list[str]:
    statements = []
    for name, table, condition, code in _conditions():
        for event in ("INSERT", "UPDATE"):
            trigger = f"{name}_{event.lower()}"
            statements.append(f"DROP TRIGGER IF EXISTS {trigger}")
            statements.append(
                f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{code}'); END"
            )
    return statements


def _postgresql() -> list[str]:
    statements = []
    for name, table, condition, code in _conditions():
        # Two transactions could each miss the other's row: the account's row makes them take turns. NO KEY UPDATE does
        # not block the foreign-key checks of unrelated inserts.
        account = "NEW.account_id" if code == SEPARATED else "NULL"
        statements += [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"PERFORM 1 FROM people_account WHERE id = {account} FOR NO KEY UPDATE; "
            f"IF {condition} THEN RAISE EXCEPTION '{code}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            "RETURN NEW; END $$",
            f"DROP TRIGGER IF EXISTS {name} ON {table}",
            f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ]
    return statements

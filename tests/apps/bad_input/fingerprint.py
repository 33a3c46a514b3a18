"""What "nothing changed" means（变化指纹）: every table's rows, every file of the site, but the traces of looking."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection

# reads and refusals to sign in leave their trace on purpose; a session is how somebody is known at all
TRACES = ("axes_", "django_session", "usersessions_", "evidence_datared", "account_")
READ_RECEIPTS = {"evidence_receipt": "kind NOT LIKE 'data.read%'"}
BIG_ROWS = 3000
#: a call that is refused at the gateway is recorded there
USAGE = "usage"


def fingerprint() -> dict[str, str]:
    """Return a digest for each table and for the list of files; equal before and after means nothing changed."""
    found = {table: digest(table) for table in sorted(tables())}
    home = Path(settings.ZHENGTONG_HOME)
    files = sorted(one.relative_to(home) for one in home.rglob("*") if one.is_file())
    found["files"] = "\n".join(str(one) for one in files if one.parts[0] != USAGE)
    return found


def tables() -> set[str]:
    names = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return {name for name in names if not name.startswith(TRACES)}


def digest(table: str) -> str:
    """Return the number of rows and, of tables of ordinary size, a digest of every row whatever their order."""
    where = READ_RECEIPTS.get(table, "1=1")
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {where}')
        (count,) = cursor.fetchone()
        if count > BIG_ROWS:
            return str(count)
        cursor.execute(f'SELECT * FROM "{table}" WHERE {where}')
        rows = sorted(hashlib.sha256(repr(row).encode()).hexdigest() for row in cursor.fetchall())
    return f"{count} {hashlib.sha256(''.join(rows).encode()).hexdigest()}"

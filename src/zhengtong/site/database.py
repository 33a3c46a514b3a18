"""One setting chooses the database（数据库）: `DATABASE_URL`, SQLite when unset."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from zhengtong.kit import Refused

SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA mmap_size=268435456;"


def database_settings(url: str | None, home: Path) -> dict[str, Any]:
    """Return Django's database dictionary for `url`: `sqlite:///path` or `postgresql://user:password@host:port/name`.

    Refused (`site.database.unknown-scheme`) for any other engine. SQLite begins writing transactions IMMEDIATE, so that
    two processes queue instead of failing, and syncs every commit: an acknowledged action survives a power cut.
    """
    if not url:
        return sqlite(home / "zhengtong.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path[1:])) if parts.path != "/:memory:" else ":memory:")
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "zhengtong.site.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "OPTIONS": dict(parse_qsl(parts.query)),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }
    raise Refused(
        "site.database.unknown-scheme",
        f"DATABASE_URL 的类型“{parts.scheme}”不支持。请用 sqlite:///路径 或 postgresql://用户:口令@主机:端口/库名。",
        f'DATABASE_URL has the unsupported scheme "{parts.scheme}". Use sqlite:///path or postgresql://user:password@host:port/name.',
    )


def sqlite(name: Path | str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(name),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
    }

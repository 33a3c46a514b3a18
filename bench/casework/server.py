"""The PostgreSQL of the bench: settings as for a site of this size, and every one that makes a commit durable left on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

#: memory and checkpoints for two cores and some gigabytes; fsync, full_page_writes and synchronous_commit stay on
SETTINGS = {
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "wal_buffers": "16MB",
    "work_mem": "16MB",
    "random_page_cost": "1.1",
    "effective_cache_size": "6GB",
    "jit": "off",
}


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Run the server and yield its address."""
    from tests.postgres import postgres_server

    with postgres_server(**SETTINGS) as url:
        yield url

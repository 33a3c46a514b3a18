"""Django's PostgreSQL engine with a cheaper look at a kept connection; Django finds an engine by this module's name."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import ConnStatus, TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that every first statement of a request finds alive, also those that bypass Django's cursors."""

    def ensure_connection(self) -> None:
        """Connect where there is no connection, or the one that was kept has died meanwhile."""
        self.close_if_health_check_failed()
        super().ensure_connection()

    def is_usable(self) -> bool:
        """Return whether the server is still there: at once where the line is quiet, by asking it otherwise.

        A server that ended a connection（restart, failover, time limit）has sent the end of the stream, so something
        waits to be read. Django asks `SELECT 1` each time, a tenth of the statements of a request.
        """
        return (self.connection is not None and is_quiet(self.connection.pgconn)) or super().is_usable()


def is_quiet(connection: Any) -> bool:
    """Return whether a libpq connection is in order, in no transaction, and nothing came in on it unasked."""
    if (connection.status, connection.transaction_status) != (ConnStatus.OK, TransactionStatus.IDLE):
        return False
    poll = select.poll()
    poll.register(connection.socket, select.POLLIN)
    return not poll.poll(0)

"""What Spark cannot run（不能运行）."""

from __future__ import annotations


class CannotRun(Exception):
    """A query that Spark cannot run on this data, whoever wrote it: told as a refusal where it was asked."""

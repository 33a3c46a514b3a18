"""The token engine（流程引擎）: `advance(model, state, event)` gives the next state and what it asks of the outside."""

from zhengtong.flow.engine.step import advance, listening, next_due, read_variables, start, waiting

__all__ = ["advance", "listening", "next_due", "read_variables", "start", "waiting"]

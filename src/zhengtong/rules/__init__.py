"""Rules（规则）: FEEL and DMN, written once, deciding one case, explained, and compiled to SQL. The door of the room."""

from zhengtong.rules.decision import Decision, compile_decision, versions_in_force
from zhengtong.rules.expression import Condition, Expression, compile_condition, compile_expression

__all__ = [
    "Condition",
    "Decision",
    "Expression",
    "compile_condition",
    "compile_decision",
    "compile_expression",
    "versions_in_force",
]

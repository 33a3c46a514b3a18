"""Rules（规则）: FEEL and DMN, written once, deciding one case, explained, and compiled to SQL. The door of the room."""

from zhengtong.rules.expression import Condition, Expression, compile_condition, compile_expression

__all__ = ["Condition", "Expression", "compile_condition", "compile_expression"]

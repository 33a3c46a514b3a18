"""Rules（规则）: FEEL and DMN, written once, deciding one case, explained, and compiled to SQL. The door of the room."""

from zhengtong.rules.compare import Comparison, Difference, compare
from zhengtong.rules.decision import Decision, compile_decision, versions_in_force
from zhengtong.rules.every_table import gaps_of_tables
from zhengtong.rules.explain import Explanation
from zhengtong.rules.expression import Condition, Expression, compile_condition, compile_expression
from zhengtong.rules.gaps import GapReport, Hole, Overlap
from zhengtong.rules.side_by_side import Cell, Conditions, sql_side_by_side, sql_with_conditions
from zhengtong.rules.to_sql import Column, SqlQuery

__all__ = [
    "Cell",
    "Column",
    "Conditions",
    "Comparison",
    "Condition",
    "Decision",
    "Difference",
    "Explanation",
    "Expression",
    "GapReport",
    "Hole",
    "Overlap",
    "SqlQuery",
    "compare",
    "compile_condition",
    "compile_decision",
    "compile_expression",
    "gaps_of_tables",
    "sql_side_by_side",
    "sql_with_conditions",
    "versions_in_force",
]

"""IR → SQL（编译到 SQL）: one query per decision, exact decimals, refused where there is no form."""

from zhengtong.rules.to_sql.column import Column, Columns
from zhengtong.rules.to_sql.query import DIALECTS, SqlQuery, to_sql

__all__ = ["DIALECTS", "Column", "Columns", "SqlQuery", "to_sql"]

"""Apache Spark（Spark 方言）: decimals of 38 digits, no whole numbers beyond 18, so what needs more is refused."""

from __future__ import annotations

from zhengtong.rules.to_sql.dialect import Dialect
from zhengtong.rules.to_sql.kinds import NoForm, SqlType

_ROUNDINGS = {"half even": "bround", "half up": "round", "floor": "floor", "ceiling": "ceil"}
_NO_TYPE = {
    "time": ("a time of day", "时刻"),
    "date and time": ("a date and time", "日期时间"),
    "wide": ("arithmetic beyond 34 known digits", "超出 34 位已知数位的运算"),
}


class Spark(Dialect):
    """Spark SQL 3.5 or later, ANSI mode. Lists, times and long arithmetic have no form."""

    name = "spark"
    has_lists = False
    has_wide = False
    has_unicode_case = False
    text_type = "STRING"
    whole_digits = 18
    word_digits = 0

    def quote(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def text(self, value: str) -> str:
        """Quotes as escapes, so that a text ends at the first quote for whoever reads the query."""
        return "'" + value.replace("\\", "\\\\").replace("'", "\\u0027") + "'"

    def type(self, kind: SqlType) -> str:
        if kind.kind in _NO_TYPE:
            raise NoForm(*_NO_TYPE[kind.kind])
        if kind.kind in ("list", "context"):
            raise NoForm("a list or context", "列表或上下文")
        return super().type(kind)

    def _plain_types(self) -> dict[str, str]:
        return {**super()._plain_types(), "string": "STRING", "nanos": "BIGINT", "null": "INT"}

    @property
    def whole(self) -> str:
        return "BIGINT"

    def exact(self, sql: str, kind: SqlType) -> str:
        """Spark widens every result by a digit: cast back, so that a chain of products keeps its scale."""
        return self.cast(sql, kind)

    def round_decimal(self, sql: str, scale: int, mode: str) -> str | None:
        function = _ROUNDINGS.get(mode)
        return f"{function}({sql}, {scale})" if function and scale >= 0 else None

    def divided(self, dividend: str, divisor: str) -> str:
        return f"({dividend} div {divisor})"

    def fail(self, message: str) -> str:
        return f"raise_error({self.text(message)})"

    def same(self, left: str, right: str) -> str:
        return f"({left} <=> {right})"

    def cut_end(self, text: str, letter: str) -> str:
        return f"trim(TRAILING '{letter}' FROM {text})"

    def find(self, text: str, match: str) -> str:
        return f"instr({text}, {match})"

    def position(self, number: str) -> str:
        return f"CAST({number} AS INT)"

    def date_or_null(self, text: str) -> str:
        return f"TRY_CAST({text} AS DATE)"

    def calendar(self, function: str, day: str) -> str:
        formats = {"dayname": "EEEE", "monthname": "MMMM"}
        return f"date_format({day}, '{formats[function]}')" if function in formats else f"{function}({day})"

    def date_from_days(self, days: str) -> str:
        return f"date_add(DATE'1970-01-01', CAST({days} AS INT))"

    def days_of_date(self, date: str) -> str:
        return f"CAST(datediff({date}, DATE'1970-01-01') AS BIGINT)"

    def date_plus_months(self, date: str, months: str) -> str:
        return f"add_months({date}, CAST({months} AS INT))"

    def part(self, name: str, moment: str) -> str:
        return f"(weekday({moment}) + 1)" if name == "weekday" else f"{name}({moment})"

    def micros_of_moment(self, moment: str) -> str:
        raise NoForm(*_NO_TYPE["date and time"])

    def moment_from_micros(self, micros: str) -> str:
        raise NoForm(*_NO_TYPE["date and time"])

    def micros_of_time(self, time: str) -> str:
        raise NoForm(*_NO_TYPE["time"])

    def time_from_micros(self, micros: str) -> str:
        raise NoForm(*_NO_TYPE["time"])

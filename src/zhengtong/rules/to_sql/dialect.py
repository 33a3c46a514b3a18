"""SQL dialects（SQL 方言）: how each engine writes the few things that differ. DuckDB's is the base."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from typing import Any

from zhengtong.rules.to_sql.kinds import NoForm, SqlType
from zhengtong.rules.to_sql.stages import Stages

_NAMES = count(1)
_NAMED = re.compile(r"\w+")


class Dialect:
    """DuckDB. A `let` evaluates an expression once and names it inside another."""

    name = "duckdb"
    has_lists = True
    has_wide = True
    has_unicode_case = True
    has_number_text = True
    text_type = "VARCHAR"
    #: digits of the whole numbers that rounding and durations are worked out in
    whole_digits = 38
    #: digits of the decimals an engine keeps in a machine word and brings to one type by itself, exactly; 0: it does not
    word_digits = 18

    def __init__(self) -> None:
        self.stages = Stages()

    def wide_math(self, plain: type) -> Any:
        """Return the arithmetic of wide numbers: `plain` where they are a coefficient and an exponent."""
        return plain(self)

    def quote(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def text(self, value: str) -> str:
        """Return a string literal."""
        return "'" + value.replace("'", "''") + "'"

    def type(self, kind: SqlType) -> str:
        """Return the SQL name of a type."""
        if kind.kind == "fixed":
            return f"DECIMAL({max(kind.digits, 1)}, {kind.scale})"
        if kind.kind == "list":
            return f"{self.type(kind.of or SqlType('null'))}[]"
        if kind.kind == "context":
            return "STRUCT(" + ", ".join(f"{self.quote(n)} {self.type(t)}" for n, t in kind.fields) + ")"
        return self._plain_types()[kind.kind]

    def _plain_types(self) -> dict[str, str]:
        return {
            "null": "INTEGER",
            "boolean": "BOOLEAN",
            "string": "VARCHAR",
            "date": "DATE",
            "time": "TIME",
            "date and time": "TIMESTAMP",
            "months": "BIGINT",
            "nanos": "HUGEINT",
            "wide": "STRUCT(c HUGEINT, e INTEGER)",
        }

    @property
    def whole(self) -> str:
        """The type of integers up to 38 digits."""
        return "HUGEINT"

    def cast(self, sql: str, kind: SqlType) -> str:
        return f"CAST({sql} AS {self.type(kind)})"

    def fresh(self) -> str:
        return f"v{next(_NAMES)}"

    def let(self, sql: str, body: Callable[[str], str]) -> str:
        """Return `body` with the value of `sql` named: a column of an earlier stage, or inside a lambda another one."""
        if _NAMED.fullmatch(sql):
            return body(sql)
        if not self.stages.depth:
            return body(self.stages.name(sql))
        name = self.fresh()
        return f"list_transform([{sql}], lambda {name}: {body(name)})[1]"

    def divided(self, dividend: str, divisor: str) -> str:
        """Return the whole quotient toward zero of two integers."""
        return f"({dividend} // {divisor})"

    def remainder(self, dividend: str, divisor: str) -> str:
        return f"({dividend} % {divisor})"

    def fail(self, message: str) -> str:
        """Return an expression that stops the query with a message: never a silent different answer."""
        return f"error({self.text(message)})"

    def same(self, left: str, right: str) -> str:
        return f"({left} IS NOT DISTINCT FROM {right})"

    def ordered(self, sql: str, kind: SqlType) -> str:  # noqa: ARG002 - dialects with collations need the kind
        """Return the value as it is put in order: texts by code points."""
        return sql

    def aligns(self, *kinds: SqlType) -> bool:
        """Return whether the engine adds and compares numbers of such types as they stand."""
        return all(kind.digits <= self.word_digits for kind in kinds)

    def product(self, left: tuple[str, SqlType], right: tuple[str, SqlType], kind: SqlType) -> str:
        """Return the product of two decimals: of more than a word where its digits may need that."""
        sql, of = left
        if kind.digits > self.word_digits >= max(of.digits, right[1].digits):
            sql = self.cast(sql, SqlType("fixed", max(kind.whole, self.word_digits + 1 - of.scale), of.scale))
        return self.exact(f"({sql} * {right[0]})", kind)

    def exact(self, sql: str, kind: SqlType) -> str:  # noqa: ARG002 - engines that widen results need the kind
        """Return a sum or product in the type its digits are known to have."""
        return sql

    def round_decimal(self, sql: str, scale: int, mode: str) -> str | None:
        """Return the engine's own exact rounding of a decimal, None where it has none for that mode."""
        return f"round({sql}, {scale})" if mode == "half up" and scale >= 0 else None

    def cut_end(self, text: str, letter: str) -> str:
        """Return a text without a letter's repetitions at its end."""
        return f"rtrim({text}, '{letter}')"

    def find(self, text: str, match: str) -> str:
        """Return the place of the first match in a text, from 1; 0 when there is none."""
        return f"strpos({text}, {match})"

    def position(self, number: str) -> str:
        """Return a whole number as a position in a text or list."""
        return f"CAST({number} AS BIGINT)"

    def date_or_null(self, text: str) -> str:
        """Return the date a text YYYY-MM-DD writes, null when the calendar has none."""
        return f"TRY_CAST({text} AS DATE)"

    def calendar(self, function: str, day: str) -> str:
        """Return dayofyear, weekofyear (ISO), dayname or monthname (English) of a day."""
        return f"{function}({day})"

    # -- moments ---------------------------------------------------------------------------------------------------

    def date_from_days(self, days: str) -> str:
        return f"(DATE '1970-01-01' + CAST({days} AS INTEGER))"

    def days_of_date(self, date: str) -> str:
        return f"({date} - DATE '1970-01-01')"

    def micros_of_moment(self, moment: str) -> str:
        return f"epoch_us({moment})"

    def moment_from_micros(self, micros: str) -> str:
        return f"make_timestamp(CAST({micros} AS BIGINT))"

    def micros_of_time(self, time: str) -> str:
        return f"epoch_us({time})"

    def time_from_micros(self, micros: str) -> str:
        return f"(TIME '00:00:00' + to_microseconds(CAST({micros} AS BIGINT)))"

    def date_plus_months(self, date: str, months: str) -> str:
        return f"CAST(({date} + to_months(CAST({months} AS INTEGER))) AS DATE)"

    def moment_plus_months(self, moment: str, months: str) -> str:
        return f"({moment} + to_months(CAST({months} AS INTEGER)))"

    def part(self, name: str, moment: str) -> str:
        """Return year, month, day, weekday, hour, minute of a moment."""
        function = "isodow" if name == "weekday" else name
        return f"{function}({moment})"

    # -- lists and contexts ------------------------------------------------------------------------------------------

    def list_of(self, items: list[str], kind: SqlType) -> str:
        return f"CAST([{', '.join(items)}] AS {self.type(kind)})"

    def each(self, items: str, body: Callable[[str], str]) -> str:
        return f"list_transform({items}, {self._lambda(body)})"

    def those(self, items: str, condition: Callable[[str], str]) -> str:
        return f"list_filter({items}, {self._lambda(condition)})"

    def _lambda(self, body: Callable[[str], str]) -> str:
        name = self.fresh()
        self.stages.depth += 1
        text = body(name)
        self.stages.depth -= 1
        return f"lambda {name}: {text}"

    def length(self, items: str) -> str:
        return f"len({items})"

    def at(self, items: str, position: str) -> str:
        return f"{items}[{position}]"

    def entry(self, context: str, name: str) -> str:
        return f"struct_extract({context}, {self.text(name)})"

    def context(self, entries: list[tuple[str, str]]) -> str:
        return "struct_pack(" + ", ".join(f"{self.quote(name)} := {sql}" for name, sql in entries) + ")"

    def refuse_lists(self, at: tuple[int, int] = (0, 0)) -> None:
        """Refuse lists and contexts where the dialect has no form for them."""
        if not self.has_lists:
            raise NoForm("a list or context", "列表或上下文", at)

"""Comparisons and tests in SQL（SQL 比较）."""

from __future__ import annotations

from zhengtong.rules.to_sql.ground import FALSE, TRUE, UNKNOWN, Ground, Meaning
from zhengtong.rules.to_sql.kinds import (
    BOOLEAN,
    NULL,
    NoForm,
    RangeValue,
    Value,
    has_kind,
    unify,
)

ORDERED = ("number", "string", "date", "months", "nanos", "time", "date and time")


class Comparisons(Ground):
    """Equality, order, `in` and null, as FEEL has them."""

    def compare(self, operator: str, left: Meaning, right: Meaning) -> Value:
        """Return left operator right; = and != take null as a value of its own."""
        if isinstance(left, RangeValue) or isinstance(right, RangeValue):
            return self._compare_ranges(operator, left, right)
        if not isinstance(left, Value) or not isinstance(right, Value):
            raise NoForm("comparing functions", "函数比较")
        if left.type.family != right.type.family:
            return self._compare_kinds(operator, left, right)
        if left.type == NULL:
            return {"=": TRUE, "!=": FALSE}.get(operator, UNKNOWN)
        if left.type.is_number:
            return Value(self.decimals.compare(operator, self.named(left), self.named(right)), BOOLEAN)
        if operator in ("=", "!="):
            return self._equality(operator, left, right)
        if left.type.family not in ORDERED:
            return UNKNOWN
        sides = [self.dialect.ordered(self.moments.comparable(side), side.type) for side in (left, right)]
        return Value(f"({sides[0]} {operator} {sides[1]})", BOOLEAN)

    def _equality(self, operator: str, left: Value, right: Value) -> Value:
        if left.type.kind == "context" and {n for n, _ in left.type.fields} != {n for n, _ in right.type.fields}:
            same = f"({left.sql} IS NULL AND {right.sql} IS NULL)"
        else:
            kind = unify([left.type, right.type], "comparison")
            if has_kind(kind, ("wide", "time", "date and time")) and kind.kind in ("list", "context"):
                raise NoForm("equality of lists with quotients or times", "含商或时间的列表相等比较")
            sides = [self.moments.comparable(self.fit(side, kind)) for side in (left, right)]
            plain = left.never_null and right.never_null and kind.kind not in ("list", "context")
            same = f"({sides[0]} = {sides[1]})" if plain else self.dialect.same(*sides)
        return Value(same if operator == "=" else f"(NOT {same})", BOOLEAN)

    def _compare_kinds(self, operator: str, left: Value, right: Value) -> Value:
        """Different kinds have no order and no equality, but null differs from every value."""
        if operator not in ("=", "!="):
            return UNKNOWN
        nulls = [self.is_null(side) for side in (left, right)]
        same = f"(CASE WHEN {nulls[0]} OR {nulls[1]} THEN {nulls[0]} AND {nulls[1]} END)"
        return Value(same if operator == "=" else f"(NOT {same})", BOOLEAN)

    def is_null(self, value: Value) -> str:
        """Return the SQL test for null."""
        if value.type == NULL:
            return "TRUE"
        if value.never_null:
            return "FALSE"
        if value.parts is not None:
            return f"({value.parts[0].sql} IS NULL OR NULLIF({value.parts[1].sql}, 0) IS NULL)"
        return f"({value.sql} IS NULL)"

    def _compare_ranges(self, operator: str, left: Meaning, right: Meaning) -> Value:
        if operator not in ("=", "!="):
            return UNKNOWN
        if not isinstance(left, RangeValue) or not isinstance(right, RangeValue):
            other = right if isinstance(left, RangeValue) else left
            if not isinstance(other, Value):
                return UNKNOWN
            different = f"(CASE WHEN {self.is_null(other)} THEN {'FALSE' if operator == '=' else 'TRUE'} END)"
            return Value(different, BOOLEAN)
        shape = [(side.low_closed, side.high_closed, side.operator) for side in (left, right)]
        if shape[0] != shape[1]:
            return FALSE if operator == "=" else TRUE
        parts = [self.compare("=", left.low, right.low).sql, self.compare("=", left.high, right.high).sql]
        same = f"({parts[0]} AND {parts[1]})"
        return Value(same if operator == "=" else f"(NOT {same})", BOOLEAN)

    def is_in(self, value: Meaning, container: Meaning) -> Value:
        """Return `value in container`."""
        if isinstance(container, RangeValue):
            return self.range_contains(container, value)
        if not isinstance(container, Value) or not isinstance(value, Value):
            raise NoForm("a function in a test", "测试中的函数")
        if container.type.kind != "list":
            return self.compare("=", value, container)
        of = container.type.of or NULL
        if of == NULL or (of.family != value.type.family and value.type != NULL):
            if value.type.kind == "list":
                return self.compare("=", value, container)
            return Value(f"({self.is_null(value)} AND {self._holds_null(container)})", BOOLEAN)
        hits = self.dialect.those(container.sql, lambda v: self.compare("=", Value(v, of, True), value).sql)
        return Value(f"({self.dialect.length(hits)} > 0)", BOOLEAN)

    def _holds_null(self, items: Value) -> str:
        return f"({self.dialect.length(self.dialect.those(items.sql, lambda v: f'{v} IS NULL'))} > 0)"

    def range_contains(self, container: RangeValue, value: Meaning) -> Value:
        """Return whether the value lies in the range."""
        if container.operator is not None:
            bound = container.high if container.operator in ("<", "<=") else container.low
            return self.compare(container.operator, value, bound)
        above = self.compare(">=" if container.low_closed else ">", value, container.low)
        below = self.compare("<=" if container.high_closed else "<", value, container.high)
        if not isinstance(value, Value):
            raise NoForm("a range in a range", "区间包含区间")
        return Value(f"({above.sql} AND {below.sql})", BOOLEAN)

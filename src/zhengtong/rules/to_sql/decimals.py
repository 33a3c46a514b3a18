"""Exact decimal arithmetic in SQL（SQL 精确十进制）: FEEL's 34 digits half-even, never through a float.

Three forms of number (see `SqlType`). Sums and products of `fixed` numbers stay `fixed` while their digits are known
not to exceed 34. A quotient is kept as a `ratio` of two fixed numbers: comparing it and rounding it to a scale need no
division. All else is `wide`: coefficient and exponent, in steps of whole-number arithmetic.
"""

from __future__ import annotations

from decimal import Decimal

from zhengtong.rules.to_sql.dialect import Dialect
from zhengtong.rules.to_sql.kinds import (
    EXACT_DIGITS,
    MAX_DIGITS,
    NULL_VALUE,
    WIDE,
    NoForm,
    SqlType,
    Value,
    fixed,
    number_type,
)
from zhengtong.rules.to_sql.rounding import rounding_step
from zhengtong.rules.to_sql.wide import MAX_POWER, WideMath
from zhengtong.rules.values.numbers import CONTEXT

#: a ratio is compared by cross-multiplication while the products have fewer digits than FEEL rounds a quotient to
_CROSS_DIGITS = 33


class Decimals:
    """Numbers in one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.wide_math: WideMath = dialect.wide_math(WideMath)

    # -- forms -----------------------------------------------------------------------------------------------------

    def constant(self, number: Decimal) -> Value:
        """Return a literal."""
        kind = number_type(number)
        if kind.digits > MAX_DIGITS:
            sign, digits, exponent = CONTEXT.normalize(number).as_tuple()
            coefficient = int("".join(map(str, digits))) * (-1 if sign else 1)
            return Value(self.wide_math.make(str(coefficient), str(exponent)), WIDE, constant=number)
        return Value(self.dialect.cast(f"{self.dialect.text(format(number, 'f'))}", kind), kind, True, number)

    def integer(self, sql: str, digits: int) -> Value:
        """Return a SQL integer as a number of at most `digits` digits."""
        kind = fixed(digits, 0)
        return Value(self.dialect.cast(sql, kind), kind)

    def as_fixed(self, value: Value, kind: SqlType) -> Value:
        """Return a fixed number in a wider fixed type."""
        if value.type == kind:
            return value
        if isinstance(value.constant, Decimal):
            text = self.dialect.text(format(value.constant, "f"))
            return Value(self.dialect.cast(text, kind), kind, True, value.constant)
        return Value(self.dialect.cast(value.sql, kind), kind, value.atomic, sure=value.sure)

    def as_wide(self, value: Value) -> Value:
        """Return any number as wide."""
        if not self.dialect.has_wide:
            raise NoForm("arithmetic beyond 34 known digits", "超出 34 位已知数位的运算")
        if value.type.kind == "wide":
            return value
        if value.type.kind == "ratio":
            dividend, divisor = value.parts  # type: ignore[misc]
            return Value(self.wide_math.divide(self.as_wide(dividend).sql, self.as_wide(divisor).sql), WIDE)
        scale = value.type.scale
        made = self.dialect.let(value.sql, lambda v: self.wide_math.from_fixed(v, value.type))
        return Value(made if scale or value.type.digits > EXACT_DIGITS else self._whole_wide(value), WIDE)

    def _whole_wide(self, value: Value) -> str:
        return self.wide_math.make(f"CAST({value.sql} AS {self.dialect.whole})", "0")

    def unscaled(self, value: Value) -> str:
        """Return a fixed number as the whole number of its last decimals."""
        whole, scale = value.type.whole, value.type.scale
        if value.type.digits > self.dialect.whole_digits:
            raise NoForm(f"rounding numbers of {value.type.digits} digits", f"{value.type.digits} 位数的舍入")
        if not scale:
            return f"CAST({value.sql} AS {self.dialect.whole})"
        if value.type.digits + scale + 1 <= MAX_DIGITS:
            unit = fixed(scale + 1, 0)
            factor = self.dialect.cast(self.dialect.text("1" + "0" * scale), unit)
            product = self.dialect.product((value.sql, value.type), (factor, unit), fixed(value.type.digits, scale))
            return f"CAST({product} AS {self.dialect.whole})"
        shown = self.dialect.cast(value.sql, fixed(whole, scale))
        return f"CAST(replace(CAST({shown} AS {self.dialect.text_type}), '.', '') AS {self.dialect.whole})"

    def clamped(self, whole: Value) -> str:
        """Return a whole number cut to ±10^9: beyond every text and list, within every engine's positions."""
        if whole.type.kind == "fixed" and whole.type.whole <= 9:
            return whole.sql
        ends = [self.dialect.cast(self.dialect.text(f"{sign}1{'0' * 9}"), fixed(10, 0)) for sign in ("-", "")]
        return f"(CASE WHEN {whole.sql} IS NOT NULL THEN greatest({ends[0]}, least({ends[1]}, {whole.sql})) END)"

    def scaled(self, whole: str, kind: SqlType) -> Value:
        """Return a whole number of last decimals as the fixed number it means."""
        if not kind.scale:
            return Value(self.dialect.cast(whole, kind), kind)
        unit = self.dialect.cast(
            self.dialect.text("0." + "0" * (kind.scale - 1) + "1"), SqlType("fixed", 0, kind.scale)
        )
        wide_enough = SqlType("fixed", min(kind.digits, MAX_DIGITS - kind.scale), 0)
        return Value(self.dialect.cast(f"({self.dialect.cast(whole, wide_enough)} * {unit})", kind), kind)

    # -- arithmetic ------------------------------------------------------------------------------------------------

    def calculate(self, operator: str, left: Value, right: Value) -> Value:
        """Return left operator right."""
        if operator in ("+", "-"):
            return self._sum(operator, left, right)
        if operator == "*":
            return self._product(left, right)
        return self.quotient(left, right) if operator == "/" else self._power(left, right)

    def _sum(self, operator: str, left: Value, right: Value) -> Value:
        if left.type.kind == right.type.kind == "fixed":
            kind = fixed(max(left.type.whole, right.type.whole) + 1, max(left.type.scale, right.type.scale))
            if kind.digits <= EXACT_DIGITS:
                sides = self._aligned(left, right, kind)
                sure = left.never_null and right.never_null
                return Value(self.dialect.exact(f"({sides[0]} {operator} {sides[1]})", kind), kind, sure=sure)
        sign = operator == "-"
        return Value(self.wide_math.add(self.as_wide(left).sql, self.as_wide(right).sql, negative=sign), WIDE)

    def _aligned(self, left: Value, right: Value, kind: SqlType) -> tuple[str, str]:
        """Return two fixed numbers in one type, or as they stand where the engine brings them to one."""
        if self.dialect.aligns(left.type, right.type, kind):
            return left.sql, right.sql
        return self.as_fixed(left, kind).sql, self.as_fixed(right, kind).sql

    def _product(self, left: Value, right: Value) -> Value:
        if left.type.kind == right.type.kind == "fixed":
            kind = fixed(left.type.whole + right.type.whole, left.type.scale + right.type.scale)
            if kind.digits <= EXACT_DIGITS:
                sides = ((left.sql, left.type), (right.sql, right.type))
                return Value(self.dialect.product(*sides, kind), kind, sure=left.never_null and right.never_null)
        return Value(self.wide_math.multiply(self.as_wide(left).sql, self.as_wide(right).sql), WIDE)

    def quotient(self, left: Value, right: Value) -> Value:
        """Return left / right as a ratio; null where the divisor is 0."""
        if right.constant == 0 and isinstance(right.constant, Decimal):
            return NULL_VALUE
        exact = isinstance(left.constant, Decimal) and isinstance(right.constant, Decimal)
        if exact or left.type.kind != "fixed" or right.type.kind != "fixed":
            made = self.wide_math.divide(self.as_wide(left).sql, self.as_wide(right).sql)
            return Value(made, WIDE)
        kind = SqlType("ratio", left.type.whole + right.type.scale, 0)
        return Value("", kind, parts=(left, right))

    def _power(self, base: Value, exponent: Value) -> Value:
        power = exponent.constant
        if isinstance(power, Decimal):
            if power != int(power):
                raise NoForm("** with a fraction", "分数次幂")
            if abs(power) > MAX_POWER:
                raise NoForm(f"exponents beyond {MAX_POWER}", f"大于 {MAX_POWER} 的次幂")
            small = self._small_power(base, int(power))
            if small is not None:
                return small
        elif exponent.type.kind != "fixed" or exponent.type.scale:
            raise NoForm("** with an exponent that may be a fraction", "可能为分数的次幂")
        times = str(int(power)) if isinstance(power, Decimal) else f"CAST({exponent.sql} AS BIGINT)"
        return Value(self.wide_math.power(self.as_wide(base).sql, times), WIDE)

    def _small_power(self, base: Value, times: int) -> Value | None:
        """Return base multiplied out when that stays exact."""
        if base.type.kind != "fixed" or not 0 < times <= 8 or base.type.digits * times > EXACT_DIGITS:
            return None
        result = base
        for _ in range(times - 1):
            result = self._product(result, base)
        return result

    def negate(self, value: Value) -> Value:
        """Return -value."""
        if isinstance(value.constant, Decimal):
            return self.constant(CONTEXT.minus(value.constant))
        if value.type.kind == "fixed":
            return Value(f"(-{value.sql})", value.type, sure=value.sure)
        wide = self.as_wide(value)
        return Value(self.wide_math.negative(wide.sql), WIDE)

    def absolute(self, value: Value) -> Value:
        """Return value without its sign."""
        if value.type.kind == "fixed":
            return Value(f"abs({value.sql})", value.type, sure=value.never_null)
        wide = self.as_wide(value)
        return Value(self.wide_math.absolute(wide.sql), WIDE)

    def modulo(self, left: Value, right: Value) -> Value:
        """Return the floored modulo; null for divisor 0."""
        if left.type.kind != "fixed" or right.type.kind != "fixed":
            raise NoForm("modulo of a quotient", "商的取余")
        scale = max(left.type.scale, right.type.scale)
        common = fixed(max(left.type.whole, right.type.whole), scale)
        if common.digits > EXACT_DIGITS:
            raise NoForm("modulo of very long numbers", "位数过多的取余")
        a, b = (self.unscaled(self.as_fixed(side, common)) for side in (left, right))
        rest = self.dialect.let(
            a,
            lambda x: self.dialect.let(
                f"NULLIF({b}, 0)",
                lambda y: self.dialect.let(
                    self.dialect.remainder(x, y),
                    lambda r: f"(CASE WHEN {r} <> 0 AND ({r} < 0) <> ({y} < 0) THEN {r} + {y} ELSE {r} END)",
                ),
            ),
        )
        return self.scaled(rest, fixed(right.type.whole, scale))

    # -- comparison ------------------------------------------------------------------------------------------------

    def compare(self, operator: str, left: Value, right: Value) -> str:
        """Return the SQL truth of a comparison of two numbers; = and != treat null as a value."""
        if left.type.kind == right.type.kind == "fixed":
            kind = fixed(max(left.type.whole, right.type.whole), max(left.type.scale, right.type.scale))
            if kind.digits <= MAX_DIGITS:
                sure = left.never_null and right.never_null
                return self._plainly(operator, *self._aligned(left, right, kind), sure=sure)
        crossed = self._crossed(operator, left, right)
        if crossed is not None:
            return crossed
        return self._wide_compare(operator, self.as_wide(left), self.as_wide(right))

    def plainly_equal(self, left: Value, right: Value) -> str | None:
        """Return SQL's own equality of two fixed numbers, null when one is null; None for other forms of number."""
        kind = fixed(max(left.type.whole, right.type.whole), max(left.type.scale, right.type.scale))
        if left.type.kind != "fixed" or right.type.kind != "fixed" or kind.digits > MAX_DIGITS:
            return None
        return f"({' = '.join(self._aligned(left, right, kind))})"

    def _plainly(self, operator: str, left: str, right: str, *, sure: bool) -> str:
        if operator not in ("=", "!="):
            return f"({left} {operator} {right})"
        same = f"({left} = {right})" if sure else self.dialect.same(left, right)
        return same if operator == "=" else f"(NOT {same})"

    def _crossed(self, operator: str, left: Value, right: Value) -> str | None:
        """Return a ratio's comparison by cross-multiplication, None where that could differ from FEEL's quotient."""
        if "wide" in (left.type.kind, right.type.kind):
            return None
        one = self.constant(Decimal(1))
        (a, b), (c, d) = (side.parts or (side, one) for side in (left, right))
        if a.type.digits + d.type.digits > _CROSS_DIGITS or c.type.digits + b.type.digits > _CROSS_DIGITS:
            return None
        left_product = a if d.constant == 1 else self._product(a, d)
        right_product = c if b.constant == 1 else self._product(c, b)
        divisors = [value for value in (b, d) if value.constant != 1]
        if operator in ("=", "!="):
            nulls = [f"({x.sql} IS NULL OR {y.sql} IS NULL OR {y.sql} = 0)" for x, y in ((a, b), (c, d))]
            equal = self.compare("=", left_product, right_product)
            both = f"({nulls[0]} AND {nulls[1]})"
            either = f"({nulls[0]} OR {nulls[1]})"
            same = f"(CASE WHEN {either} THEN {both} ELSE {equal} END)"
            return same if operator == "=" else f"(NOT {same})"
        ahead = self.compare(operator, left_product, right_product)
        turned = self.compare(operator, right_product, left_product)
        positive = [f"{value.sql} > 0" for value in divisors]
        zero = " OR ".join(f"{value.sql} = 0" for value in divisors)
        same_sign = positive[0] if len(positive) == 1 else f"(({positive[0]}) = ({positive[1]}))"
        return f"(CASE WHEN {zero} THEN NULL WHEN {same_sign} THEN {ahead} ELSE {turned} END)"

    def _wide_compare(self, operator: str, left: Value, right: Value) -> str:
        return self.dialect.let(
            left.sql, lambda a: self.dialect.let(right.sql, lambda b: self.wide_math.compare(operator, a, b))
        )

    # -- rounding --------------------------------------------------------------------------------------------------

    def round(self, value: Value, scale: int, mode: str) -> Value:
        """Return the number rounded to `scale` decimals."""
        if not -EXACT_DIGITS <= scale <= EXACT_DIGITS:
            raise NoForm(f"rounding to {scale} decimals", f"保留 {scale} 位小数")
        if value.type.kind == "fixed":
            if scale >= value.type.scale:
                return value
            own = self.dialect.round_decimal(value.sql, scale, mode)
            if own is not None:
                kind = fixed(value.type.whole + 1, scale)
                return Value(self.dialect.cast(own, kind), kind, sure=value.never_null)
            return self._round_fixed(value, scale, mode)
        if value.type.kind == "ratio":
            return self._round_ratio(value, scale, mode)
        kind = fixed(EXACT_DIGITS - max(scale, 0), max(scale, 0))
        return self.scaled(self.wide_math.rounded(value.sql, scale, mode), kind)

    def _round_fixed(self, value: Value, scale: int, mode: str) -> Value:
        kind = fixed(value.type.whole + 1, max(scale, 0))
        factor = self._whole(10 ** (value.type.scale - scale))
        rounded = self.dialect.let(self.unscaled(value), lambda u: self._divided(u, factor, mode))
        return self._placed(rounded, scale, kind)

    def _round_ratio(self, value: Value, scale: int, mode: str) -> Value:
        """Return the exact quotient rounded: dividend and divisor as whole numbers of one unit, and one division."""
        dividend, divisor = value.parts  # type: ignore[misc]
        shift = scale + divisor.type.scale - dividend.type.scale
        up, down = max(shift, 0), max(-shift, 0)
        limit = self.dialect.whole_digits - 1
        if dividend.type.digits + up > limit or divisor.type.digits + down > limit:
            return self.round(self.as_wide(value), scale, mode)
        top, bottom = self.unscaled(dividend), f"NULLIF({self.unscaled(divisor)}, 0)"
        top = f"({top} * {self._whole(10**up)})" if up else top
        bottom = f"({bottom} * {self._whole(10**down)})" if down else bottom
        rounded = self.dialect.let(
            top, lambda a: self.dialect.let(bottom, lambda b: self._divided(a, b, mode, signed=True))
        )
        return self._placed(
            rounded, scale, fixed(min(value.type.whole + 1, EXACT_DIGITS - max(scale, 0)), max(scale, 0))
        )

    def _placed(self, whole: str, scale: int, kind: SqlType) -> Value:
        if scale < 0:
            whole = f"({whole} * {self._whole(10**-scale)})"
        return self.scaled(whole, kind)

    def _whole(self, number: int) -> str:
        return f"CAST({self.dialect.text(str(number))} AS {self.dialect.whole})"

    def _divided(self, a: str, b: str, mode: str, *, signed: bool = False) -> str:
        """Return the whole quotient a / b rounded by mode; `signed`: b may be negative."""
        return self.dialect.let(
            self.dialect.divided(a, b),
            lambda q: self.dialect.let(
                self.dialect.remainder(a, b),
                lambda r: f"({q} + {rounding_step(self.dialect, q, r, a, b, mode, signed)})",
            ),
        )

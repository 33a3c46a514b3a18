"""Wide numbers in SQL（宽十进制）: STRUCT(c, e) stands for c × 10^e with at most 34 digits in c, rounded half-even.

Whole numbers of 38 digits are all that SQL engines have, so products and quotients of 34 digits go in limbs of 17 digits
and in steps of 4 digits. Every function returns SQL text; `let` keeps it from growing with nesting.
"""
# ruff: noqa: ARG005 - every step of a `_let` is given all names before it, also those it does not need

from __future__ import annotations

from zhengtong.rules.to_sql.dialect import Dialect
from zhengtong.rules.to_sql.kinds import EXACT_DIGITS, NoForm, SqlType
from zhengtong.rules.to_sql.rounding import rounding_step

_LIMB = 10**17
_POWER_BITS = 12
MAX_POWER = 2**_POWER_BITS - 1


class WideMath:
    """Operations on SQL texts of wide numbers."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def make(self, coefficient: str, exponent: str) -> str:
        """Return a wide number; null when its coefficient is."""
        whole = self.dialect.whole
        packed = f"{{'c': CAST({coefficient} AS {whole}), 'e': CAST({exponent} AS INTEGER)}}"
        return (
            packed if coefficient.lstrip("-").isdigit() else f"(CASE WHEN {coefficient} IS NOT NULL THEN {packed} END)"
        )

    def _let(self, *parts_and_body: object) -> str:
        """`_let(sql, sql, …, body)`: name each SQL in turn; body takes all names."""
        if self.dialect.stages.depth:
            raise NoForm("division or long arithmetic for each item of a list", "对列表逐项做除法或长位数运算")
        *parts, body = parts_and_body
        names: list[str] = []

        def nest(index: int) -> str:
            if index == len(parts):
                return str(body(*names))  # type: ignore[operator]
            part = parts[index]
            text = part(*names) if callable(part) else str(part)

            def inside(name: str) -> str:
                names.append(name)
                return nest(index + 1)

            return self.dialect.let(text, inside)

        return nest(0)

    def _ten(self, power: str) -> str:
        """Return 10 to a power that is only known when the query runs, cut to 0…38: branches not taken compute too."""
        return f"CAST(rpad('1', CAST(greatest(least({power}, 38), 0) AS INTEGER) + 1, '0') AS {self.dialect.whole})"

    def _big(self, number: int) -> str:
        return f"CAST('{number}' AS {self.dialect.whole})"

    def _digits(self, whole: str) -> str:
        return f"length(CAST(abs({whole}) AS VARCHAR))"

    def from_fixed(self, value: str, kind: SqlType) -> str:
        """Return a fixed number, already named, as wide."""
        text = f"CAST(replace(CAST({value} AS VARCHAR), '.', '') AS {self.dialect.whole})"
        if kind.digits <= EXACT_DIGITS:
            return self.make(text, str(-kind.scale))
        return self._let(text, lambda c: self.normal(c, str(-kind.scale)))

    def normal(self, coefficient: str, exponent: str, sticky: str = "false") -> str:
        """Return c × 10^e with c (named, up to 38 digits) rounded half-even to 34; `sticky`: something lies below c."""
        d = self.dialect
        return self._let(
            f"greatest({self._digits(coefficient)} - {EXACT_DIGITS}, 0)",
            lambda k: self._ten(k),
            lambda k, p: d.divided(coefficient, p),
            lambda k, p, q: f"abs({d.remainder(coefficient, p)})",
            lambda k, p, q, r: (
                f"CASE WHEN {k} > 0 AND (2 * {r} > {p} OR (2 * {r} = {p} AND ({sticky} OR {d.remainder(q, '2')} <> 0))) "
                f"THEN {q} + sign({coefficient}) ELSE {q} END"
            ),
            lambda k, p, q, r, c: (
                f"(CASE WHEN abs({c}) = {self._big(10**EXACT_DIGITS)} "
                f"THEN {self.make(d.divided(c, '10'), f'{exponent} + {k} + 1')} "
                f"ELSE {self.make(c, f'{exponent} + {k}')} END)"
            ),
        )

    def multiply(self, left: str, right: str) -> str:
        """Return left × right: limbs of 17 digits, the upper half H and the lower half L of 34 digits each."""
        d, limb, half = self.dialect, self._big(_LIMB), self._big(10**EXACT_DIGITS)

        def upper_and_lower(a: str, b: str) -> str:
            return self._let(
                f"abs({a}.c)",
                f"abs({b}.c)",
                lambda x, y: (
                    f"{d.divided(x, limb)} * {d.remainder(y, limb)} + {d.remainder(x, limb)} * {d.divided(y, limb)}"
                ),
                lambda x, y, m: f"{d.remainder(m, limb)} * {limb} + {d.remainder(x, limb)} * {d.remainder(y, limb)}",
                lambda x, y, m, lo: (
                    f"{d.divided(x, limb)} * {d.divided(y, limb)} + {d.divided(m, limb)} + {d.divided(lo, half)}"
                ),
                lambda x, y, m, lo, h: d.remainder(lo, half),
                lambda x, y, m, lo, h, low: self._joined(a, b, h, low),
            )

        return self._let(left, right, upper_and_lower)

    def _joined(self, a: str, b: str, high: str, low: str) -> str:
        """Return sign × (high × 10^34 + low) × 10^(ea + eb), rounded to 34 digits."""
        d = self.dialect
        sign, exponent = f"(sign({a}.c) * sign({b}.c))", f"({a}.e + {b}.e)"
        rounded = self._let(
            self._digits(high),
            lambda k: self._ten(k),
            lambda k, p: f"{high} * {self._ten(f'{EXACT_DIGITS} - {k}')} + {d.divided(low, p)}",
            lambda k, p, q: d.remainder(low, p),
            lambda k, p, q, r: (
                f"CASE WHEN 2 * {r} > {p} OR (2 * {r} = {p} AND {d.remainder(q, '2')} <> 0) THEN {q} + 1 ELSE {q} END"
            ),
            lambda k, p, q, r, c: self._let(f"{sign} * {c}", lambda s: self.normal(s, f"{exponent} + {k}")),
        )
        return f"(CASE WHEN {high} = 0 THEN {self.make(f'({sign} * {low})', exponent)} ELSE {rounded} END)"

    def divide(self, left: str, right: str) -> str:
        """Return left / right, null for 0: both coefficients brought to 34 digits, then 36 digits in steps of 4."""

        def quotient(a: str, b: str) -> str:
            return self._let(
                f"{EXACT_DIGITS} - {self._digits(f'{a}.c')}",
                f"{EXACT_DIGITS} - {self._digits(f'{b}.c')}",
                lambda i, j: f"abs({a}.c) * {self._ten(i)}",
                lambda i, j, x: f"NULLIF(abs({b}.c) * {self._ten(j)}, 0)",
                lambda i, j, x, y: self._steps(
                    x, y, f"sign({a}.c) * sign({b}.c)", f"({a}.e - {i}) - ({b}.e - {j}) - 36"
                ),
            )

        return self._let(left, right, quotient)

    def _steps(self, x: str, y: str, sign: str, exponent: str) -> str:
        d = self.dialect

        def step(q: str, r: str, left: int) -> str:
            if not left:
                return self._let(f"{sign} * {q}", lambda c: self.normal(c, exponent, f"{r} <> 0"))
            return self._let(
                f"{r} * 10000",
                lambda t: self._let(
                    f"{q} * 10000 + {d.divided(t, y)}", d.remainder(t, y), lambda q2, r2: step(q2, r2, left - 1)
                ),
            )

        return self._let(d.divided(x, y), d.remainder(x, y), lambda q, r: step(q, r, 9))

    def add(self, left: str, right: str, *, negative: bool = False) -> str:
        """Return left ± right: the one with the larger exponent is shifted to 36 digits, the rest of the other sticks."""
        minus = "-" if negative else ""

        def total(a: str, b: str) -> str:
            other = f"({minus}{b}.c)"
            order = f"{a}.e >= {b}.e"
            aligned = self._let(
                f"CASE WHEN {order} THEN {a}.c ELSE {other} END",
                f"greatest({a}.e, {b}.e)",
                f"CASE WHEN {order} THEN {other} ELSE {a}.c END",
                f"least({a}.e, {b}.e)",
                self._aligned,
            )
            zero = f"WHEN {a}.c = 0 THEN {self.make(other, f'{b}.e')} WHEN {b}.c = 0 THEN {a}"
            return f"(CASE {zero} ELSE {aligned} END)"

        return self._let(left, right, total)

    def _aligned(self, high: str, high_e: str, low: str, low_e: str) -> str:
        d = self.dialect
        return self._let(
            f"{high_e} - {low_e}",
            lambda gap: f"greatest(least({gap}, 36 - {self._digits(high)}), 0)",
            lambda gap, shift: f"{high} * {self._ten(shift)}",
            lambda gap, shift, x: self._ten(f"least({gap} - {shift}, 37)"),
            lambda gap, shift, x, p: (
                f"CASE WHEN {gap} = {shift} THEN {x} + {low} ELSE ({x} + {d.divided(low, p)}) * 10 "
                f"+ (CASE WHEN {d.remainder(low, p)} <> 0 THEN sign({low}) ELSE 0 END) END"
            ),
            lambda gap, shift, x, p, s: f"CASE WHEN {gap} = {shift} THEN {low_e} ELSE {high_e} - {shift} - 1 END",
            lambda gap, shift, x, p, s, e: self.normal(s, e),
        )

    def negative(self, value: str) -> str:
        return self._let(value, lambda v: self.make(f"-{v}.c", f"{v}.e"))

    def absolute(self, value: str) -> str:
        return self._let(value, lambda v: self.make(f"abs({v}.c)", f"{v}.e"))

    def compare(self, operator: str, a: str, b: str) -> str:
        """Return the truth of a comparison of two named wide numbers: the sign of their difference."""
        difference = self._let(self.add(a, b, negative=True), lambda v: f"{v}.c")
        if operator not in ("=", "!="):
            return f"({difference} {operator} 0)"
        same = f"(CASE WHEN {a} IS NULL OR {b} IS NULL THEN {a} IS NULL AND {b} IS NULL ELSE {difference} = 0 END)"
        return same if operator == "=" else f"(NOT {same})"

    def power(self, base: str, times: str) -> str:
        """Return base to a whole power: square and multiply from the highest bit, as `numbers.power_numbers` does.

        Exponents up to 4,095: twelve steps written out; a larger one stops the query.
        """
        d = self.dialect

        def powered(b: str, n: str) -> str:
            result = d.stages.name(self.make("1", "0"))
            for bit in reversed(range(_POWER_BITS)):
                squared = self._let(self.multiply(result, result), lambda s: s)
                times_base = self._let(self.multiply(squared, b), lambda s: s)
                odd = d.remainder(d.divided(f"abs({n})", str(2**bit)), "2")
                result = self._let(f"(CASE WHEN {odd} = 1 THEN {times_base} ELSE {squared} END)", lambda s: s)
            too_far = d.fail(f"exponents beyond {2**_POWER_BITS - 1} have no SQL form")
            return (
                f"(CASE WHEN {n} IS NULL OR {b} IS NULL THEN NULL WHEN abs({n}) >= {2**_POWER_BITS} THEN {too_far} "
                f"WHEN {n} < 0 THEN {self.divide(self.make('1', '0'), result)} ELSE {result} END)"
            )

        return self._let(base, times, powered)

    def rounded(self, value: str, scale: int, mode: str) -> str:
        """Return the whole number of units of 10^-scale nearest to a wide number."""
        d = self.dialect

        def placed(v: str) -> str:
            drop = f"least({-scale} - {v}.e, 38)"
            cut = self._let(
                drop,
                lambda k: self._ten(f"least({k}, 37)"),
                lambda k, p: f"CASE WHEN {k} > 37 THEN 0 ELSE {d.divided(f'{v}.c', p)} END",
                lambda k, p, q: f"CASE WHEN {k} > 37 THEN sign({v}.c) ELSE {d.remainder(f'{v}.c', p)} END",
                lambda k, p, q, r: f"({q} + {rounding_step(d, q, r, f'{v}.c', p, mode, False)})",
            )
            return f"(CASE WHEN {v}.e IS NULL THEN NULL WHEN {v}.e >= {-scale} THEN {v}.c * {self._ten(f'{v}.e + {scale}')} ELSE {cut} END)"

        return self._let(value, placed)

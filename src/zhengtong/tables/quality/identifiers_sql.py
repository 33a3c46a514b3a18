"""Check digits in SQL（标识符校验）: what kit's parsers accept, said to DuckDB; spec tests hold the two together.

A number is cut into digits by whole-number arithmetic, several times as fast as by characters. DuckDB computes a repeated
expression again under CASE and AND, so the number itself is a column computed first (a "let" of the check).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from zhengtong.kit.identifiers.credit_code import ALPHABET
from zhengtong.tables.engine import ident


@dataclass(frozen=True)
class IdentifierSql:
    """A column to compute first, as (name, SQL), and the predicate that uses it; `quick` the same, for DuckDB alone."""

    let: tuple[str, str]
    predicate: str
    quick: str


def resident_id_sql(column: str) -> IdentifierSql:
    """Return how to check 18-character resident numbers（GB 11643—1999）: shape, a real date not after today, check digit."""
    cell, name = ident(column), f"digits of resident-id {column}"
    digits = ident(name)
    weighed = _weigh(digits, [pow(2, 18 - place, 11) for place in range(1, 18)], 11)
    year, month, day = f"({digits} // 10000000 % 10000)", f"({digits} // 100000 % 100)", f"({digits} // 1000 % 100)"
    is_leap = f"({year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0))"
    longest = (
        f"CASE WHEN {month} = 2 THEN 28 + CAST({is_leap} AS INTEGER) WHEN {month} IN (4, 6, 9, 11) THEN 30 ELSE 31 END"
    )
    is_date = f"{year} > 0 AND {month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND {longest}"
    today = "CAST(strftime(current_date, '%Y%m%d') AS BIGINT)"
    is_past = f"{digits} // 1000 % 100000000 <= {today}"
    digit = f"substr('10X98765432', ({weighed}) % 11 + 1, 1) = substr({cell}, 18, 1)"
    shape = f"regexp_full_match({cell}, '[1-9][0-9]{{16}}[0-9X]')"
    let = (name, f"TRY_CAST(substr({cell}, 1, 17) AS BIGINT)")
    months_and_days = _listed(int(_is_day(place)) for place in range(1232))
    month_and_day = f"({digits} // 1000 % 10000)"
    quick_date = (
        f"coalesce(list_extract({months_and_days}, {month_and_day} + 1), 0) = 1 AND {year} > 0 "
        f"AND ({month_and_day} <> 229 OR {is_leap})"
    )
    quick_digit = _ends_as(
        cell, "10X98765432", _look_up(digits, [pow(2, 18 - place, 11) for place in range(1, 18)], 11)
    )
    return IdentifierSql(
        let,
        f"CASE WHEN {shape} THEN {is_date} AND {is_past} AND {digit} ELSE false END",
        f"CASE WHEN {_is_digits(cell, digits)} THEN {quick_date} AND {is_past} AND {quick_digit} ELSE false END",
    )


def resident_check_sql(text: str) -> str:
    """Return SQL of the check character of seventeen digits, given as an expression; null when they are not digits."""
    digits = f"TRY_CAST({text} AS BIGINT)"
    weighed = _weigh(digits, [pow(2, 18 - place, 11) for place in range(1, 18)], 11)
    return f"substr('10X98765432', ({weighed}) % 11 + 1, 1)"


def credit_code_sql(column: str) -> IdentifierSql:
    """Return how to check unified social credit codes（GB 32100—2015）: alphabet and check character."""
    cell, name = ident(column), f"digits of credit-code {column}"
    digits, weights = ident(name), {place: pow(3, place - 1, 31) for place in range(1, 18)}
    by_digits = _weigh(digits, list(weights.values()), 31)
    by_letters = " + ".join(
        f"(strpos('{ALPHABET}', substr({cell}, {place}, 1)) - 1) * {weights[place]}" for place in weights
    )
    weighed = f"CASE WHEN {digits} IS NOT NULL THEN {by_digits} ELSE {by_letters} END"
    digit = f"substr('{ALPHABET}', (31 - ({weighed}) % 31) % 31 + 1, 1) = substr({cell}, 18, 1)"
    shape = f"regexp_full_match({cell}, '[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}')"
    let = (name, f"TRY_CAST(substr({cell}, 1, 17) AS BIGINT)")
    slow = f"CASE WHEN {shape} THEN {digit} ELSE false END"
    complements = "".join(ALPHABET[(31 - rest) % 31] for rest in range(31))
    quick_digit = _ends_as(cell, complements, _look_up(digits, list(weights.values()), 31))
    return IdentifierSql(let, slow, f"CASE WHEN {_is_digits(cell, digits)} THEN {quick_digit} ELSE {slow} END")


def _weigh(digits: str, weights: list[int], modulus: int) -> str:
    """Return SQL of Σ d_i·w_i mod `modulus` over the 17 digits of a whole number.

    With q_i = number // 10^(17−i), d_i = q_i − 10·q_(i−1), so the sum is Σ q_i·(w_i − 10·w_(i+1)): one division a digit.
    Factors are taken mod `modulus`, at most 30, so the sum stays below 2^63.
    """
    factors = [
        (weight - 10 * following) % modulus for weight, following in zip(weights, [*weights[1:], 0], strict=True)
    ]
    terms = (f"{digits} // {10 ** (16 - place)} * {factor}" for place, factor in enumerate(factors))
    return f"({' + '.join(terms)}) % {modulus}"


def _is_digits(cell: str, digits: str) -> str:
    """Whether a cell has eighteen characters of which the first seventeen are digits, not beginning with 0.

    The number written out again is what the cell begins with: a third of the time of a regular expression.
    """
    return f"strlen({cell}) = 18 AND {digits} >= {10**16} AND starts_with({cell}, CAST({digits} AS VARCHAR))"


def _look_up(digits: str, weights: list[int], modulus: int) -> str:
    """Return SQL of Σ d_i·w_i mod `modulus` over 17 digits, three at a time out of tables: six divisions, not seventeen."""
    terms = []
    for start in range(0, len(weights), 3):
        group = weights[start : start + 3]
        below = len(weights) - start - len(group)
        size = 10 ** len(group)
        table = (
            sum(int(d) * w for d, w in zip(f"{n:0{len(group)}}", group, strict=True)) % modulus for n in range(size)
        )
        place = f"{digits} // {10**below}" if below else digits
        place = f"({place}) % {size}" if start else place
        terms.append(f"CAST(list_extract({_listed(table)}, {place} + 1) AS USMALLINT)")
    return f"({' + '.join(terms)}) % {modulus}"


def _listed(values: Iterable[int]) -> str:
    return f"CAST([{', '.join(map(str, values))}] AS UTINYINT[])"


def _ends_as(cell: str, characters: str, place: str) -> str:
    listed = ", ".join(f"'{character}'" for character in characters)
    return f"ends_with({cell}, list_extract([{listed}], {place} + 1))"


def _is_day(place: int) -> bool:
    """Whether four digits are a month and a day of it, in a leap year."""
    month, day = divmod(place, 100)
    return 1 <= month <= 12 and 1 <= day <= monthrange(2000, month)[1]


IDENTIFIER_SQL: dict[str, Callable[[str], IdentifierSql]] = {
    "resident-id": resident_id_sql,
    "credit-code": credit_code_sql,
}

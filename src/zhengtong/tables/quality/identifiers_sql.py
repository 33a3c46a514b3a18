"""Check digits in SQL（标识符校验）: what kit's parsers accept, said to DuckDB; spec tests hold the two together.

A number is cut into digits by whole-number arithmetic, several times as fast as by characters. DuckDB computes a repeated
expression again under CASE and AND, so the number itself is a column computed first (a "let" of the check).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zhengtong.kit.identifiers.credit_code import ALPHABET
from zhengtong.tables.engine import ident


@dataclass(frozen=True)
class IdentifierSql:
    """A column to compute first, as (name, SQL), and the predicate that uses it."""

    let: tuple[str, str]
    predicate: str


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
    return IdentifierSql(let, f"CASE WHEN {shape} THEN {is_date} AND {is_past} AND {digit} ELSE false END")


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
    return IdentifierSql(let, f"CASE WHEN {shape} THEN {digit} ELSE false END")


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


IDENTIFIER_SQL: dict[str, Callable[[str], IdentifierSql]] = {
    "resident-id": resident_id_sql,
    "credit-code": credit_code_sql,
}

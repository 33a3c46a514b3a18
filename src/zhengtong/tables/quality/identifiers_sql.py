"""Check digits in SQL（标识符校验）: what kit's parsers accept, said to DuckDB; spec tests hold the two together."""

from __future__ import annotations

from collections.abc import Callable

from zhengtong.kit.identifiers.credit_code import ALPHABET


def resident_id_sql(cell: str) -> str:
    """Return the predicate that a text is an 18-character resident number（GB 11643—1999）: shape, real past date, check digit."""
    weighed = " + ".join(
        f"CAST(substr({cell}, {place}, 1) AS INTEGER) * {pow(2, 18 - place, 11)}" for place in range(1, 18)
    )
    born = f"TRY_CAST(substr({cell}, 7, 4) || '-' || substr({cell}, 11, 2) || '-' || substr({cell}, 13, 2) AS DATE)"
    digit = f"substr('10X98765432', ({weighed}) % 11 + 1, 1) = substr({cell}, 18, 1)"
    shape = f"regexp_full_match({cell}, '[1-9][0-9]{{16}}[0-9X]')"
    is_past = f"{born} <= current_date"
    return f"CASE WHEN {shape} AND substr({cell}, 7, 4) <> '0000' THEN coalesce({is_past}, false) AND {digit} ELSE false END"


def credit_code_sql(cell: str) -> str:
    """Return the predicate that a text is a unified social credit code（GB 32100—2015）: alphabet and check character."""
    weighed = " + ".join(
        f"(strpos('{ALPHABET}', substr({cell}, {place}, 1)) - 1) * {pow(3, place - 1, 31)}" for place in range(1, 18)
    )
    digit = f"substr('{ALPHABET}', (31 - ({weighed}) % 31) % 31 + 1, 1) = substr({cell}, 18, 1)"
    shape = f"regexp_full_match({cell}, '[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}')"
    return f"CASE WHEN {shape} THEN {digit} ELSE false END"


IDENTIFIER_SQL: dict[str, Callable[[str], str]] = {"resident-id": resident_id_sql, "credit-code": credit_code_sql}

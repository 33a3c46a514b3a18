"""What is compared（比对字段）: each kind of field brought to one written form in SQL, with the columns derived from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from zhengtong.tables.engine import ident, literal
from zhengtong.tables.quality.identifiers_sql import IDENTIFIER_SQL, resident_check_sql

_WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000"
_NARROW = "".join(chr(code) for code in range(0x21, 0x7F)) + " "
_DOTS = "•‧∙⋅・･᛫．。."
_DATE_FORMS = ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
_LEGAL_FORMS = "股份有限公司|有限责任公司|有限公司|有限合伙|分公司|集团|个体工商户|农民专业合作社"


@dataclass(frozen=True)
class Prepared:
    """How one kind of field is prepared, as columns (suffix → SQL) in steps that may use the columns of earlier ones."""

    steps: tuple[Mapping[str, str], ...]


def plain_text(expression: str) -> str:
    """SQL of a value as text, narrow, upper case, without white space; null when nothing is left."""
    narrow = f"translate(nfc_normalize(CAST({expression} AS VARCHAR)), {literal(_WIDE)}, {literal(_NARROW)})"
    return f"nullif(upper(regexp_replace({narrow}, '[\\s\\x{{a0}}\\x{{200b}}-\\x{{200f}}\\x{{feff}}]', '', 'g')), '')"


def prepare_resident_id(name: str, cell: str) -> Prepared:
    """18 characters; 15 become 18 by the rule of GB 11643; whether the check digit holds, and two halves to meet on."""
    made = ident(name)
    bare = f"regexp_replace({plain_text(cell)}, '[^0-9X]', '', 'g')"
    old = f"(substr({made}, 1, 6) || '19' || substr({made}, 7, 9))"
    widened = f"CASE WHEN length({made}) = 15 THEN {old} || {resident_check_sql(old)} ELSE {made} END"
    checked = IDENTIFIER_SQL["resident-id"](name)
    let, sql = checked.let
    return Prepared(
        (
            {name: f"nullif({bare}, '')"},
            {name: widened},
            {let: sql},
            {
                f"{name}_ok": f"coalesce({checked.predicate}, false)",
                f"{name}_head": f"CASE WHEN length({made}) = 18 THEN substr({made}, 1, 10) END",
                f"{name}_tail": f"CASE WHEN length({made}) >= 17 THEN substr({made}, 11, 7) END",
            },
        )
    )


def prepare_credit_code(name: str, cell: str) -> Prepared:
    """18 characters, whether the check character holds, and the nine of the organisation inside it."""
    made = ident(name)
    checked = IDENTIFIER_SQL["credit-code"](name)
    let, sql = checked.let
    return Prepared(
        (
            {name: f"nullif(regexp_replace({plain_text(cell)}, '[^0-9A-Z]', '', 'g'), '')"},
            {let: sql},
            {
                f"{name}_ok": f"coalesce({checked.predicate}, false)",
                f"{name}_head": f"CASE WHEN length({made}) = 18 THEN substr({made}, 1, 9) END",
                f"{name}_tail": f"CASE WHEN length({made}) = 18 THEN substr({made}, 9, 9) END",
            },
        )
    )


def prepare_person_name(name: str, cell: str) -> Prepared:
    """Middle dots written ·, and the first character to meet on."""
    dotted = f"translate({plain_text(cell)}, {literal(_DOTS)}, {literal('·' * len(_DOTS))})"
    return Prepared(({name: f"nullif(trim({dotted}, '·'), '')"}, {f"{name}_first": f"substr({ident(name)}, 1, 1)"}))


def prepare_organisation_name(name: str, cell: str) -> Prepared:
    """Brackets and signs away; the stem is what is left without the form of the company."""
    bare = f"nullif(regexp_replace({plain_text(cell)}, '[^\\p{{L}}\\p{{N}}]', '', 'g'), '')"
    stem = f"coalesce(nullif(regexp_replace({ident(name)}, '({_LEGAL_FORMS})', '', 'g'), ''), {ident(name)})"
    return Prepared(({name: bare}, {f"{name}_stem": stem}, {f"{name}_first": f"substr({ident(name + '_stem')}, 1, 4)"}))


def prepare_phone(name: str, cell: str) -> Prepared:
    """Digits only, without the country's."""
    digits = f"regexp_replace({plain_text(cell)}, '[^0-9]', '', 'g')"
    return Prepared(({name: f"nullif(regexp_replace({digits}, '^(?:00)?86(1[0-9]{{10}})$', '\\1'), '')"},))


def prepare_date(name: str, cell: str) -> Prepared:
    """A date, from a date or from text as people write dates; and the same with day and month exchanged."""
    forms = ", ".join(literal(form) for form in _DATE_FORMS)
    text = f"trim(translate(CAST({cell} AS VARCHAR), {literal(_WIDE)}, {literal(_NARROW)}))"
    made = ident(name)
    swapped = f"CASE WHEN day({made}) <= 12 THEN make_date(year({made}), day({made}), month({made})) END"
    return Prepared(
        (
            {name: f"CAST(coalesce(try_strptime({text}, [{forms}]), TRY_CAST({text} AS TIMESTAMP)) AS DATE)"},
            {f"{name}_swapped": swapped, f"{name}_text": f"strftime({made}, '%Y%m%d')"},
        )
    )


def prepare_sex(name: str, cell: str) -> Prepared:
    text = plain_text(cell)
    return Prepared(
        (
            {
                name: f"CASE WHEN {text} IN ('1', '男', '男性', 'M', 'MALE') THEN 'M' "
                f"WHEN {text} IN ('2', '女', '女性', 'F', 'FEMALE') THEN 'F' END"
            },
        )
    )


def prepare_address(name: str, cell: str) -> Prepared:
    """Without the province and the city before the county; the street is all up to its name."""
    bare = f"nullif(regexp_replace({plain_text(cell)}, '[^\\p{{L}}\\p{{N}}]', '', 'g'), '')"
    made = ident(name)
    local = f"regexp_replace(regexp_replace({made}, '^[^省区市县]{{1,7}}(省|自治区)', ''), '^[^市县区]{{1,8}}市(.{{4}})', '\\1')"
    street = f"nullif(regexp_extract({made}, '^(.*?[^道]{{1}}(?:路|街|巷|弄|大道|胡同|村|社区|小区|花园|新村|里|屯|庄))', 1), '')"
    return Prepared(({name: bare}, {name: local}, {f"{name}_street": street}))


def prepare_code(name: str, cell: str) -> Prepared:
    return Prepared(({name: plain_text(cell)},))


PREPARED: dict[str, Callable[[str, str], Prepared]] = {
    "resident-id": prepare_resident_id,
    "credit-code": prepare_credit_code,
    "person-name": prepare_person_name,
    "organisation-name": prepare_organisation_name,
    "phone": prepare_phone,
    "date": prepare_date,
    "sex": prepare_sex,
    "address": prepare_address,
    "code": prepare_code,
}
#: what a number tells of its holder where the row does not: (prepared kind, kind of number) → SQL
TOLD_BY_NUMBER: dict[tuple[str, str], Callable[[str], str]] = {
    ("date", "resident-id"): lambda number: f"CAST(try_strptime(substr({number}, 7, 8), '%Y%m%d') AS DATE)",
    ("sex", "resident-id"): lambda number: (
        f"CASE WHEN TRY_CAST(substr({number}, 17, 1) AS INTEGER) % 2 = 1 THEN 'M' ELSE 'F' END"
    ),
}

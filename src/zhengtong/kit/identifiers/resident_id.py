"""The resident identity number（公民身份号码）of GB 11643—1999: 18 characters, and the 15 digits that came before."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import date, datetime

from zhengtong.kit.identifiers.reading import Kind, is_accepted, to_plain
from zhengtong.kit.place import SHANGHAI

_KIND = Kind("resident-id", "身份证号码", "resident identity number")
_SHAPE = re.compile(r"[1-9]\d{16}[\dX]")
_SHAPE_15 = re.compile(r"[1-9]\d{14}")
_WEIGHTS = tuple(pow(2, 18 - i, 11) for i in range(1, 18))  # GB 11643 §5: W_i = 2^(18-i) mod 11
_CHECKS = "10X98765432"


class Sex(enum.Enum):
    """Sex as the number's 17th digit tells it（性别）, with the code of GB/T 2261.1."""

    MALE = "1"
    FEMALE = "2"


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A resident identity number that holds（公民身份号码）.

    `region_code` is the six-digit place of first registration, valid at that time and never judged by today's table.
    """

    canonical: str
    region_code: str
    born_on: date
    sex: Sex

    def __str__(self) -> str:
        return self.canonical

    def age_on(self, day: date) -> int:
        """Return the full years lived（周岁）on `day`; born on 29 February ages on 1 March in common years."""
        had_birthday = (day.month, day.day) >= (self.born_on.month, self.born_on.day)
        return day.year - self.born_on.year - (not had_birthday)


def check_digit(first_17: str) -> str:
    """Return the 18th character: "10X98765432"[Σ a_i·W_i mod 11] (ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True)) % 11]


def to_18(text: str) -> str:
    """Return the 18 characters of a 15-digit number: 19 goes before the two-digit year, then the check digit."""
    plain = to_plain(text)
    if len(plain) != 15:
        raise _KIND.wrong_length(len(plain), "15")
    if not _SHAPE_15.fullmatch(plain):
        raise _KIND.wrong_characters("数字", "digits")
    first_17 = plain[:6] + "19" + plain[6:]
    return first_17 + check_digit(first_17)


def parse_resident_id(text: str, *, today: date | None = None) -> ResidentId:
    """Return the parts of `text` in either length and any width of digits; refuses what cannot be a number."""
    plain = to_plain(text)
    if len(plain) == 15:
        plain = to_18(plain)
    if len(plain) != 18:
        raise _KIND.wrong_length(len(plain), "18")
    if not (plain.isascii() and _SHAPE.fullmatch(plain)):
        raise _KIND.wrong_characters("数字（末位可为 X）", "digits (X may stand last)")
    born_on = _read_birth_date(plain[6:14], today or datetime.now(SHANGHAI).date())
    if check_digit(plain[:17]) != plain[17]:
        raise _KIND.wrong_check_digit()
    sex = Sex.MALE if int(plain[16]) % 2 else Sex.FEMALE
    return ResidentId(canonical=plain, region_code=plain[:6], born_on=born_on, sex=sex)


def is_resident_id(text: str) -> bool:
    return is_accepted(parse_resident_id, text)


def make_resident_id(*, region_code: str, born_on: date, sequence: int) -> ResidentId:
    """Return the number with its check digit; `sequence` is 0–999, odd for men and even for women."""
    if not 0 <= sequence <= 999:
        raise ValueError(f"a sequence is 0 to 999, not {sequence}")
    first_17 = f"{region_code}{born_on:%Y%m%d}{sequence:03d}"
    return parse_resident_id(first_17 + check_digit(first_17), today=born_on)


def _read_birth_date(digits: str, today: date) -> date:
    try:
        born_on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise _KIND.refuse(
            "birth-date",
            zh="第 7 至 14 位不是真实存在的出生日期，请对照证件核对。",
            en="has no real date of birth in places 7 to 14; compare it with the document.",
        ) from None
    if born_on > today:
        raise _KIND.refuse(
            "birth-in-future",
            zh="所含出生日期晚于今天，请对照证件核对。",
            en="has a date of birth after today; compare it with the document.",
        )
    return born_on

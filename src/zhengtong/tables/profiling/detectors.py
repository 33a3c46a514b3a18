"""Whether a value is of a kind（识别器）: by check digit where there is one, by structure and word lists elsewhere."""

from __future__ import annotations

import datetime
import functools
import ipaddress
import re
from collections.abc import Callable

from zhengtong.kit.identifiers import (
    is_certificate_id,
    is_credit_code,
    is_organisation_code,
    is_resident_id,
)
from zhengtong.kit.text import normalise
from zhengtong.tables.profiling.kinds import words

_RESIDENT = re.compile(r"\d{17}[\dXx]")
_CREDIT = re.compile(r"[0-9A-Z]{2}\d{6}[0-9A-Z]{10}")
_PHONE = re.compile(r"(?:(?:\+|00)?86|0)?1(?:3\d|4[05-9]|5[0-35-9]|6[25-7]|7[0-8]|8\d|9[0-35-9])\d{8}")
_AREA = r"(?:010|02\d|0[3-9]\d{2})"
_LANDLINE = re.compile(
    rf"(?:\({_AREA}\)|(?:(?:\+|00)86[- ]?)?{_AREA}[- ]?|(?:\+|00)86[- ]?[1-9]\d{{1,2}}[- ])[2-8]\d{{2,3}}[- ]?\d{{4}}"
    r"(?:(?:[-转#*]|转分机|ext\.?)\d{1,5})?|[48]00[- ]?\d{3}[- ]?\d{4}|[48]00[- ]?\d{4}[- ]?\d{3}"
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]+@(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,}")
_URL = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
_CARD = re.compile(r"(?:62\d{14,17}|4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|35\d{14})")
_PASSPORT = re.compile(r"E[A-HJ-NP-Z]\d{7}|[EGDSP]\d{8}|[HM]\d{8,10}|[CW][A-Z]?\d{7,8}")
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{8}")
_DATE = re.compile(
    r"(\d{4})([-/.年]?)(\d{1,2})([-/.月]?)(\d{1,2})日?"
    r"(?:[ T]?\d{1,2}[:时]\d{2}(?:[:分]\d{2}秒?(?:\.\d+)?|分)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?"
)
_HAN_DATE = re.compile(
    r"[一二][〇零○一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
)
_HAN_NAME = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0002ebef]{2,4}")
_DOTTED_NAME = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]{1,8}(?:[·•‧∙⋅・･᛫．.][\u3400-\u4dbf\u4e00-\u9fff]{1,8}){1,4}")
_COORDINATE = r"[-+]?\d{1,3}\.\d{3,}"
_PAIR = re.compile(
    rf"(?:POINT ?)?[(\[]?[EW东西]?({_COORDINATE})°?[EW]?[,;、 ]+[NS南北]?({_COORDINATE})°?[NS]?[)\]]?", re.IGNORECASE
)
_ONE_COORDINATE = re.compile(r"[-+]?(\d{1,3}\.\d{3,})°?")
_NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,4})?"
_MONEY = re.compile(
    rf"(?:(?:[¥￥$]|RMB|CNY|人民币) ?{_NUMBER}(?:[万亿]?元)?|{_NUMBER} ?(?:[万亿]?元(?:整|人民币)?|RMB|CNY)|[-+]?\d{{1,3}}(?:,\d{{3}})+\.\d{{2}})",
    re.IGNORECASE,
)
_PLAIN_MONEY = re.compile(_NUMBER)
_REGION = re.compile(r"\d{6}(?:\d{3}(?:\d{3})?)?")
_ADDRESS_AREA = re.compile(
    r"[^\d\s,，。；]{1,8}?(?:省|自治区|特别行政区|自治州|盟|市|区|县|旗|镇|乡|苏木|街道|开发区|新区)"
)
_NUMERAL = r"[\dA-Za-z一二三四五六七八九十百零〇]+"
_ADDRESS_PLACE = re.compile(
    rf"(?:路|街|巷|弄|道|村|社区|小区|花园|苑|组|屯|庄|大厦|广场|里|胡同|嘎查)(?:[^号]{{0,12}}{_NUMERAL}(?:号|栋|幢|座|单元|室|组|弄|层|楼|户))?"
    rf"|{_NUMERAL}(?:号|栋|幢|室|组)"
)
#: without any area, a place must be told down to the door
_DOOR = re.compile(
    rf"[^\d\s,，。；]{{2,12}}(?:路|街|巷|弄|道|村|社区|小区|花园|苑|里|胡同|大厦).{{0,12}}?{_NUMERAL}(?:-\d+)?(?:号|栋|幢|单元|室|组|弄).{{0,16}}"
)


def tidy(text: str) -> str:
    """Return a cell as the checks read it: narrow characters, nothing invisible, no blanks or spreadsheet quote around."""
    plain = text if text.isascii() else normalise(text)
    return plain.strip().removeprefix("'").strip()


def compact(text: str) -> str:
    """Return a number as it is without the blanks and hyphens that group its digits."""
    return text.translate(_GROUPING)


_GROUPING = str.maketrans("", "", " -‐‑–—_\t\u00a0")


def is_resident_number(text: str) -> bool:
    """18 characters, a real date of birth not in the future, a known province, the check digit; 15 digits prove nothing."""
    text = compact(text)
    return (
        bool(_RESIDENT.fullmatch(text))
        and text[:2] in _regions()
        and text[6:8] in ("19", "20")
        and is_resident_id(text.upper())
    )


def is_social_credit_code(text: str) -> bool:
    """The check character and a known registering authority; for 18 mere digits the organisation code must check too."""
    text = compact(text).upper()
    if not _CREDIT.fullmatch(text) or text[:2] not in _set("credit_code_beginnings"):
        return False
    is_placed = text[2:4] in _regions() or text[2:4] == "10"
    return is_placed and is_credit_code(text) and (not text.isdigit() or is_organisation_code(text[8:17]))


def is_vin(text: str) -> bool:
    """17 characters with the check digit of GB 16735 in the ninth place, and not all digits."""
    if not _VIN.fullmatch(text) or text.isdigit():
        return False
    total = sum(_VIN_VALUES[char] * weight for char, weight in zip(text, _VIN_WEIGHTS, strict=True))
    return text[8] == "0123456789X"[total % 11]


def is_bank_card(text: str) -> bool:
    """16 to 19 digits of a known issuer range that pass ISO/IEC 7812 (Luhn)."""
    digits = compact(text)
    return bool(_CARD.fullmatch(digits)) and _luhn(digits)


def is_plate(text: str) -> bool:
    """A plate of GA 36: province, letter, five characters, or six for new energy."""
    return bool(_plate_pattern().fullmatch(compact(text).upper()))


def is_phone(text: str) -> bool:
    """Eleven digits of a number range of the operators, grouped or not, with or without the country's code."""
    return bool(_PHONE.fullmatch(compact(text).replace("(", "").replace(")", "")))


def is_landline(text: str) -> bool:
    return bool(_LANDLINE.fullmatch(text)) and not is_phone(text)


def is_email(text: str) -> bool:
    return bool(_EMAIL.fullmatch(text)) and ".." not in text


def is_url(text: str) -> bool:
    return bool(_URL.fullmatch(text))


def is_ip_address(text: str) -> bool:
    """An address of either version, alone, with its port, or with the length of its network."""
    with_port = re.fullmatch(r"(\d+\.\d+\.\d+\.\d+):\d{1,5}|\[([0-9a-fA-F:.]+)\]:\d{1,5}", text)
    try:
        ipaddress.ip_interface((with_port[1] or with_port[2]) if with_port else text)
    except ValueError:
        return False
    return "." in text or ":" in text


def is_passport(text: str) -> bool:
    return bool(_PASSPORT.fullmatch(compact(text).upper()))


def is_organisation(text: str) -> bool:
    """The check digit of GB 11714, and letters or a hyphen: nine digits alone prove nothing."""
    return (len(text) == 10 and text[8] == "-" or (len(text) == 9 and not text.isdigit())) and is_organisation_code(
        text
    )


def is_region(text: str) -> bool:
    """6, 9 or 12 digits that begin with a province, and whose parts below do not skip a level."""
    if not _REGION.fullmatch(text) or text[:2] not in _regions():
        return False
    city, county = text[2:4], text[4:6]
    return (
        (city != "00" or county == "00")
        and (city == "00" or "01" <= city <= "99")
        and not (len(text) > 6 and city == "00" and int(text[6:]))
    )


def is_date(text: str) -> bool:
    """A real date from 1900 to 2099, with or without a time of day; separators agree."""
    if _HAN_DATE.fullmatch(text):
        return True
    match = _DATE.fullmatch(text)
    if not match or (not match[2] and len(match[3] + match[5]) != 4) or bool(match[2]) != bool(match[4]):
        return False
    try:
        return 1900 <= datetime.date(int(match[1]), int(match[3]), int(match[5])).year <= 2099
    except ValueError:
        return False


def is_ethnic_group(text: str) -> bool:
    return text.removesuffix("族") in _set("ethnic_groups")


def is_sex(text: str) -> bool:
    return text in _set("sexes")


def is_organisation_name(text: str) -> bool:
    """Four characters or more that end as names of organisations do."""
    bare = re.sub(r"[(（][^()（）]{1,12}[)）]$", "", text)
    return len(bare) >= 4 and bare.endswith(_endings()) and not any(char.isdigit() for char in bare[-2:])


def is_address(text: str) -> bool:
    """An area (省市区县乡镇) and after it a place (路街村号栋室), six characters or more; or a place down to the door."""
    text = text.replace(" ", "")
    if len(text) < 6 or text.endswith(_endings()) or any(sign in text for sign in "。；！？"):
        return False
    area = _ADDRESS_AREA.match(text)
    return bool(area and _ADDRESS_PLACE.search(text, area.end() - 1)) or bool(_DOOR.fullmatch(text))


def is_coordinates(text: str) -> bool:
    """A longitude and a latitude, in either order, with three decimals or more."""
    match = _PAIR.fullmatch(text)
    if not match:
        return False
    one, other = abs(float(match[1])), abs(float(match[2]))
    return (one <= 180 and other <= 90) or (one <= 90 and other <= 180)


def is_coordinate(text: str) -> bool:
    """One longitude or latitude: what a heading must speak for."""
    match = _ONE_COORDINATE.fullmatch(text)
    return is_coordinates(text) or bool(match and float(match[1]) <= 180)


def is_money(text: str) -> bool:
    """A number with a currency, or grouped in thousands with two decimals."""
    return bool(_MONEY.fullmatch(text))


def is_plain_money(text: str) -> bool:
    """Any decimal number: what a heading must speak for."""
    return is_money(text) or bool(_PLAIN_MONEY.fullmatch(text))


def is_name(text: str) -> bool:
    """A known surname and one or two more characters that are no common word, or names joined by a dot."""
    text = text.replace(" ", "")
    if _DOTTED_NAME.fullmatch(text):
        return True
    if not _HAN_NAME.fullmatch(text) or text in _set("not_names") or text.endswith(_endings()):
        return False
    if text[:2] in _set("compound_surnames"):
        return len(text) in (3, 4)
    return text[0] in _set("surnames") and len(text) <= 3 and text[-1] not in _set("given_endings_not_names")


def _luhn(digits: str) -> bool:
    odd, even = digits[-1::-2], digits[-2::-2]
    return (sum(map(int, odd)) + sum(sum(divmod(2 * int(digit), 10)) for digit in even)) % 10 == 0


@functools.cache
def _regions() -> frozenset[str]:
    return frozenset(words()["region_prefixes"])


@functools.cache
def _set(name: str) -> frozenset[str]:
    return frozenset(words()[name])


@functools.cache
def _endings() -> tuple[str, ...]:
    return tuple(words()["organisation_endings"])


@functools.cache
def _plate_pattern() -> re.Pattern[str]:
    last = "[A-HJ-NP-Z0-9]"
    return re.compile(
        f"[{words()['plate_provinces']}][A-Z][·•]?(?:(?:{last}{{4}}[A-HJ-NP-Z0-9挂学警港澳])|(?:[A-HJ-K]{last}\\d{{4}})|(?:\\d{{5}}[A-HJ-K]))"
    )


_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}

#: kind → its check; kinds that only their heading names have none
DETECTORS: dict[str, Callable[[str], bool]] = {
    "resident-id": is_resident_number,
    "credit-code": is_social_credit_code,
    "vin": is_vin,
    "certificate-id": is_certificate_id,
    "email": is_email,
    "url": is_url,
    "ip-address": is_ip_address,
    "bank-card": is_bank_card,
    "plate": is_plate,
    "passport": is_passport,
    "phone": is_phone,
    "landline": is_landline,
    "organisation-code": is_organisation,
    "region-code": is_region,
    "birth-date": is_date,
    "date": is_date,
    "ethnicity": is_ethnic_group,
    "sex": is_sex,
    "organisation-name": is_organisation_name,
    "address": is_address,
    "name": is_name,
    "coordinates": is_coordinates,
    "amount": is_money,
}
#: what is enough where the heading names the kind
NAMED_DETECTORS: dict[str, Callable[[str], bool]] = {"coordinates": is_coordinate, "amount": is_plain_money}

"""Canonical bytes read back, money adds up, masks hide, capitals tell amounts apart."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from zhengtong.kit import mask, to_canonical
from zhengtong.kit.masking import list_mask_kinds
from zhengtong.kit.money import format_yuan, parse_yuan, split_yuan, sum_yuan, to_capital
from zhengtong.kit.text import normalise, normalise_name, to_search_key

safe_floats = st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: not 2**53 <= abs(x) < 1e21)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | safe_floats | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
amounts = st.integers(-(10**14), 10**14).map(lambda cents: Decimal(cents).scaleb(-2))
OPEN = {"credit-code", "organisation-name", "region-code", "matter-code"}


@given(json_values)
@example([1e21, -1e300, 2.0**53 - 1, 5e-324])
def test_canonical_bytes_read_back_to_the_same_value_and_the_same_bytes(value):
    written = to_canonical(value)
    assert json.loads(written) == value
    assert to_canonical(json.loads(written)) == written


@given(amounts)
def test_an_amount_written_reads_back(amount):
    assert parse_yuan(format_yuan(amount)) == amount


@given(amounts, st.lists(st.integers(0, 1000).map(Decimal), min_size=1, max_size=9).filter(any))
def test_a_split_loses_no_cent_and_no_share_is_a_cent_off(total, weights):
    shares = split_yuan(total, weights)
    assert sum_yuan(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - total * weight / sum(weights)) < Decimal("0.01")


def from_capital(text: str) -> int:
    """Read capital numerals back to cents, as a person does."""
    digits = {char: n for n, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
    sign = -1 if text.startswith("负") else 1
    yuan, _, small = text.removeprefix("负").removesuffix("整").rpartition("元")
    total = section = digit = 0
    for char in yuan:
        if char in digits:
            digit = digits[char]
        elif char in "拾佰仟":
            section, digit = section + digit * {"拾": 10, "佰": 100, "仟": 1000}[char], 0
        elif char == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        else:
            total, section, digit = (total + section + digit) * 10**8, 0, 0
    cents = (total + section + digit) * 100
    for place, worth in (("角", 10), ("分", 1)):
        if place in small:
            cents += digits[small[small.index(place) - 1]] * worth
    return sign * cents


@given(amounts)
def test_capital_numerals_read_back_to_the_amount(amount):
    assert from_capital(to_capital(amount)) == int(amount * 100)


@given(
    st.sampled_from(sorted(set(list_mask_kinds()) - OPEN)), st.sampled_from(["default", "strict"]), st.text(min_size=1)
)
def test_no_mask_shows_a_whole_value(kind, profile, value):
    shown = mask(kind, value, profile=profile)
    assert shown != value or set(value) <= {"*"}


@given(st.text())
def test_normal_forms_are_stable(text):
    for form in (normalise, normalise_name, to_search_key):
        assert form(form(text)) == form(text)

"""Canonical bytes, money, text, masks and refusals: their small print."""

from __future__ import annotations

import enum
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from zhengtong.kit import SHANGHAI, Basis, Refused, digest, digest_bytes, mask, masker, to_canonical
from zhengtong.kit.masking import list_mask_kinds, mask_resident_id
from zhengtong.kit.money import Rounding, format_yuan, parse_yuan, round_yuan, split_yuan, sum_yuan, to_capital
from zhengtong.kit.text import normalise, normalise_name, to_half_width, to_search_key


class Colour(enum.Enum):
    RED = "red"


def test_canonical_bytes_sort_keys_and_convert_each_type_one_way():
    value = {
        "b": [Decimal("1.00"), Decimal("1E+3"), date(2026, 1, 2)],
        "a": datetime(2026, 1, 2, 8, 0, tzinfo=SHANGHAI),
        Colour.RED: (None, True, 1.5, Colour.RED),
        "id": uuid.UUID(int=1),
        "名": "政通\n",
    }
    assert to_canonical(value).decode() == (
        '{"a":"2026-01-02T00:00:00Z","b":["1.00","1000","2026-01-02"],"id":"00000000-0000-0000-0000-000000000001",'
        '"red":[null,true,1.5,"red"],"名":"政通\\n"}'
    )


def test_rfc_8785_number_examples_hold():
    numbers = [333333333.33333329, 1e30, 4.50, 2e-3, 1e-27]
    assert to_canonical(numbers) == b"[333333333.3333333,1e+30,4.5,0.002,1e-27]"


def test_one_instant_has_one_form_in_any_zone():
    instant = datetime(2026, 1, 2, 8, 0, 0, 5, tzinfo=SHANGHAI)
    assert to_canonical(instant) == to_canonical(instant.astimezone(UTC)) == b'"2026-01-02T00:00:00.000005Z"'


def test_a_digest_is_of_the_canonical_bytes():
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1}) == digest_bytes(b'{"a":2,"b":1}')
    assert digest("") == "sha256:12ae32cb1ec02d01eda3581b127c1fee3b0dc53572ed6baf239721a03d82e126"


@pytest.mark.parametrize(
    "value", [2**53, 2.0**53, -1e20, float("nan"), float("inf"), Decimal("NaN"), "\ud800", [{"a": -(2**60)}]]
)
def test_what_has_no_single_form_is_refused(value):
    with pytest.raises(Refused, match="not-representable"):
        to_canonical(value)


@pytest.mark.parametrize("value", [{1, 2}, b"x", object(), {1: "a"}])
def test_other_types_are_bugs(value):
    with pytest.raises(TypeError, match="canonical"):
        to_canonical(value)


def test_a_naive_instant_is_a_bug():
    with pytest.raises(ValueError, match="time zone"):
        to_canonical(datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234.5", "1234.50"),
        ("1,234.50", "1234.50"),
        ("￥１，２３４．５０ 元", "1234.50"),
        ("人民币 8 元", "8.00"),
        ("-3", "-3.00"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text, amount):
    assert str(parse_yuan(text)) == amount


@pytest.mark.parametrize("text", ["", "abc", "1,23.00", "1.2.3", "1e5", "NaN", "١٢", "--3"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(Refused, match=r"money\.yuan\.not-a-number"):
        parse_yuan(text)


def test_a_part_of_a_cent_is_refused_unless_rounding_is_declared():
    with pytest.raises(Refused, match="too-many-places"):
        parse_yuan("0.125")
    assert parse_yuan("0.125", rounding=Rounding.HALF_UP) == Decimal("0.13")
    assert parse_yuan("0.125", rounding=Rounding.HALF_EVEN) == Decimal("0.12")
    assert round_yuan(Decimal("-0.125"), Rounding.HALF_UP) == Decimal("-0.13")


def test_money_is_never_a_float():
    with pytest.raises(TypeError, match="Decimal"):
        sum_yuan([Decimal("1.00"), 2.0])
    assert sum_yuan([Decimal("0.10")] * 3) == Decimal("0.30")
    assert str(sum_yuan([])) == "0.00"


def test_amounts_are_written_with_thousands_and_whole_cents():
    assert format_yuan(Decimal("-1234567.5")) == "-1,234,567.50"
    with pytest.raises(ValueError, match="round"):
        format_yuan(Decimal("0.001"))
    with pytest.raises(ValueError, match="cents"):
        to_capital(Decimal("0.001"))


def test_a_split_adds_up_and_spare_cents_go_to_the_largest_remainders():
    thirds = split_yuan(Decimal("100.00"), [Decimal(1)] * 3)
    assert thirds == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert split_yuan(Decimal("10.01"), [Decimal(2), Decimal(1)]) == [Decimal("6.67"), Decimal("3.34")]
    assert split_yuan(Decimal("0.01"), [Decimal(1), Decimal(3)]) == [Decimal(0), Decimal("0.01")]
    for weights in ([], [Decimal(0)], [Decimal(2), Decimal(-1)]):
        with pytest.raises(ValueError, match="weights"):
            split_yuan(Decimal(1), weights)


def test_text_is_brought_to_one_form():
    assert to_half_width("ＡＢＣ　１２３，、。") == "ABC 123,、。"
    assert normalise(" Ａ\u200b  b\u3000c\n") == "A b c"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" 张 三 ", "张三"),
        ("买买提．艾合买提", "买买提·艾合买提"),
        ("买买提 • 艾合买提", "买买提·艾合买提"),
        ("John Smith", "John Smith"),
        ("J. R. Smith", "J. R. Smith"),
        ("𠮷 田", "𠮷田"),
    ],
)
def test_a_name_has_one_form(text, name):
    assert normalise_name(text) == name


def test_search_compares_letters_and_digits_only():
    assert to_search_key("《居住证》（首次申领）— ＡＢＣ１２３") == "居住证首次申领 abc123"


def test_a_mask_without_a_rule_is_refused_and_lists_what_there_is():
    with pytest.raises(Refused) as caught:
        mask("shoe-size", "42")
    assert caught.value.code == "masking.policy.unknown"
    assert caught.value.facts["known"] == list_mask_kinds()


def test_a_site_can_lay_its_own_table_over_the_masks():
    own = masker("phone", policies={"phone": {"default": {"rule": "hide"}}})
    assert (own("13876543210"), own("")) == ("***", "")
    assert mask_resident_id("460100199001011234") == "460100********1234"


def test_a_refusal_speaks_for_itself():
    refused = Refused("a.b.c", "不行。", "No.", basis=Basis("行政许可法", "第三十二条"), field="x", facts={"n": 1})
    assert str(refused) == "不行。（依据：《行政许可法》第三十二条） / No. [a.b.c]"
    problem = refused.to_problem("urn:1")
    assert problem["type"] == "urn:zhengtong:refused:a.b.c"
    assert (problem["status"], problem["field"], problem["facts"], problem["instance"]) == (422, "x", {"n": 1}, "urn:1")

"""The form renderer: widgets from the schema, values from what people type, faults in words."""

from __future__ import annotations

import datetime as dt

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation

from zhengtong.apps.cases.shapes import FieldValue
from zhengtong.portals.ui.forms import bind, read_fields, say_value, spec_of, specs_of, split_locked

SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "title": "姓名", "x-title-en": "Name", "minLength": 2, "maxLength": 20},
        "essay": {"type": "string", "title": "经过", "maxLength": 400},
        "id_number": {"type": "string", "title": "身份号码", "format": "resident-id", "x-widget": "text"},
        "uscc": {"type": "string", "title": "信用代码", "format": "uscc"},
        "born_on": {"type": "string", "title": "出生日期", "format": "date", "x-widget": "date"},
        "born_at": {"type": "string", "title": "出生时间", "format": "date-time", "x-widget": "text"},
        "stay": {"type": "string", "title": "居住时间", "x-widget": "date-range"},
        "weight": {"type": "integer", "title": "体重", "minimum": 300, "maximum": 8000, "x-unit": "克"},
        "fee": {"type": "string", "title": "金额", "x-widget": "money"},
        "sex": {
            "type": "string",
            "title": "性别",
            "enum": ["1", "2"],
            "x-enum-zh": ["男", "女"],
            "x-enum-en": ["M", "F"],
        },
        "bank": {"type": "string", "title": "银行", "enum": [str(n) for n in range(9)]},
        "married": {"type": "boolean", "title": "是否已婚"},
        "needs": {
            "type": "array",
            "title": "需要",
            "items": {"enum": ["a", "b", "c"], "x-enum-zh": ["甲", "乙", "丙"]},
        },
        "agreed": {"type": "boolean", "title": "我同意", "x-widget": "tick"},
        "phone": {"type": "string", "title": "手机", "format": "phone", "x-help-zh": "11 位", "x-help-en": "11 digits"},
        "home": {"type": "object", "title": "住处", "properties": {"street": {"type": "string", "title": "街道"}}},
        "visits": {
            "type": "array",
            "title": "就诊",
            "items": {"type": "object", "properties": {"place": {"type": "string", "title": "医院"}}},
        },
    },
    "required": ["name", "born_on", "sex", "agreed"],
}


def spec(path):
    return spec_of(SCHEMA, path)


def typed(**values):
    posted = QueryDict(mutable=True)
    for name, value in values.items():
        posted.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    return posted


@pytest.mark.parametrize(
    ("path", "widget"),
    [
        ("name", "text"), ("essay", "textarea"), ("id_number", "person"), ("uscc", "organisation"), ("born_on", "date"),
        ("born_at", "date-time"), ("stay", "date-range"), ("weight", "number"), ("fee", "money"), ("sex", "radio"),
        ("bank", "select"), ("married", "radio"), ("needs", "checks"), ("agreed", "tick"), ("visits", "repeat"),
    ],
)  # fmt: skip
def test_the_schema_decides_the_widget(path, widget):
    assert spec(path).widget == widget


def test_a_group_gives_its_fields():
    assert [one.path for one in specs_of(SCHEMA, ["name", "home"])] == ["name", "home.street"]


@pytest.mark.parametrize("text", ["2016年9月5日", "2016.9.5", "20160905", "２０１６-０９-０５", "2016/9/5"])
def test_dates_are_read_as_people_write_them(text):
    assert read_fields([spec("born_on")], typed(born_on=text)) == ({"born_on": "2016-09-05"}, [])


def test_a_date_in_three_parts_may_be_full_width():
    posted = typed(born_on__y="２０１６", born_on__m="９", born_on__d="5")
    assert read_fields([spec("born_on")], posted)[0] == {"born_on": "2016-09-05"}


def test_an_instant_carries_its_offset():
    posted = typed(born_at__y="2026", born_at__m="11", born_at__d="10", born_at__t="8:05")
    assert read_fields([spec("born_at")], posted) == ({"born_at": "2026-11-10T08:05:00+08:00"}, [])
    values, faults = read_fields([spec("born_at")], typed(born_at="2026-11-10 08:05"))
    assert (values["born_at"], faults) == ("2026-11-10T08:05:00+08:00", [])


@pytest.mark.parametrize(
    ("path", "given", "value"),
    [
        ("name", "  张　三 ", "张 三"),
        ("weight", "３,２８０", 3280),
        ("sex", "2", "2"),
        ("married", "false", False),
        ("needs", ["a", "zz", "c"], ["a", "c"]),
        ("phone", "138 0013-8000", "13800138000"),
        ("fee", "12.50 元", "12.50"),
    ],
)
def test_what_is_typed_becomes_a_value(path, given, value):
    assert read_fields([spec(path)], typed(**{path: given}))[0] == {path: value}


@pytest.mark.parametrize(
    ("path", "given", "words"),
    [
        ("name", "", "请填写姓名"),
        ("name", "张", "姓名至少 2 个字"),
        ("name", "长" * 21, "姓名最多 20 个字"),
        ("sex", "", "请选择性别"),
        ("bank", "99", "请从给出的选项中选择银行"),
        ("born_on", "2026-02-30", "请填写真实的日期，例如 2026年3月9日"),
        ("weight", "很重", "体重要填数字，例如 120"),
        ("weight", "12.5", "体重要填整数"),
        ("weight", "100", "体重不能小于 300"),
        ("weight", "9000", "体重不能大于 8000"),
        ("phone", "12345", "手机号码是 11 位数字，以 1 开头"),
        ("agreed", "", "请填写我同意"),
        ("fee", "NaN", "金额要填数字，例如 120"),
    ],
)
def test_a_fault_says_what_to_do(path, given, words):
    _values, faults = read_fields([spec(path)], typed(**{path: given}))
    assert [fault.words for fault in faults] == [words]
    assert faults[0].html_id == f"f-{path}"


def test_a_wrong_identity_number_is_told_in_the_language_of_the_page():
    chinese = read_fields([spec("id_number")], typed(id_number="990102199510270001"))[1][0].words
    with translation.override("en"):
        english = read_fields([spec("id_number")], typed(id_number="990102199510270001"))[1][0].words
    assert chinese != english
    assert english.isascii()


def test_a_range_needs_both_ends_in_order():
    assert read_fields([spec("stay")], typed(stay__from="2026-01-01", stay__to="2026-02-01"))[0] == {
        "stay": "2026-01-01/2026-02-01"
    }
    assert read_fields([spec("stay")], typed(stay__from="2026-03-01", stay__to="2026-02-01"))[1]


def test_a_repeat_group_skips_empty_entries():
    posted = QueryDict("visits.0.place=甲院&visits.1.place=&visits.2.place=乙院")
    assert read_fields([spec("visits")], posted)[0] == {"visits": [{"place": "甲院"}, {"place": "乙院"}]}


@pytest.mark.parametrize("path", list(SCHEMA["properties"]))
@pytest.mark.parametrize("fault", ["", "这里不对"])
def test_every_widget_is_labelled_and_carries_its_fault(path, fault):
    for bound in bind(specs_of(SCHEMA, [path]), {}, faults={path: fault}):
        html = render_to_string("ui/field.html", {"f": bound})
        assert bound.spec.label in html
        assert "<label" in html or "<legend" in html
        if fault and bound.spec.path == path:
            assert fault in html
            assert f'id="{bound.spec.html_id}-error"' in html or "aria-invalid" in html


def test_verified_values_are_shown_by_source_and_not_asked():
    moment = dt.datetime(2026, 11, 19, 9, 30, tzinfo=dt.UTC)
    held = {
        "name": FieldValue("张三", "data:x", "市公安局 · 人口", "Police · Population", moment, True, "R1"),
        "sex": FieldValue("1", "applicant"),
    }
    locked, asked = split_locked(bind(specs_of(SCHEMA, ["name", "sex", "born_on"]), held))
    assert [(group.source, [field.shown for field in group.fields]) for group in locked] == [
        ("市公安局 · 人口", ["张三"])
    ]
    assert [field.spec.path for field in asked] == ["sex", "born_on"]


def test_a_locked_field_cannot_be_typed_over():
    held = {"name": FieldValue("张三", "data:x", verified=True)}
    bound = bind([spec("name")], held, posted=typed(name="李四"))[0]
    assert (bound.value, bound.locked) == ("张三", True)


@pytest.mark.parametrize(
    ("path", "value", "zh", "en"),
    [
        ("sex", "2", "女", "F"),
        ("married", True, "是", "Yes"),
        ("born_on", "2016-09-05", "2016年9月5日", "5 September 2016"),
        ("weight", 3280, "3280 克", "3280 克"),
        ("needs", ["a", "c"], "甲、丙", "甲、丙"),
    ],
)
def test_values_are_said_in_the_language_of_the_page(path, value, zh, en):
    with translation.override("zh-hans"):
        assert say_value(spec(path), value) == zh
    with translation.override("en"):
        assert say_value(spec(path), value) == en

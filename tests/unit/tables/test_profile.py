"""A profile says what is there, and suggests no more than the values prove."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from tests.unit.tables.people import MAKERS, OTHERS, seeded
from zhengtong.tables import Schema, detect_value, load, profile
from zhengtong.tables.profiling.classify import classify, find_embedded
from zhengtong.tables.profiling.kinds import list_kinds


def write_columns(tmp_path, columns):
    path = tmp_path / "in.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


@pytest.mark.parametrize("kind", list(MAKERS))
def test_precision_and_recall_on_a_mixed_table_of_values(kind):
    draw = seeded()
    truth = [(name, make(draw)) for name, make in MAKERS.items() for _ in range(1500)]
    truth += [("", make(draw)) for make in OTHERS for _ in range(1500)]
    found = Counter((expected == kind, detect_value(value) == kind) for expected, value in truth)
    recall = found[True, True] / (found[True, True] + found[True, False])
    precision = found[True, True] / (found[True, True] + found[False, True])
    assert recall >= 0.98
    assert precision >= 0.98


def test_ordinary_numbers_of_eighteen_digits_are_not_resident_ids():
    draw = seeded(7)
    numbers = [str(draw.randrange(10**17, 10**18)) for _ in range(50_000)]
    assert sum(detect_value(number) == "resident-id" for number in numbers) <= 5


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("dirty", [0.0, 0.05])
def test_columns_are_classified_with_and_without_a_heading(named, dirty):
    """Each kind in ten seeded columns, with and without dirt, beside as many columns that are nothing."""
    headings = {kind.id: kind.headings[0] for kind in list_kinds()}
    outcomes = Counter()
    for seed in range(10):
        draw = seeded(seed)
        for kind, make in MAKERS.items():
            values = ["不详" if draw.random() < dirty else make(draw) for _ in range(500)]
            finding = classify(values, headings[kind] if named else f"c{seed}")
            if kind == "region-code" and dirty and not named:
                continue  # digits without a check digit: not suggested unless nearly all fit
            outcomes[kind, finding.kind.id if finding else None] += 1
        for number, make in enumerate(OTHERS):
            finding = classify([make(draw) for _ in range(500)], f"c{number}")
            outcomes[None, finding.kind.id if finding else None] += 1
    assert {pair for pair in outcomes if pair[0] != pair[1]} == set()


def test_a_profile_counts_exactly(store, tmp_path):
    columns = {
        "id": [f"k{n}" for n in range(1000)],
        "状态": ["办结" if n % 4 else "" for n in range(1000)],
        "amount": [f"{n}.50" for n in range(1000)],
        "half": [str(n // 2) for n in range(1000)],
    }
    found = profile(load(write_columns(tmp_path, columns), store.shelf("r")).snapshot)
    assert (found.rows, found.sampled) == (1000, 1000)
    status = found.column("状态")
    assert (status.nulls, status.distinct, status.top) == (250, 1, (("办结", 750),))
    assert (found.column("amount").min, found.column("amount").max) == ("0.50", "999.50")
    assert found.keys == ("id", "amount")
    assert abs(found.column("half").distinct - 500) <= 50
    assert found.column("id").min_length == 2


def test_personal_values_do_not_show_in_a_profile(store, tmp_path):
    draw = seeded()
    columns = {
        "证件": [MAKERS["resident-id"](draw) for _ in range(300)],
        "手机": [MAKERS["phone"](draw) for _ in range(300)],
        "备注": [f"已与申请人电话联系，号码为{MAKERS['phone'](draw)}，约定补正" for _ in range(300)],
        "诊断结果": ["上呼吸道感染"] * 300,
        "区划": ["990101"] * 300,
    }
    snapshot = load(write_columns(tmp_path, columns), store.shelf("r")).snapshot
    found = profile(snapshot)
    for name in ("证件", "手机", "备注", "诊断结果"):
        column = found.column(name)
        assert (column.min, column.max, column.top) == (None, None, ())
        assert column.personal
    assert found.column("备注").embedded == {"phone": 1.0}
    assert found.column("诊断结果").sensitive
    assert found.column("证件").mask == "resident-id"
    assert found.column("证件").level == 3
    assert found.column("区划").top == (("990101", 300),)
    text = str(found.to_json())
    assert not [value for name in ("证件", "手机") for value in columns[name] if value in text]


def test_embedded_numbers_must_stand_alone():
    assert find_embedded(["单号 139000000001234567890 已登记，请留意查收短信"]) == {}
    assert find_embedded(["联系电话13900000000，请在工作日上午联系办理事宜"]) == {"phone": 1.0}


def test_a_typed_column_is_classified_by_its_values(store, tmp_path):
    snapshot = load(
        write_columns(tmp_path, {"出生日期": ["2001-02-03", "2002-03-04"], "tel": ["13900000000", "13800000000"]}),
        store.shelf("r"),
        Schema.of(出生日期="date", tel="integer"),
    ).snapshot
    found = profile(snapshot)
    assert found.column("出生日期").kind == "birth-date"
    assert found.column("tel").kind == "phone"


def test_an_empty_snapshot_has_a_profile(store, tmp_path):
    found = profile(load(write_columns(tmp_path, {"a": [], "诊断": []}), store.shelf("r")).snapshot)
    assert found.rows == 0
    assert found.column("a").kind is None
    assert found.keys == ()


def test_every_mask_a_kind_suggests_exists():
    from zhengtong.kit.masking import list_mask_kinds

    assert {kind.mask for kind in list_kinds()} - {""} <= set(list_mask_kinds())


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",
        "91110000600037341L",
        "91440300708461136T",
        "914403001922038216",
        "91330100799655058B",
        "91512081MA62K0260E",
        "11100000000013338W",
        "11430000006122244L",
        "11330105002500287C",
        "113700000045046442",
        "11370800MB28559184",
        "11110000000021135M",
    ],
)
def test_published_credit_codes_are_known(code):
    assert detect_value(code) == "credit-code"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("11010519491231002X", "resident-id"),
        ("110105194912310021", None),
        ("440524188001010014", None),  # a check digit that holds, a birth in 1880: no living person's number
        ("91310115MA1G4L1WXK", None),
        ("1HGBH41JXMN109186", "vin"),
        ("1HGBH41J0MN109186", None),
        ("https://example.org/x", "url"),
        ("192.0.2.1", "ip-address"),
        ("古丽娜尔·买买提", "name"),
        ("欧阳修远", "name"),
        ("维吾尔族", "ethnicity"),
        ("女", "sex"),
        ("E12345678", "passport"),
    ],
)
def test_single_values_are_judged_by_their_own_evidence(value, kind):
    assert detect_value(value) == kind


def wide(text):
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


#: the same values as clerks write them: full width, grouped, padded, with signs of other keyboards
WRITTEN = {
    "resident-id": [
        wide,
        str.lower,
        lambda v: f"{v[:6]} {v[6:14]} {v[14:]}",
        lambda v: f"{v[:6]}-{v[6:14]}-{v[14:]}",
        lambda v: f" '{v}".strip(),
        lambda v: f"\u00a0{v}\u200b",
    ],
    "credit-code": [wide, str.lower, lambda v: f"{v[:8]} {v[8:]}"],
    "phone": [
        wide,
        lambda v: f"+86{v}",
        lambda v: f"+86 {v[:3]} {v[3:7]} {v[7:]}",
        lambda v: f"0086-{v}",
        lambda v: f"{v[:3]}-{v[3:7]}-{v[7:]}",
        lambda v: f"86{v}",
        lambda v: f"0{v}",
        lambda v: f"（+86）{v}",
    ],
    "bank-card": [
        wide,
        lambda v: " ".join(v[at : at + 4] for at in range(0, len(v), 4)),
        lambda v: "-".join(v[at : at + 4] for at in range(0, len(v), 4)),
    ],
    "landline": [
        wide,
        lambda v: v.replace("-", ""),
        lambda v: v.replace("-", " "),
        lambda v: f"({v.replace('-', ')')}",
        lambda v: f"{v}转123",
        lambda v: f"+86 {v}",
    ],
    "email": [wide, str.upper, lambda v: f" {v} "],
    "plate": [
        wide,
        str.lower,
        lambda v: f"{v[:2]}·{v[2:]}",
        lambda v: f"{v[:2]} {v[2:]}",
        lambda v: f"{v[:2]}-{v[2:]}",
    ],
    "name": [lambda v: f"{v[0]} {v[1:]}", lambda v: f"{v}　"],
    "address": [
        wide,
        lambda v: v.removeprefix("澜江市"),
        lambda v: f"西南省{v}",
        lambda v: v[v.index("区") + 1 :] if "区" in v else v,
    ],
    "organisation-name": [lambda v: f"{v}（澜江）", lambda v: f"{v}（有限合伙）"],
    "date": [lambda v: f"{v} 08:30:00", wide],
}


@pytest.mark.parametrize("kind", list(WRITTEN))
def test_values_are_known_however_they_are_written(kind):
    draw = seeded(5)
    for write in WRITTEN[kind]:
        values = [write(MAKERS[kind](draw)) for _ in range(150)]
        missed = [value for value in values if detect_value(value) != kind]
        assert len(missed) <= 3, missed[:5]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("阿卜杜拉·艾合买提", "name"),
        ("迪丽热巴·迪力木拉提", "name"),
        ("买买提．艾合买提", "name"),
        ("116.397128,39.916527", "coordinates"),
        ("E116.3971° N39.9165°", "coordinates"),
        ("[39.916527, 116.397128]", "coordinates"),
        ("¥1,234.50", "amount"),
        ("1200元", "amount"),
        ("３５．５万元", "amount"),
        ("12,345.00", "amount"),
        ("2024年1月2日", "date"),
        ("2024-01-02T13:00:00+08:00", "date"),
        ("二〇二四年十一月二十一日", "date"),
        ("2024-13-02", None),
        ("2001:db8::1", "ip-address"),
        ("192.0.2.1:8080", "ip-address"),
        ("192.0.2.0/24", "ip-address"),
        ("300.1.2.3", None),
        ("京AD12345", "plate"),
        ("e12345678", "passport"),
        ("D2143569-X", "organisation-code"),
        ("400-123-4567", "landline"),
        ("12345", None),
        ("1.5", None),
        ("已受理", None),
        ("和平路3号2单元501室", "address"),
        ("广西壮族自治区南宁市青秀区民族大道100号", "address"),
        ("锡林郭勒盟正蓝旗上都镇3号", "address"),
        ("经研究，同意你单位在和平路3号设置广告牌。", None),
        ("1380013800", None),
    ],
)
def test_odd_and_rare_values_are_judged_too(value, kind):
    assert detect_value(value) == kind


@pytest.mark.parametrize(
    ("heading", "values", "kind"),
    [
        ("经度", ["116.397128", "87.616848"], "coordinates"),
        ("缴费金额", ["12.00", "1300"], "amount"),
        ("score", ["12.00", "13.50"], None),
    ],
)
def test_a_heading_speaks_for_what_values_alone_do_not_prove(heading, values, kind):
    finding = classify(values * 20, heading)
    assert (finding.kind.id if finding else None) == kind

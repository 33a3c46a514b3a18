"""Check digits in SQL accept what kit's parsers accept, over right, wrong and odd numbers."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.unit.tables.people import MAKERS, seeded
from zhengtong.kit.identifiers import is_credit_code, is_resident_id
from zhengtong.tables import Limits
from zhengtong.tables.engine import connect
from zhengtong.tables.quality.identifiers_sql import IDENTIFIER_SQL

ODD = [
    "11010519491231002X",
    "440524188001010014",
    "110105194912310021",
    "11010500001231002X",
    "110105194902300020",
    "110105299912310021",
    "91350100M000100Y43",
    "91310115MA1G4L1WXK",
    "113700000045046442",
    "",
    "1",
    "9" * 18,
    "X" * 18,
    "00000000000001e16X",
    "1_0000000000000000",
    "0x00038D7EA4C68000",
    "+11010519491231002",
    " 110105194912310021",
    "11010519490229002X",
    "110105200002290020",
    "110105190002290029",
    "１１０１０５１９４９１２３１００２Ｘ"[:0],
]


def numbers(kind):
    draw = seeded(11)
    right = [MAKERS[kind](draw) for _ in range(3000)]
    wrong = []
    for number in right:
        place = draw.randrange(18)
        wrong.append(number[:place] + draw.choice("0123456789XABCDEFGHJKLM") + number[place + 1 :])
    return [*right, *wrong, *ODD]


@pytest.mark.parametrize(("kind", "accepts"), [("resident-id", is_resident_id), ("credit-code", is_credit_code)])
def test_sql_and_kit_agree(kind, accepts):
    values = numbers(kind)
    with connect(Limits(threads=1)) as connection:
        connection.register("numbers", pa.table({"n": range(len(values)), "v": values}))
        told = IDENTIFIER_SQL[kind]("v")
        source = f'(SELECT *, {told.let[1]} AS "{told.let[0]}" FROM numbers)'
        found = connection.execute(f"SELECT {told.predicate}, {told.quick} FROM {source} ORDER BY n").fetchall()
    expected = [(v, accepts(v), accepts(v)) for v in values]
    assert [(v, bool(slow), bool(quick)) for v, (slow, quick) in zip(values, found, strict=True)] == expected

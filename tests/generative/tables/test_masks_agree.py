"""Hypothesis looks for a text on which SQL and Python mask differently."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengtong.kit.masking import builtin_policies
from zhengtong.tables import Limits
from zhengtong.tables.engine import connect
from zhengtong.tables.masking import FieldMask, mask_rows, masked_sql
from zhengtong.tables.schema import Column

KINDS = [(kind, profile) for kind, profiles in builtin_policies().items() for profile in profiles]
TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
    st.text("省市区县旗盟州自治小社地张和平东云a1 ", max_size=25),
    st.text("0123456789 -\u3000\u00a0\n٣", max_size=14),
    st.text("ab@.\n", max_size=10),
)


@pytest.mark.parametrize(("kind", "profile"), KINDS)
@settings(max_examples=25, deadline=None)
@given(values=st.lists(TEXT, min_size=1, max_size=40))
def test_no_text_is_masked_differently(kind, profile, values):
    mask = FieldMask(kind, profile)
    expected = [row["v"] for row in mask_rows([{"v": value} for value in values], {"v": mask})]
    with connect(Limits(threads=1)) as connection:
        connection.register("texts", pa.table({"n": range(len(values)), "v": values}))
        found = connection.execute(f"SELECT {masked_sql(Column('v'), mask)} FROM texts ORDER BY n").fetchall()
    assert [row[0] for row in found] == expected

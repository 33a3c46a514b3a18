"""Masks show what the table says, in both profiles."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from zhengtong.kit import mask
from zhengtong.kit.masking import builtin_policies

TABLE = yaml.safe_load(Path(__file__).with_name("masks.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("kind", "value", "default", "strict"), TABLE)
def test_a_value_is_shown_as_the_table_says(kind, value, default, strict):
    assert mask(kind, value) == default
    assert mask(kind, value, profile="strict") == strict


def test_every_kind_has_both_profiles():
    assert {frozenset(profiles) for profiles in builtin_policies().values()} == {frozenset({"default", "strict"})}

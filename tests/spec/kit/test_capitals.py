"""Capital numerals are written as the rules for payment instruments ask."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from zhengtong.kit.money import to_capital

TABLE = yaml.safe_load(Path(__file__).with_name("capitals.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("amount", "capitals"), TABLE)
def test_an_amount_reads_as_the_annex_writes_it(amount, capitals):
    assert to_capital(Decimal(amount)) == capitals

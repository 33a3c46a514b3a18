"""Data quality by GB/T 36344—2018（数据质量）: rules beside a resource, assessed over a whole snapshot."""

from zhengtong.tables.quality.assessment import CheckResult, QualityReport, assess
from zhengtong.tables.quality.check import (
    Check,
    between,
    distinct,
    filled,
    identifier,
    in_order,
    in_reference,
    like,
    no_duplicates,
    of_length,
    of_type,
    one_of,
    record_filled,
    same_elsewhere,
    updated_since,
    valid_on,
)
from zhengtong.tables.quality.compiled import Compiled
from zhengtong.tables.quality.indicators import Indicator, list_dimensions, list_indicators

__all__ = [
    "Check",
    "CheckResult",
    "Compiled",
    "Indicator",
    "QualityReport",
    "assess",
    "between",
    "distinct",
    "filled",
    "identifier",
    "in_order",
    "in_reference",
    "like",
    "list_dimensions",
    "list_indicators",
    "no_duplicates",
    "of_length",
    "of_type",
    "one_of",
    "record_filled",
    "same_elsewhere",
    "updated_since",
    "valid_on",
]

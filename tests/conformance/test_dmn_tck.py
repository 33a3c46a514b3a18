"""The DMN TCK through both back-ends: how many ran, how many passed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.dmn_tck import PythonBackend, run
from tests.conformance.dmn_tck_cases import agrees
from tests.conformance.dmn_tck_sql import SqlBackend

TCK = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "dmn-tck"
needs_tck = pytest.mark.skipif(not TCK.exists(), reason="the DMN TCK is not beside the project")


@needs_tck
@pytest.mark.parametrize("level", [2, 3])
def test_every_tck_case_passes_in_python(level: int) -> None:
    report = run(TCK / f"compliance-level-{level}", PythonBackend())
    assert report.total >= 116
    assert report.failures == []


@needs_tck
def test_every_level_2_case_passes_in_sql() -> None:
    report = run(TCK / "compliance-level-2", SqlBackend())
    assert (report.passed, report.no_sql, report.failures) == (report.total, [], [])


@needs_tck
def test_a_sample_of_level_3_in_sql_disagrees_nowhere() -> None:
    folders = ("0008", "0012", "0032", "0056", "0064", "0068", "0071", "1106", "1120", "1143", "1155", "1156")
    for folder in folders:
        found = next((TCK / "compliance-level-3").glob(f"{folder}-*"))
        assert run(found, SqlBackend()).failures == []


def test_the_comparison_of_results_tells_null_from_false_and_text_from_number() -> None:
    assert not agrees(None, False)
    assert not agrees("1", 1)
    assert not agrees([], None)
    assert not agrees({"a": None}, {})

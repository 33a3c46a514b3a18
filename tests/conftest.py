"""What every test may ask for: a moment, a database of the site's, and refusals read by code."""

from __future__ import annotations

import contextlib
import datetime as dt
import warnings
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from tests import postgres, spark
from tests.apps.evidence.flushing import allow_flush
from zhengtong.kit import Refused

warnings.filterwarnings("ignore", category=DeprecationWarning, module="pkg_resources")


@pytest.fixture(scope="session", autouse=True)
def append_only_tables_may_be_flushed() -> None:
    """Evidence refuses deletion; only the flush between transactional tests lifts its guards."""
    allow_flush()


@pytest.fixture(autouse=True)
def chinese_first() -> None:
    """Each test begins in the site's own language, whatever language the page before it was asked in."""
    translation.activate("zh-hans")


@pytest.fixture
def now() -> dt.datetime:
    """A Thursday morning in office hours: the clock is an argument."""
    return dt.datetime(2026, 11, 19, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL started for this session; skips, naming the command, where there is none."""
    if postgres.find_binaries() is None:
        pytest.skip(f"PostgreSQL is not installed: {postgres.HOW_TO_ADD}")
    with postgres.postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def spark_master() -> Iterator[str]:
    """The address of a Spark cluster of two workers started for this session; skips, naming the command, without Spark.

    Tests that ask for it stand in the xdist group `spark`: one cluster, one driver, one process.
    """
    if lacking := spark.missing():
        pytest.skip(f"Spark cannot run, {lacking} is missing: {spark.HOW_TO_ADD}")
    from zhengtong.tables.engine.spark.session import close_driver

    with spark.spark_cluster() as master:
        yield master
        close_driver()


@pytest.fixture
def refuses():
    """`with refuses("case.submit.missing-material"): …` passes only if exactly that refusal was raised."""

    @contextlib.contextmanager
    def expect(code: str, status: int | None = None):
        with pytest.raises(Refused) as caught:
            yield caught
        assert caught.value.code == code
        assert all((caught.value.zh, caught.value.en)), "a refusal speaks Chinese and English"
        if status:
            assert caught.value.status == status

    return expect

"""One Spark driver per process（Spark 会话）, set so that it answers as DuckDB does: exact, loud, in Shanghai's time."""

from __future__ import annotations

import ipaddress
import os
import shutil
import sys
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from zhengtong.kit import Refused

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HOW_TO_ADD = "pip install 'zhengtong[spark]'"
HOW_TO_ADD_JAVA = "apt-get install -y default-jre-headless"

#: what an answer hangs on; every query runs under these, whatever a site's own Spark settings say
_MEANING = {
    "spark.sql.ansi.enabled": "true",  # an overflow or a bad cast stops the query
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",  # no digit is dropped to make room for others
    "spark.sql.caseSensitive": "false",
    "spark.sql.session.timeZone": "Asia/Shanghai",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",  # days before 1582 as they are written
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.mapKeyDedupPolicy": "EXCEPTION",
}
#: how much is moved at once, and what is not needed
_RUNNING = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "10000",
    "spark.log.level": "OFF",  # a query that stops is told as a refusal
}
_LOCK = threading.Lock()
_STARTED: dict[str, Any] = {}


def open_session(master: str) -> SparkSession:
    """Return a session of its own (views, settings) on this process's one driver, started when first asked for.

    A driver is bound to its master: another master in the same process is refused.
    """
    with _LOCK:
        if "session" not in _STARTED or _is_stopped(_STARTED["session"]):
            _STARTED.update(master=master, session=_start(master))
        if _STARTED["master"] != master:
            raise Refused(
                "tables.spark.another-master",
                f"本进程已连接 Spark 集群 {_STARTED['master']}，不能同时连接 {master}。请统一 ZHENGTONG_SPARK_MASTER 后重启。",
                f"This process already works on the Spark cluster {_STARTED['master']} and cannot also use {master}. "
                "Set ZHENGTONG_SPARK_MASTER to one and restart.",
                status=503,
            )
        session: SparkSession = _STARTED["session"].newSession()
    for name, value in _MEANING.items():
        session.conf.set(name, value)
    return session


def close_driver() -> None:
    """Leave the cluster, if this process works on one."""
    with _LOCK:
        if session := _STARTED.pop("session", None):
            session.stop()


def _start(master: str) -> SparkSession:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import sqlglot  # noqa: F401 - part of the same extra
            from pyspark.sql import SparkSession
    except ImportError as error:
        raise Refused(
            "tables.spark.not-installed",
            f"本站点设置为用 Spark 分析，但没有安装 Spark。请运行 {HOW_TO_ADD}，或把 ZHENGTONG_ENGINE 改回 duckdb。",
            f"This site is set to analyse with Spark, which is not installed. Run {HOW_TO_ADD}, or set ZHENGTONG_ENGINE "
            "back to duckdb.",
            status=503,
        ) from error
    if not _has_java():
        raise Refused(
            "tables.spark.no-java",
            f"Spark 需要 Java 17 或更高版本，本机没有。请运行 {HOW_TO_ADD_JAVA}，或设置 JAVA_HOME。",
            f"Spark needs Java 17 or later, which this machine lacks. Run {HOW_TO_ADD_JAVA}, or set JAVA_HOME.",
            status=503,
        )
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("zhengtong")
    for name, value in {**_RUNNING, **_MEANING, **_addresses(master)}.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as error:  # whatever the JVM says of a cluster that is not there
        raise Refused(
            "tables.spark.unreachable",
            f"连接不上 Spark 集群 {master}。请核对 ZHENGTONG_SPARK_MASTER，并确认集群正在运行。",
            f"The Spark cluster {master} cannot be reached. Check ZHENGTONG_SPARK_MASTER and that the cluster is up.",
            status=503,
            facts={"engine": str(error).splitlines()[0][:300]},
        ) from error


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java") is not None or (home is not None and (Path(home) / "bin" / "java").exists())


def _addresses(master: str) -> dict[str, str]:
    """Keep a driver whose cluster is this machine alone on this machine."""
    host = urlsplit(master).hostname or ""
    try:
        is_here = master.startswith("local") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = False
    return {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"} if is_here else {}


def _is_stopped(session: SparkSession) -> bool:
    return session.sparkContext._jsc is None or bool(session.sparkContext._jsc.sc().isStopped())

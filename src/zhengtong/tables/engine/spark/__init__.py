"""Apache Spark（分布式引擎）: the same snapshots and the same queries on a cluster, with the same answers or none."""

from zhengtong.tables.engine.spark.connection import SparkConnection
from zhengtong.tables.engine.spark.errors import CannotRun

__all__ = ["CannotRun", "SparkConnection"]

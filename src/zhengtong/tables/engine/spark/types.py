"""Types of three houses（类型对照）: DuckDB's names, which queries are written in, Arrow's of the files, and Spark's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa

from zhengtong.tables.engine.spark.errors import CannotRun

if TYPE_CHECKING:
    from pyspark.sql.types import StructType

_TO_SPARK = {
    "VARCHAR": "STRING",
    "BIGINT": "BIGINT",
    "INTEGER": "INT",
    "DOUBLE": "DOUBLE",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP_NTZ",
}
_FROM_SPARK = {
    "string": "VARCHAR",
    "bigint": "BIGINT",
    "int": "INTEGER",
    "smallint": "SMALLINT",
    "tinyint": "TINYINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp_ntz": "TIMESTAMP",
    "void": "NULL",
}
_TO_ARROW = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "SMALLINT": pa.int16(),
    "TINYINT": pa.int8(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "NULL": pa.null(),
}
_DECIMAL = re.compile(r"decimal\((\d+), ?(\d+)\)", re.IGNORECASE)


def duckdb_types(schema: pa.Schema) -> dict[str, str]:
    """Return DuckDB's type of each column of a Parquet file's schema."""
    names = {kind: name for name, kind in _TO_ARROW.items()}
    found = {}
    for field in schema:
        if pa.types.is_decimal(field.type):
            found[field.name] = f"DECIMAL({field.type.precision},{field.type.scale})"
        elif field.type in names:
            found[field.name] = names[field.type]
        else:
            raise CannotRun(f"column {field.name} is of a type no snapshot has: {field.type}")
    return found


def spark_ddl(types: dict[str, str]) -> str:
    """Return Spark's schema text of columns given by DuckDB's types."""
    quoted = {name: name.replace("`", "``") for name in types}
    return ", ".join(f"`{quoted[name]}` {_TO_SPARK.get(kind, kind)}" for name, kind in types.items())


def result_types(schema: StructType) -> dict[str, str]:
    """Return DuckDB's type of each column of a result."""
    return {field.name: _from_spark(field.dataType.simpleString()) for field in schema.fields}


def arrow_schema(types: dict[str, str]) -> pa.Schema:
    """Return the Arrow schema of columns given by DuckDB's types."""
    fields = []
    for name, kind in types.items():
        shape = _DECIMAL.fullmatch(kind)
        fields.append(pa.field(name, pa.decimal128(int(shape[1]), int(shape[2])) if shape else _TO_ARROW[kind]))
    return pa.schema(fields)


def _from_spark(name: str) -> str:
    shape = _DECIMAL.fullmatch(name)
    return f"DECIMAL({shape[1]},{shape[2]})" if shape else _FROM_SPARK.get(name, name.upper())

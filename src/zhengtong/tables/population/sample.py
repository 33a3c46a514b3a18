"""Fictional populations（仿真样本）: declared distributions made into a snapshot, the same for the same seed. No statistics."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhengtong.kit import Refused
from zhengtong.tables.engine import Limits, connect, ident, literal
from zhengtong.tables.loading import ParquetSource, load
from zhengtong.tables.schema import Column, Schema, to_duckdb_type
from zhengtong.tables.snapshot import Snapshot
from zhengtong.tables.store import Shelf

#: the fineness of the pseudo-random draws
_STEPS = 1_000_003


def make_sample(shelf: Shelf, columns: Mapping[str, Mapping[str, Any]], rows: int, *, seed: int = 1) -> Snapshot:
    """Return a new snapshot of fictional rows, each column as declared.

    A column is `{id: prefix}`, `{choose: {value: weight}}`, `{chance: percent}`, `{low, high, skew}`, `{number}` or
    `{share_of: earlier column, share, vary}`, with a `type` where it is not text or boolean.
    """
    schema = sample_schema(columns)
    with tempfile.TemporaryDirectory(prefix="zhengtong-sample-", dir=shelf.limits.temp_dir) as folder:
        path = Path(folder) / "sample.parquet"
        write_sample(path, columns, rows, seed=seed, limits=shelf.limits)
        return load(ParquetSource((path,)), shelf, schema).snapshot


def sample_schema(columns: Mapping[str, Mapping[str, Any]]) -> Schema:
    """Return the schema of a declared sample."""
    return Schema(tuple(Column(name, _type(said)) for name, said in columns.items()))


def write_sample(
    path: Path, columns: Mapping[str, Mapping[str, Any]], rows: int, *, seed: int = 1, limits: Limits | None = None
) -> None:
    """Write the fictional rows as one Parquet file."""
    listed = ", ".join(f"{_value(name, said, seed)} AS {ident(name)}" for name, said in columns.items())
    with connect(limits) as connection:
        query = f"SELECT {listed} FROM range(1, {int(rows) + 1}) population(n)"  # noqa: S608 - declared and quoted
        connection.execute(f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet)")


def _type(said: Mapping[str, Any]) -> str:
    return str(said.get("type") or ("boolean" if "chance" in said else "text"))


def _value(name: str, said: Mapping[str, Any], seed: int) -> str:
    """Return the SQL of one column; `n` is the row's number from 1."""
    kind = next((kind for kind in _KINDS if kind in said), None)
    if kind is None:
        raise Refused(
            "tables.sample.unknown",
            f"仿真样本的列“{name}”写法不认识，可用 {'、'.join(_KINDS)}。",
            f"The sample's column {name!r} is of no known kind; use one of {', '.join(_KINDS)}.",
            field=name,
        )
    draw = f"(hash(n, {literal(name)}, {int(seed)}) % {_STEPS})"
    return f"CAST({_KINDS[kind](said, draw)} AS {to_duckdb_type(_type(said))})"


def _choice(said: Mapping[str, Any], draw: str) -> str:
    """Each value as often as its weight says."""
    weights = {str(value): int(weight) for value, weight in said["choose"].items()}
    total, so_far, arms = sum(weights.values()), 0, []
    for value, weight in weights.items():
        so_far += weight
        arms.append(f"WHEN {draw} % {total} < {so_far} THEN {literal(value)}")
    return f"CASE {' '.join(arms)} END"


def _spread(said: Mapping[str, Any], draw: str) -> str:
    """Between low and high; the higher `skew` is, the more stand near the low end."""
    low, high, skew = Decimal(said["low"]), Decimal(said["high"]), int(said.get("skew", 1))
    return f"{low} + ({high} - {low}) * power(CAST({draw} AS DOUBLE) / {_STEPS}, {skew})"


def _share(said: Mapping[str, Any], draw: str) -> str:
    """A share of an earlier column; with `vary` anything up to it."""
    part = f"{ident(str(said['share_of']))} * {Decimal(said['share'])}"
    return f"CAST({part} AS DOUBLE) * {draw} / {_STEPS}" if said.get("vary") else part


_KINDS = {
    "id": lambda said, _: f"{literal(str(said['id']))} || lpad(CAST(n AS VARCHAR), 10, '0')",
    "choose": _choice,
    "chance": lambda said, draw: f"{draw} % 100 < {int(said['chance'])}",
    "number": lambda said, _: str(Decimal(said["number"])),
    "low": _spread,
    "share_of": _share,
}

"""CSV and TSV → snapshot（文本文件装载）."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from zhengtong.kit import Refused
from zhengtong.tables.engine import Limits, connect, literal
from zhengtong.tables.loading.cells import Cell, text_cell
from zhengtong.tables.loading.dialect import Dialect, detect_dialect, to_column_names
from zhengtong.tables.loading.encoding import EncodingFound, detect_encoding, read_line, to_utf8
from zhengtong.tables.loading.loaded import MOST_REJECTS, Loaded, match_columns
from zhengtong.tables.loading.rejects import lines_of_records, structural_rejects, type_rejected
from zhengtong.tables.loading.report import Rejected
from zhengtong.tables.loading.sources import DelimitedSource
from zhengtong.tables.loading.stream import Outcome, TypeSurprise, stream_parts
from zhengtong.tables.loading.types import ColumnDecision, detect_types
from zhengtong.tables.parts import PartWriter
from zhengtong.tables.schema import Column, Schema, decimal_shape

_SAMPLE_ROWS = 20_000
_STATED = "stated by the schema"
TEXT_RATHER, INTEGER_RATHER = "text rather", "integer rather"


@dataclass(frozen=True)
class _Text:
    """A UTF-8 file that DuckDB can read, and how."""

    path: Path
    encoding: EncodingFound
    dialect: Dialect
    names: tuple[str, ...]
    hints: Mapping[str, str]

    def relation(self, rejects: bool) -> str:
        """Return the FROM item: every cell as text, empty cells null; lines that cannot be cut go to reject_errors."""
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in self.names)
        store = f", store_rejects=true, rejects_limit={MOST_REJECTS}" if rejects else ""
        return (
            f"read_csv({literal(str(self.path))}, auto_detect=false, delim={literal(self.dialect.delimiter)}, quote='\"', "
            f"escape='\"', header={str(self.dialect.has_heading).lower()}, columns={{{columns}}}, ignore_errors=true{store})"
        )


def load_delimited(
    source: DelimitedSource,
    schema: Schema | None,
    staged: Path,
    limits: Limits,
    hints: Mapping[str, str] | None = None,
) -> Loaded:
    """Write the file's rows into staged parts; memory is bounded whatever its size.

    `hints` tell what the source knows better than its text: a column's type, or TEXT_RATHER than a number that was
    detected, or INTEGER_RATHER than a code.
    """
    text = _prepare(source, staged, hints or {})
    decisions, schema, left_out = _decide(text, schema, limits, whole=False)
    try:
        return _stream(text, schema, decisions, left_out, staged, limits)
    except TypeSurprise:
        decisions, schema, left_out = _decide(text, None, limits, whole=True)
        return _stream(text, schema, decisions, left_out, staged, limits)


def _prepare(source: DelimitedSource, staged: Path, hints: Mapping[str, str]) -> _Text:
    stated = source.encoding and EncodingFound(source.encoding, "由登记者指定", "stated by whoever registered it")
    encoding = stated or detect_encoding(source.path)
    path = source.path
    if encoding.name not in ("utf-8", "utf-8-sig") or encoding.bad_lines:
        path = staged / "source.utf8"
        to_utf8(source.path, encoding, path)
    dialect = detect_dialect(path, source.delimiter, source.has_heading)
    if not dialect.headings:
        raise Refused(
            "tables.load.empty",
            "文件是空的，没有可装载的内容；请检查导出是否成功。",
            "The file is empty; check that the export succeeded.",
            field="source",
        )
    return _Text(path, encoding, dialect, tuple(to_column_names(dialect.headings)), hints)


def _decide(
    text: _Text, schema: Schema | None, limits: Limits, *, whole: bool
) -> tuple[tuple[ColumnDecision, ...], Schema, tuple[str, ...]]:
    """Return the decisions, the schema and the source columns it does not take."""
    if schema is not None:
        sources = match_columns(schema, text.names)
        stated = tuple(
            ColumnDecision(c.name, sources[c.name], c.type, "由数据结构规定", _STATED) for c in schema.columns
        )
        return stated, schema, tuple(name for name in text.names if name not in sources.values())
    relation = text.relation(rejects=False)
    if not whole:
        relation = f"(SELECT * FROM {relation} LIMIT {_SAMPLE_ROWS})"  # noqa: S608 - built above
    with connect(limits) as connection:
        found = detect_types(connection, relation, list(text.names))
    headings = dict(zip(text.names, text.dialect.headings, strict=True))
    decisions = tuple(_decision(name, headings[name], found[name], text.hints.get(name)) for name in text.names)
    return decisions, Schema(tuple(Column(d.name, d.type, d.source.strip()) for d in decisions)), ()


def _decision(name: str, heading: str, found: ColumnDecision, hint: str | None) -> ColumnDecision:
    is_number = found.type in ("integer", "double", "boolean") or decimal_shape(found.type)
    if hint == TEXT_RATHER and is_number:
        return ColumnDecision(name, heading, "text", "来源中是文本", "text in the source")
    if hint == INTEGER_RATHER and found.type == "text":
        return ColumnDecision(name, heading, "integer", "来源中是整数", "whole numbers in the source")
    if hint and hint not in (TEXT_RATHER, INTEGER_RATHER):
        return ColumnDecision(name, heading, hint, "来源规定的类型", "the source's own type")
    return ColumnDecision(name, heading, found.type, found.zh, found.en)


def _stream(
    text: _Text,
    schema: Schema,
    decisions: tuple[ColumnDecision, ...],
    left_out: tuple[str, ...],
    staged: Path,
    limits: Limits,
) -> Loaded:
    sources = match_columns(schema, text.names)
    cells = [text_cell(column, sources[column.name]) for column in schema.columns]
    is_detected = any(decision.en != _STATED for decision in decisions)
    detected = frozenset(range(len(cells))) if is_detected else frozenset()
    writer = PartWriter(staged, schema)
    with connect(limits) as connection:
        try:
            outcome = stream_parts(
                connection, text.relation(rejects=True), cells, writer, detected=detected, keep=MOST_REJECTS
            )
        except BaseException:
            writer.abandon()
            raise
        rejects = _collect_rejects(connection, text, cells, outcome)
    if text.path.name == "source.utf8" and text.path.parent == staged:
        text.path.unlink()
    read = outcome.rows + len(rejects) - outcome.refused
    form = {
        "kind": "delimited",
        "encoding": text.encoding.name,
        "encoding_why": text.encoding.zh,
        "delimiter": text.dialect.delimiter,
        "has_heading": str(text.dialect.has_heading).lower(),
    }
    return Loaded(writer, read, rejects, decisions, left_out, form)


def _collect_rejects(
    connection: duckdb.DuckDBPyConnection, text: _Text, cells: list[Cell], outcome: Outcome
) -> list[Rejected]:
    """Return every rejected row in order of lines; more than MOST_REJECTS of them is refused: the file is another one."""
    structural = structural_rejects(connection, text.path, MOST_REJECTS + 1)
    raws = read_line(text.path, "utf-8", {r.line for r in structural if not r.raw}) if structural else {}
    if len(structural) + outcome.refused + len(text.encoding.bad_lines) >= MOST_REJECTS:
        raise Refused(
            "tables.load.too-many-rejects",
            f"不合格的行超过 {MOST_REJECTS} 行，未装载；请核对文件格式与数据结构是否对应。",
            f"More than {MOST_REJECTS} rows were rejected, so nothing was loaded; check that the file fits the schema.",
            facts={"most": MOST_REJECTS},
        )
    bad_lines = set(text.encoding.bad_lines)
    skip = {r.line for r in structural} | bad_lines
    lines = (
        lines_of_records(text.path, [bad.ordinal for bad in outcome.bad], skip, text.dialect.has_heading)
        if outcome.bad
        else {}
    )
    typed = [
        type_rejected(
            lines.get(bad.ordinal, 0),
            cells[bad.column].column.name,
            cells[bad.column].column.type,
            is_missing=bad.cells[bad.column] is None,
            raw=text.dialect.delimiter.join(cell or "" for cell in bad.cells)[:2000],
        )
        for bad in outcome.bad
    ]
    undecodable = [
        Rejected(line, "row.not-text", f"不是合法的 {text.encoding.name} 文字") for line in text.encoding.bad_lines
    ]
    structural = [
        Rejected(r.line, r.reason, r.zh, r.raw or raws.get(r.line, "")) for r in structural if r.line not in bad_lines
    ]
    return sorted([*structural, *typed, *undecodable], key=lambda rejected: rejected.line)

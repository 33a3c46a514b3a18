"""Workbooks, JSON lines, databases and JSON APIs load as exactly as files do."""

from __future__ import annotations

import contextlib
import http.server
import json
import sqlite3
import threading
import urllib.parse
import zipfile

import pytest

from tests.postgres import find_binaries, postgres_server
from tests.unit.tables.mariadb import HOW_TO_ADD, is_installed, mariadb_server
from zhengtong.kit import Refused
from zhengtong.tables import (
    HttpJsonSource,
    Increment,
    JsonLinesSource,
    MysqlSource,
    PostgresSource,
    Schema,
    SqliteSource,
    WorkbookSource,
    load,
)
from zhengtong.tables.loading import jsonlines

NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def write_workbook(path, rows_xml, *, texts=(), date1904=False, prefix=""):
    shared = "".join(f"<si>{text if text.startswith('<') else f'<t>{text}</t>'}</si>" for text in texts)
    parts = {
        "xl/workbook.xml": f'<workbook {NS}><workbookPr date1904="{int(date1904)}"/><sheets>'
        '<sheet name="隐藏" sheetId="1" state="hidden" r:id="rId1"/><sheet name="数据" sheetId="2" r:id="rId2"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {NS}><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>'
        '<numFmt numFmtId="171" formatCode="&quot;days&quot;0.00"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="22"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f"<sst {NS}>{shared}</sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet {NS}><sheetData><row r='1'><c r='A1'><v>1</v></c></row></sheetData></worksheet>",
        "xl/worksheets/sheet2.xml": f"{prefix}<worksheet {NS}><sheetData>{rows_xml}</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return path


def test_a_workbook_s_cells_come_out_as_a_person_sees_them(store, tmp_path):
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>金额</t></is></c>'
        '<c r="D1" t="s"><v>2</v></c><c r="E1" t="s"><v>3</v></c><c r="F1" t="s"><v>6</v></c></row>'
        '<row r="2"><c r="A2" t="s"><v>4</v></c><c r="B2" s="1"><v>45352</v></c><c r="C2" s="3"><v>0.30000000000000004</v></c>'
        '<c r="D2" t="b"><v>1</v></c><c r="E2" s="4"><v>45352.3333333333</v></c><c r="F2"><v>13900000000</v></c></row>'
        '<row r="4"><c r="A4" t="s"><v>5</v></c><c r="B4" s="2"><v>60</v></c><c r="C4"><v>1E-2</v></c><c r="D4" t="b"><v>0</v></c>'
        '<c r="F4"><v>13800000000</v></c></row>'
        '<row r="5"><c r="A5"/></row>'
    )
    texts = [
        "编号",
        "日期",
        "有效",
        "时刻",
        "007",
        "<r><t>0</t></r><r><t>08</t></r><rPh sb='0' eb='1'><t>reading</t></rPh>",
        "手机",
    ]
    report = load(write_workbook(tmp_path / "in.xlsx", rows, texts=texts), store.shelf("x"))
    assert list(report.snapshot.rows()) == [
        {
            "编号": "007",
            "日期": "2024-03-01",
            "金额": "0.30",
            "有效": True,
            "时刻": "2024-03-01T08:00:00",
            "手机": "13900000000",
        },
        {"编号": "008", "日期": "1900-02-28", "金额": "0.01", "有效": False, "时刻": None, "手机": "13800000000"},
    ]


def test_an_identifier_typed_as_a_number_is_rejected_as_lost(store, tmp_path):
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>身份证号</t></is></c></row>'
        '<row r="2"><c r="A2"><v>9.901012000010101E17</v></c></row><row r="3"><c r="A3" t="inlineStr"><is><t>990101200001010015</t></is></c></row>'
    )
    report = load(write_workbook(tmp_path / "in.xlsx", rows), store.shelf("x"))
    assert [(r["line"], r["reason"], r["column"]) for r in report.snapshot.rejects()] == [
        (2, "cell.lost-digits", "身份证号")
    ]
    assert [row["身份证号"] for row in report.snapshot.rows()] == ["990101200001010015"]
    assert (report.rows_read, report.rows_rejected) == (2, 1)


def test_dates_of_a_workbook_from_an_old_mac_are_right(store, tmp_path):
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>d</t></is></c></row><row r="2"><c r="A2" s="1"><v>43890</v></c></row>'
    report = load(write_workbook(tmp_path / "in.xlsx", rows, date1904=True), store.shelf("x"))
    assert list(report.snapshot.rows()) == [{"d": "2024-03-01"}]


def test_rejected_rows_of_a_workbook_have_its_row_numbers(store, tmp_path):
    cells = {3: "1", 5: "two\nlines", 9: "x", 10: "2"}
    rows = '<row r="2"><c r="A2" t="inlineStr"><is><t>n</t></is></c></row>'
    rows += "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{value}</t></is></c></row>' for n, value in cells.items()
    )
    path = write_workbook(tmp_path / "in.xlsx", rows)
    report = load(WorkbookSource(path, sheet="数据", heading_row=2), store.shelf("x"), Schema.of(n="integer"))
    assert [r["line"] for r in report.snapshot.rejects()] == [5, 9]
    assert [row["n"] for row in report.snapshot.rows()] == [1, 2]


@pytest.mark.parametrize("kind", ["garbage", "doctype", "no-sheet", "empty"])
def test_a_workbook_that_cannot_be_trusted_is_refused(store, tmp_path, kind):
    path = tmp_path / "in.xlsx"
    source = WorkbookSource(path, sheet="无此表" if kind == "no-sheet" else None)
    if kind == "garbage":
        path.write_bytes(b"PK\x03\x04 nothing")
    else:
        prefix = '<!DOCTYPE x [<!ENTITY a "aaaa">]>' if kind == "doctype" else ""
        rows = "" if kind == "empty" else '<row r="1"><c r="A1"><v>1</v></c></row>'
        write_workbook(path, rows, prefix=prefix)
    with pytest.raises(Refused) as refused:
        load(source, store.shelf("x"))
    assert refused.value.code == "tables.load.bad-workbook"


def test_json_lines_keep_digits_and_texts(store, tmp_path):
    path = tmp_path / "in.jsonl"
    lines = [
        '{"id": "0012", "n": 12345678901234567, "d": 1.10, "on": "2024-01-05", "ok": true, "phone": "13900000000", "code": 990101}',
        "not json",
        "",
        '{"id": "13", "d": 2, "tags": ["a", {"b": 1.50}], "text": "two\\nlines", "code": 990102}',
        "[1, 2]",
        '{"id": null, "n": 5, "ok": false}',
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = load(path, store.shelf("j"))
    assert {decision.name: decision.type for decision in report.decisions} == {
        "id": "text", "n": "integer", "d": "decimal(18,2)", "on": "date", "ok": "boolean", "phone": "text", "code": "integer", "tags": "text", "text": "text",
    }  # fmt: skip
    rows = list(report.snapshot.rows())
    assert rows[0]["n"] == 12345678901234567
    assert (rows[0]["d"], rows[1]["d"], rows[1]["text"]) == ("1.10", "2.00", "two\nlines")
    assert json.loads(rows[1]["tags"]) == ["a", {"b": "1.50"}] or json.loads(rows[1]["tags"]) == ["a", {"b": 1.5}]
    assert rows[2]["id"] is None
    assert [(r["line"], r["reason"]) for r in report.snapshot.rejects()] == [(2, "row.not-json"), (5, "row.not-object")]
    assert (report.rows_read, report.rows_loaded) == (5, 3)


def test_rejected_json_lines_have_their_own_line_numbers(store, tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"n": 1, "t": "a\\nb"}\n\n\n{"n": "x", "t": "c"}\n{"n": 3}\n', encoding="utf-8")
    report = load(JsonLinesSource(path), store.shelf("j"), Schema.of(n="integer", t="text"))
    assert [r["line"] for r in report.snapshot.rejects()] == [4]


def test_a_sqlite_query_loads_and_takes_up_from_its_watermark(store, tmp_path):
    path = tmp_path / "in.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE t (id TEXT, n INTEGER, at TEXT, x REAL)")
        database.executemany(
            "INSERT INTO t VALUES (?, ?, ?, ?)",
            [
                ("001", 990101, "2026-01-01 08:00:00", 0.5),
                ("002", 990102, "2026-01-02 08:00:00", 1e-9),
                (None, None, None, None),
            ],
        )
        database.commit()
        source = SqliteSource(path, "SELECT * FROM t WHERE :since IS NULL OR at > replace(:since, 'T', ' ')")
        plan = Increment("append", watermark="at")
        first = load(source, store.shelf("s"), increment=plan)
        assert list(first.snapshot.rows())[:2] == [
            {"id": "001", "n": 990101, "at": "2026-01-01T08:00:00", "x": 0.5},
            {"id": "002", "n": 990102, "at": "2026-01-02T08:00:00", "x": 1e-9},
        ]
        database.execute("INSERT INTO t VALUES ('003', 5, '2026-01-03 08:00:00', 2)")
        database.commit()
    second = load(source, store.shelf("s"), increment=plan)
    assert second.rows_read == 1
    assert [row["id"] for row in second.snapshot.rows()] == ["001", "002", None, "003"]


@pytest.mark.parametrize("query", ["SELECT * FROM nowhere", "DELETE FROM t", "CREATE TABLE u (a)"])
def test_a_query_that_fails_or_writes_is_refused(store, tmp_path, query):
    path = tmp_path / "in.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE t (id TEXT)")
        database.execute("INSERT INTO t VALUES ('a')")
        database.commit()
    with pytest.raises(Refused) as refused:
        load(SqliteSource(path, query), store.shelf("s"))
    assert refused.value.code == "tables.load.database-failed"
    with contextlib.closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM t").fetchone() == (1,)


@pytest.fixture(scope="module")
def postgres():
    if find_binaries() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install -y postgresql")
    with postgres_server() as address:
        yield address


@pytest.mark.postgres
def test_a_postgresql_query_keeps_its_types(store, postgres):
    query = (
        "SELECT * FROM (VALUES ('0012', 7::bigint, 1.10::numeric, 12345678901234567890.5::numeric, true, date '2024-01-05', "
        "timestamptz '2024-01-05 00:00:00+00', timestamp '2024-01-05 08:00:00.25', 0.1::float8, '{\"a\": 1}'::jsonb, E'two\\nlines;\"q\"'), "
        "(NULL, NULL, NULL, NULL, false, NULL, NULL, NULL, NULL, NULL, ''))"
        " AS t(id, n, money, big, ok, born, at, seen, score, body, note) ORDER BY ok DESC;"
    )
    narrow = load(PostgresSource(postgres, "SELECT 1.5::numeric(10,2) AS m, 'a'::varchar(5) AS t"), store.shelf("q"))
    assert [d.type for d in narrow.decisions] == ["decimal(10,2)", "text"]
    report = load(PostgresSource(postgres, query), store.shelf("p"))
    assert {d.name: d.type for d in report.decisions} == {
        "id": "text", "n": "integer", "money": "decimal(18,2)", "big": "decimal(38,1)", "ok": "boolean", "born": "date", "at": "datetime", "seen": "datetime",
        "score": "double", "body": "text", "note": "text",
    }  # fmt: skip
    first, second = report.snapshot.rows()
    assert first == {
        "id": "0012", "n": 7, "money": "1.10", "big": "12345678901234567890.5", "ok": True, "born": "2024-01-05", "at": "2024-01-05T08:00:00",
        "seen": "2024-01-05T08:00:00.25", "score": 0.1, "body": '{"a": 1}', "note": 'two\nlines;"q"',
    }  # fmt: skip
    assert set(second.values()) == {None, False}


@pytest.mark.postgres
def test_a_postgresql_source_cannot_write_and_its_address_does_not_leak(store, postgres):
    for query in ("SELECT pg_sleep(5)", "SELECT 1; DROP TABLE x", "SELECT nextval('no')"):
        with pytest.raises(Refused) as refused:
            load(PostgresSource(postgres, query, timeout_seconds=1), store.shelf("p"))
        assert refused.value.code == "tables.load.database-failed"
        assert "zhengtong@" not in str(refused.value) + str(refused.value.facts) + repr(PostgresSource(postgres, query))


@pytest.mark.postgres
def test_a_postgresql_source_takes_up_from_its_watermark(store, postgres):
    source = PostgresSource(
        postgres, "SELECT n FROM generate_series(1, 5) AS n WHERE :since::int IS NULL OR n > :since::int - 2 ORDER BY n"
    )
    plan = Increment("append", watermark="n")
    load(source, store.shelf("p"), increment=plan)
    report = load(source, store.shelf("p"), increment=plan)
    assert (report.rows_read, report.effect) == (2, {"inserted": 0, "skipped": 2})


def test_mysql_without_its_driver_says_what_to_install(store, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pymysql", None)
    with pytest.raises(Refused) as refused:
        load(MysqlSource("127.0.0.1", "d", "u", "SELECT 1", password="secret"), store.shelf("m"))
    assert refused.value.code == "tables.load.no-driver"
    assert "secret" not in repr(MysqlSource("127.0.0.1", "d", "u", "SELECT 1", password="secret"))


@pytest.fixture(scope="module")
def mariadb():
    if not is_installed():
        pytest.skip(f"MariaDB is not installed: {HOW_TO_ADD}")
    with mariadb_server() as socket:
        yield socket


def test_a_mysql_query_keeps_digits_and_texts(store, mariadb):
    query = (
        "SELECT '0012' AS id, CAST(7 AS SIGNED) AS n, CAST('1.10' AS DECIMAL(10,2)) AS money, DATE '2024-01-05' AS day, "
        "TIMESTAMP '2024-01-05 08:00:00' AS at, '两行\n\"引号\"' AS note, NULL AS nothing "
        "UNION ALL SELECT '13', 990101, 2.05, NULL, NULL, '', NULL"
    )
    report = load(MysqlSource("localhost", "mysql", "root", query, unix_socket=mariadb), store.shelf("m"))
    assert {d.name: d.type for d in report.decisions} == {
        "id": "text", "n": "integer", "money": "decimal(18,2)", "day": "date", "at": "datetime", "note": "text", "nothing": "text",
    }  # fmt: skip
    assert list(report.snapshot.rows()) == [
        {
            "id": "0012",
            "n": 7,
            "money": "1.10",
            "day": "2024-01-05",
            "at": "2024-01-05T08:00:00",
            "note": '两行\n"引号"',
            "nothing": None,
        },
        {"id": "13", "n": 990101, "money": "2.05", "day": None, "at": None, "note": None, "nothing": None},
    ]


def test_a_mysql_source_takes_up_from_its_watermark_and_cannot_write(store, mariadb):
    def source(query):
        return MysqlSource("localhost", "mysql", "root", query, unix_socket=mariadb)

    counted = source("SELECT seq AS n FROM seq_1_to_5 WHERE 'a%b' LIKE 'a%' AND (:since IS NULL OR seq > :since - 2)")
    plan = Increment("append", watermark="n")
    load(counted, store.shelf("m"), increment=plan)
    assert load(counted, store.shelf("m"), increment=plan).effect == {"inserted": 0, "skipped": 2}
    for query in ("CREATE TABLE mysql.x (a INT)", "SELECT * FROM nowhere"):
        with pytest.raises(Refused) as refused:
            load(source(query), store.shelf("w"))
        assert refused.value.code == "tables.load.database-failed"


class Api(http.server.BaseHTTPRequestHandler):
    """Three pages by cursor; the second fails once."""

    failures = 0

    def do_GET(self):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        path = urllib.parse.urlsplit(self.path).path
        if path == "/denied" or self.headers["X-Key"] != "secret":
            return self.answer(403, {})
        if path == "/odd":
            return self.answer(200, {"data": {"rows": "none"}})
        if path == "/loop":
            return self.answer(200, {"data": {"rows": []}, "next": "/loop"})
        page = int(query.get("cursor", "1"))
        if page == 2 and type(self).failures == 0:
            type(self).failures += 1
            return self.answer(503, {})
        rows = [{"id": f"{page}-{n}", "amount": 1.10, "since": query.get("since")} for n in range(3)]
        return self.answer(200, {"data": {"rows": rows, "next": page + 1 if page < 3 else None}})

    def answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@pytest.fixture
def api():
    Api.failures = 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_api_is_read_page_by_page_and_asked_again_when_it_fails(store, api, monkeypatch):
    monkeypatch.setattr(jsonlines.time, "sleep", lambda seconds: None)
    source = HttpJsonSource(f"{api}/rows?size=3", "data.rows", "data.next", "cursor", headers={"X-Key": "secret"})
    report = load(source, store.shelf("h"))
    assert [row["id"] for row in report.snapshot.rows()] == [f"{page}-{n}" for page in (1, 2, 3) for n in range(3)]
    assert Api.failures == 1
    assert "secret" not in repr(source)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/denied", "tables.load.json-failed"),
        ("/odd", "tables.load.json-no-rows"),
        ("/loop", "tables.load.json-loops"),
        (None, "tables.load.json-bad-address"),
    ],
)
def test_an_api_that_misbehaves_is_refused(store, api, path, code):
    source = HttpJsonSource(
        api + path if path else "file:///etc/passwd", "data.rows", "next", headers={"X-Key": "secret"}, attempts=1
    )
    with pytest.raises(Refused) as refused:
        load(source, store.shelf("h"))
    assert refused.value.code == code
    assert store.shelf("h").versions() == []


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r\n\r\n"])
def test_line_ends_of_every_system_are_lines(store, tmp_path, end):
    path = tmp_path / "in.csv"
    path.write_bytes(end.join(["a,b", '1,"x\r\ny"', "2,z", "3"]).encode() + end.encode())
    report = load(path, store.shelf("c"))
    assert [(row["a"], row["b"]) for row in report.snapshot.rows()] == [(1, "x\r\ny"), (2, "z")]
    assert [r["line"] for r in report.snapshot.rejects()] == [5 if len(end) < 4 else 8]

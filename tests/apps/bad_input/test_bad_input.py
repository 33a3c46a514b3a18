"""Each named case gets the stated refusal, in words, and nothing changes（错误输入逐例）."""

from __future__ import annotations

import re

import pytest

from tests.apps.bad_input.doors import Answer, Command, Page, browser, filler
from tests.apps.bad_input.fingerprint import fingerprint
from tests.apps.bad_input.rows import ROWS, TABLES
from tests.apps.bad_input.rows.row import Row

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300), pytest.mark.xdist_group("bad input")]
FAULT = re.compile(r"Traceback|Exception Value|OperationalError|DataError|出了故障|Something broke")
LIVE_SCRIPT = re.compile(r"<script>(?!\s*</script>)|onload=\"?alert|<b>\"", re.I)


def test_the_table_names_more_than_sixty_cases():
    names = [row.name for row in ROWS]
    assert len(names) == len(set(names)), "a case is named twice"
    assert len(names) >= 60
    print(
        "\n".join(f"{table:<10} {row.status}  {row.name} → {row.zh}" for table, rows in TABLES.items() for row in rows)
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_bad_input_gets_its_refusal_and_changes_nothing(row: Row, city, tmp_path, capsys):
    client = browser(row.does.who, row.does.protected) if isinstance(row.does, Page) else None
    for step in row.after:
        assert step.knock(city, client=client).status < 500, "what comes before is answered"
    before = fingerprint()
    answers = list(ask(row, city, tmp_path, capsys, client))
    assert fingerprint() == before, "nothing changes"
    for answer, words in answers:
        assert answer.status == row.status, answer.words[:1500]
        assert filler(city)(words) in answer.words, answer.words[:1500]
        assert not FAULT.search(answer.raw), answer.words[:1500]
        assert not LIVE_SCRIPT.search(answer.raw)


def ask(row: Row, city, folder, capsys, client):
    """Yield each answer with the words it must hold: a page is asked in Chinese and, where stated, in English."""
    if isinstance(row.does, Command):
        answer: Answer = row.does.knock(city, folder, capsys.readouterr)
        yield answer, row.zh
        yield answer, row.en
        return
    if isinstance(row.does, Page):
        answer = row.does.knock(city, client=client)
        yield answer, row.zh
        if row.zh and row.status >= 400:
            assert leads_on(answer.raw), "a refusal leads on: a link or a form"
        if row.en:
            yield row.does.knock(city, "/en", client=client), row.en
        return
    answer = row.does.knock(city)
    yield answer, row.zh
    yield answer, row.en


def leads_on(raw: str) -> bool:
    main = raw.partition("<main")[2].partition("</main>")[0]
    return "<a " in main or "<form" in main

"""Chinese first, English complete; nothing Chinese hides in code or in an English catalogue."""

from __future__ import annotations

import re

import pytest

from tests.apps.portals.msgids import PORTALS, messages_of
from zhengtong.portals.ui.messages import compile_messages, read_po, to_mo

HAN = re.compile(r"[一-鿿]")
FORBIDDEN = ("请选择正确的", "系统异常", "请联系管理员处理", "操作失败")


@pytest.fixture(scope="module")
def english():
    """Every translation of the portals whose English stands in ui/locale."""
    return read_po((PORTALS / "ui/locale/en/LC_MESSAGES/django.po").read_text(encoding="utf-8"))


@pytest.mark.parametrize("portal", ["ui", "citizen", "desk"])
def test_every_message_has_its_english(portal, english):
    wanted = {text if plural is None else f"{text}\0{plural}" for text, plural in messages_of(portal)}
    assert not {message for message in wanted if not english.get(message)}


def test_english_has_no_han_characters(english):
    assert not {message: text for message, text in english.items() if HAN.search(text)}


def test_placeholders_survive_translation(english):
    named = re.compile(r"%\((\w+)\)")
    for message, text in english.items():
        if message:
            for form in text.split("\0"):
                assert set(named.findall(form)) <= set(named.findall(message)), message


def test_no_catalogue_keeps_what_no_page_says(english):
    said = {text for portal in ("ui", "citizen", "desk") for text, _plural in messages_of(portal)}
    assert not {message for message in english if message and message.split("\0")[0] not in said}


def test_no_message_blames_or_mystifies():
    for portal in ("ui", "citizen", "desk"):
        for text, _plural in messages_of(portal):
            assert not any(words in text for words in FORBIDDEN), text


def test_compiled_catalogues_are_read_by_gettext(tmp_path):
    import gettext

    folder = tmp_path / "p/locale/en/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "提交"\nmsgstr "Submit"\n\nmsgid "%(n)d 件"\nmsgid_plural "%(n)d 件"\nmsgstr[0] "%(n)d case"\n'
        'msgstr[1] "%(n)d cases"\n',
        encoding="utf-8",
    )
    assert len(compile_messages(tmp_path)) == 1
    assert compile_messages(tmp_path) == []
    with (folder / "django.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert catalogue.gettext("提交") == "Submit"
    assert catalogue.ngettext("%(n)d 件", "%(n)d 件", 2) == "%(n)d cases"


def test_an_untranslated_entry_is_left_out():
    assert read_po('msgid "甲"\nmsgstr ""\n') == {}
    assert to_mo({}).startswith(b"\xde\x12\x04\x95")

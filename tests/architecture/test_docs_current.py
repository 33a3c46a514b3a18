"""The reference says what the code says, and no link in the documentation leads nowhere."""

from __future__ import annotations

import re

import pytest

from tests.architecture.reference import FOLDER, MADE, PAGES, SETTINGS, variables_read
from tests.architecture.tree import ROOT, shown, tracked_files

LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_reference_is_current(name):
    made = PAGES[name]()
    assert made.count("\n") > 8, "the page has something to say"
    kept = (FOLDER / name).read_text("utf-8")
    assert kept == made, f"docs/reference/{name} is stale: python -m tests.architecture.reference"


def test_no_page_of_the_reference_is_left_over():
    assert {path.name for path in FOLDER.glob("*.md") if MADE in path.read_text("utf-8")} == set(PAGES)


def test_every_variable_the_house_reads_is_explained():
    assert set(variables_read()) == set(SETTINGS)


def test_no_link_in_the_documentation_leads_nowhere():
    found = []
    for path in tracked_files():
        if path.suffix != ".md":
            continue
        for target in LINK.findall(path.read_text("utf-8")):
            if not (path.parent / target).exists():
                found.append(f"{shown(path)}: {target}")
    assert not found, "\n".join(found)


def test_every_record_of_a_decision_is_listed_and_complete():
    listed = (ROOT / "decisions/README.md").read_text("utf-8")
    records = sorted((ROOT / "decisions").glob("[0-9]*.md"))
    assert records
    for path in records:
        text = path.read_text("utf-8")
        assert f"({path.name})" in listed, path.name
        for part in ("**Decision.**", "**Why.**", "**What we gave up.**", "**What would change our mind.**"):
            assert part in text, f"{path.name} lacks {part}"

"""Identifiers accept and refuse exactly what the vector table says."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from zhengtong.kit import Refused, identifiers

TABLE = yaml.safe_load(Path(__file__).with_name("identifiers.yaml").read_text(encoding="utf-8"))
ACCEPTED = [(kind, row["text"], row.get("to", row["text"])) for kind in TABLE for row in TABLE[kind]["accepted"]]
REFUSED = [(kind, row["text"], row["code"]) for kind in TABLE for row in TABLE[kind]["refused"]]


def parser_of(kind: str):
    return getattr(identifiers, f"parse_{kind.replace('-', '_')}")


def predicate_of(kind: str):
    return getattr(identifiers, f"is_{kind.replace('-', '_')}")


@pytest.mark.parametrize(("kind", "text", "canonical"), ACCEPTED)
def test_an_accepted_text_has_its_canonical_form(kind, text, canonical):
    assert str(parser_of(kind)(text)) == canonical
    assert predicate_of(kind)(text)


@pytest.mark.parametrize(("kind", "text", "code"), REFUSED)
def test_a_refused_text_names_its_fault_and_never_repeats_the_text(kind, text, code):
    with pytest.raises(Refused) as caught:
        parser_of(kind)(text)
    assert caught.value.code == code
    assert not predicate_of(kind)(text)
    if len(text) > 8:
        assert text not in f"{caught.value.zh} {caught.value.en} {caught.value.facts}"


def test_every_accepted_credit_code_also_holds_a_valid_organisation_code():
    codes = [identifiers.parse_credit_code(text) for kind, text, _ in ACCEPTED if kind == "credit-code"]
    assert all(code.has_valid_organisation_code for code in codes)
    assert all(identifiers.is_organisation_code(code.organisation_code) for code in codes)

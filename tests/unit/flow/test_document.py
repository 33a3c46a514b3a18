"""Documents in and out."""

from __future__ import annotations

import pickle

import pytest

from tests.unit.flow.drawing import document, flows, nodes
from zhengtong.flow import list_differences, read_model, write_model
from zhengtong.kit import Refused

BODY = nodes("startEvent", "s") + nodes("endEvent", "e") + flows("s -> e")
FOREIGN = '<extensionElements><x:y xmlns:x="urn:x" a="1">词<!-- kept --></x:y></extensionElements>'


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (b"<definitions", "flow.read.not-xml"),
        (b"<html/>", "flow.read.not-bpmn"),
        (b'<!DOCTYPE d [<!ENTITY x "y">]><d>&x;</d>', "flow.read.doctype"),
    ],
)
def test_what_is_not_bpmn_is_refused(xml, code):
    with pytest.raises(Refused) as refusal:
        read_model(xml)
    assert refusal.value.code == code


def test_foreign_elements_attributes_and_comments_survive():
    xml = document(nodes("task", "a", FOREIGN) + BODY)
    written = write_model(read_model(xml))
    assert "kept" in written.decode()
    assert "词" in written.decode()
    assert list_differences(read_model(xml), read_model(written)) == []


def test_a_changed_attribute_is_a_difference():
    left, right = read_model(document(BODY)), read_model(document(BODY.replace('id="s-e"', 'id="other"')))
    assert len(list_differences(left, right)) == 1


def test_another_prefix_or_indentation_is_no_difference():
    left = read_model(document(BODY))
    other = (
        document(BODY)
        .replace(b"<", b"<b:")
        .replace(b"<b:/", b"</b:")
        .replace(b"xmlns=", b"xmlns:b=")
        .replace(b"><", b">\n  <")
    )
    assert list_differences(left, read_model(other)) == []


def test_a_model_travels_between_processes():
    assert list(pickle.loads(pickle.dumps(read_model(document(BODY)))).program.nodes) == ["s", "e"]

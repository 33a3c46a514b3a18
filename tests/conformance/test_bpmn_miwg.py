"""The MIWG reference models go in and come out the same."""

from __future__ import annotations

import pytest

from tests.conformance.bpmn_miwg import list_models, try_model
from zhengtong.flow import check_model, read_model

MODELS = list_models()
# C.1.0 carries a timer without a time: a fault the authors left in.
KNOWN_FAULTS = {"C.1.0.bpmn": ("flow.check.timer-without-time",)}

pytestmark = pytest.mark.skipif(not MODELS, reason="../shared/conformance/bpmn-miwg is not here")


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_a_reference_model_is_exported_as_it_was_imported(path):
    outcome = try_model(path)
    assert outcome.differences == ()
    assert outcome.nodes > 0


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_a_reference_model_has_no_fault_but_those_its_authors_left(path):
    found = {fault.code for fault in check_model(read_model(path.read_bytes())) if fault.is_serious}
    assert found == set(KNOWN_FAULTS.get(path.name, ()))

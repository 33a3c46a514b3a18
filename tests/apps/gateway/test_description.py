"""The gateway does what its OpenAPI says: schemathesis makes calls up, none is answered 5xx or in an undocumented way."""

from __future__ import annotations

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from tests.apps.exchange.bureau import BIRTHS
from zhengtong.gateway import gateway

#: a few in the suite; a long run by hand: ZHENGTONG_FUZZ_EXAMPLES=500 pytest tests/apps/gateway/test_description.py
EXAMPLES = int(os.environ.get("ZHENGTONG_FUZZ_EXAMPLES", "12"))
load_all_checks()
HELD = CHECKS.get_by_names(
    ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
)
SCHEMA = schemathesis.openapi.from_wsgi("/gateway/v1/openapi.json", gateway)
OPERATIONS = [one.ok() for one in SCHEMA.get_all_operations()]


@pytest.fixture
def credentials(grant, app, bureau, monkeypatch):
    """A grant over everything the gateway can do, and who may use it."""
    monkeypatch.setitem(BIRTHS, "share_modes", ["api", "prefill", "batch", "file"])
    grant()
    return app


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method.upper()} {one.path}")
def test_no_call_is_answered_otherwise_than_described(operation, credentials, monkeypatch):
    @given(data=st.data())
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def fuzz(data):
        case = data.draw(operation.as_strategy(data.draw(st.sampled_from(GenerationMode))))
        if "resource" in case.path_parameters and data.draw(st.booleans()):
            case.path_parameters["resource"] = "births"
        proven = data.draw(st.integers(0, 3)) > 0
        headers = {"Authorization": credentials.authorization} if proven else {}
        case.call_and_validate(checks=HELD, headers=headers)

    fuzz()

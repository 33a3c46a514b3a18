"""The interface does what its OpenAPI says: schemathesis makes calls up, none is answered 5xx or in an undocumented way."""

from __future__ import annotations

import contextlib
import os

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from tests.apps.api.test_cases import api, filing  # noqa: F401 - the fixture
from zhengtong.api.openapi import described

#: a few in the suite; a long run by hand: ZHENGTONG_FUZZ_EXAMPLES=500 pytest tests/apps/api/test_description.py
EXAMPLES = int(os.environ.get("ZHENGTONG_FUZZ_EXAMPLES", "4"))
load_all_checks()
HELD = CHECKS.get_by_names(
    ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
)
SCHEMA = schemathesis.openapi.from_dict(described())


@pytest.fixture
def operations(api):  # noqa: F811
    """Every operation, on the site itself."""
    SCHEMA.app = get_wsgi_application()
    return [one.ok() for one in SCHEMA.get_all_operations()]


@contextlib.contextmanager
def connection_kept():
    """Keep the test's connection over requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("who", ["mother", "officer"])
def test_no_call_is_answered_otherwise_than_described(operations, api, who):  # noqa: F811
    no = api.file().no

    @given(data=st.data())
    @settings(max_examples=EXAMPLES * len(operations), deadline=None, suppress_health_check=list(HealthCheck))
    def fuzz(data):
        operation = data.draw(st.sampled_from(operations))
        case = data.draw(operation.as_strategy(data.draw(st.sampled_from(GenerationMode))))
        if "no" in case.path_parameters and data.draw(st.booleans()):
            case.path_parameters["no"] = no
        proven = data.draw(st.integers(0, 3)) > 0
        headers = {"Authorization": f"Bearer {api.tokens[who]}"} if proven else {}
        case.call_and_validate(checks=HELD, headers=headers)

    with connection_kept():
        fuzz()

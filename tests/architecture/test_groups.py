"""What shares a browser, a city or a cluster runs in one process of a test run that has several."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("of its own")
def test_a_group_stands_in_its_tests_names(request):
    if not request.config.getoption("loadgroup", default=False):
        pytest.skip("only `pytest -n 2 --dist loadgroup` has groups")
    assert request.node.nodeid.endswith("@of its own")

"""Walks（走查）: the main job done through HTTP as people do it, without script — by `demo --once` and by the tests."""

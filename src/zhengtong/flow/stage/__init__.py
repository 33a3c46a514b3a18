"""Headless runs of a model（无界面运行）, for tests, for `python -m zhengtong.flow trace`, and for previews."""

from zhengtong.flow.stage.play import Stage
from zhengtong.flow.stage.shapes import Line, Play

__all__ = ["Line", "Play", "Stage"]

"""Static checks of a model（静态校验）."""

from zhengtong.flow.check.faults import Fault


def check_model(model):
    return []

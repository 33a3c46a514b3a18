"""Flow（流程）: BPMN 2.0 in and out, its faults named, its next steps computed; pure, no clock and no database of its own."""

from zhengtong.flow.check import Fault, check_model
from zhengtong.flow.document import Model, list_differences, read_model, write_model
from zhengtong.flow.engine import advance, listening, next_due, read_variables, start, waiting
from zhengtong.flow.migration import Preview, Survey, migrate, plan_migration, revert, survey_migration
from zhengtong.flow.stage import Play, Stage

__all__ = [
    "Fault",
    "Model",
    "Play",
    "Preview",
    "Stage",
    "Survey",
    "advance",
    "check_model",
    "list_differences",
    "listening",
    "migrate",
    "next_due",
    "plan_migration",
    "read_model",
    "read_variables",
    "revert",
    "start",
    "survey_migration",
    "waiting",
    "write_model",
]

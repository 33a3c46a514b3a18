"""The compiled form of a model: everything the engine needs, indexed by id, nothing of XML left."""

from zhengtong.flow.program.build import build_program
from zhengtong.flow.program.shapes import Container, Flow, Loop, MessageFlow, Node, Program, Script, Trigger

__all__ = [
    "Container",
    "Flow",
    "Loop",
    "MessageFlow",
    "Node",
    "Program",
    "Script",
    "Trigger",
    "build_program",
]

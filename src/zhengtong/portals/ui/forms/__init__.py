"""Forms from a JSON Schema（表单渲染）: read by the server, written by the server, complete without script."""

from zhengtong.portals.ui.forms.bound import BoundField, LockedGroup, bind, bind_values, say_value, split_locked
from zhengtong.portals.ui.forms.entered import Fault, read_fields
from zhengtong.portals.ui.forms.spec import FieldSpec, spec_of, specs_of

__all__ = [
    "BoundField",
    "Fault",
    "FieldSpec",
    "LockedGroup",
    "bind",
    "bind_values",
    "read_fields",
    "say_value",
    "spec_of",
    "specs_of",
    "split_locked",
]

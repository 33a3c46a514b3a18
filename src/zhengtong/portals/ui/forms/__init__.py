"""Forms from a JSON Schema（表单渲染）: read by the server, written by the server, complete without script."""

from zhengtong.portals.ui.forms.bound import BoundField, bind, bind_values
from zhengtong.portals.ui.forms.entered import Fault, read_fields
from zhengtong.portals.ui.forms.spec import FieldSpec, spec_of, specs_of

__all__ = ["BoundField", "Fault", "FieldSpec", "bind", "bind_values", "read_fields", "spec_of", "specs_of"]

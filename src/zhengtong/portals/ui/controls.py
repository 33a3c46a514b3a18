"""A short form whose questions are named like an action's parameters（录入项）: shown, read, acted on, shown again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.kit import Refused
from zhengtong.kit.text import normalise
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.languages import pick

MOST_FILE_BYTES = 20 * 1024 * 1024
LONGEST = 500


@dataclass(frozen=True)
class Control:
    """One question of a short form（录入项）, named like the action's own parameter.

    `kind` is "text", "line", "number", "day", "moment", "choice" or "files".
    """

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    value: str = ""
    fault: str = ""

    @property
    def html_id(self) -> str:
        """Return the id of the control."""
        return f"s-{self.name}"


def read(controls: Iterable[Control], posted: Mapping[str, str], files: Any) -> tuple[dict[str, Any], list[Fault]]:
    """Return the values of what was entered, and the faults of what cannot stand; what was left empty is left out."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for control in controls:
        try:
            value = _read_files(files, control) if control.kind == "files" else _read_one(posted, control)
        except ValueError as unreadable:
            faults.append(Fault(control.name, control.html_id, str(unreadable)))
            continue
        if value in (None, "", []):
            if control.required:
                faults.append(Fault(control.name, control.html_id, _("请填写：%(label)s") % {"label": control.label}))
            continue
        values[control.name] = value
    return values, faults


def filled(
    controls: Iterable[Control], posted: Mapping[str, str] | None, faults: Iterable[Fault]
) -> tuple[Control, ...]:
    """Return the controls with what was entered and what is wrong with it."""
    wrong = {fault.path: fault.words for fault in faults}
    return tuple(
        replace(
            control,
            value=posted.get(control.name, control.value) if posted is not None else control.value,
            fault=wrong.get(control.name, ""),
        )
        for control in controls
    )


def attempt(
    request: HttpRequest, controls: Iterable[Control], act: Callable[[dict[str, Any]], object]
) -> tuple[list[Fault], int]:
    """Return the faults and status with which a form comes back; no faults when what was entered was acted on."""
    controls = tuple(controls)
    values, faults = read(controls, request.POST, request.FILES)
    if faults:
        return faults, 422
    try:
        act(values)
    except Refused as refused:
        return [fault_of(refused, controls)], refused.status
    return [], 303


def fault_of(refused: Refused, controls: Iterable[Control]) -> Fault:
    """Return a refusal as a fault of the control it speaks of, else of the form."""
    named = next((control for control in controls if control.name == refused.field), None)
    return Fault(named.name if named else "", named.html_id if named else "", pick(refused.zh, refused.en))


def _read_one(posted: Mapping[str, str], control: Control) -> Any:
    text = posted.get(control.name, "").strip()
    return READERS.get(control.kind, _read_text)(text, control) if text else None


def _read_text(text: str, _control: Control) -> str:
    if len(text) > LONGEST:
        raise ValueError(_("最多 %(n)d 字") % {"n": LONGEST})
    return text


def _read_line(text: str, control: Control) -> str:
    return _read_text(normalise(text), control)


def _read_number(text: str, _control: Control) -> int:
    plain = normalise(text)
    if not (plain.isascii() and plain.isdigit() and len(plain) < 5):
        raise ValueError(_("请填一个整数"))
    return int(plain)


def _read_day(text: str, _control: Control) -> date:
    try:
        return date.fromisoformat(normalise(text))
    except ValueError:
        raise ValueError(_("日期请写成 2026-01-31 这样")) from None


def _read_moment(text: str, _control: Control) -> datetime:
    try:
        moment = datetime.fromisoformat(normalise(text).replace(" ", "T"))
    except ValueError:
        raise ValueError(_("时间请写成 2026-01-31 09:30 这样")) from None
    return moment if moment.tzinfo else timezone.make_aware(moment)


def _read_choice(text: str, control: Control) -> str:
    if text not in dict(control.options):
        raise ValueError(_("请从列出的选项里选一个"))
    return text


def _read_files(files: Any, control: Control) -> list[tuple[str, bytes]]:
    uploads = files.getlist(control.name)
    if any(upload.size > MOST_FILE_BYTES for upload in uploads):
        raise ValueError(_("每个文件不超过 20 MB"))
    return [(upload.name, upload.read()) for upload in uploads]


READERS: Mapping[str, Callable[[str, Control], Any]] = {
    "line": _read_line,
    "number": _read_number,
    "day": _read_day,
    "moment": _read_moment,
    "choice": _read_choice,
}

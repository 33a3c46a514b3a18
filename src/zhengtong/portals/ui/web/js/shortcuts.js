// Single keys for officers, never inside a field, off when the officer says so (WCAG 2.1.4).
const OFF = "shortcuts-off";

export function shortcuts() {
  const box = document.querySelector("[data-shortcuts]");
  if (!box) return;
  const toggle = box.querySelector("input");
  toggle.checked = !localStorage.getItem(OFF);
  box.hidden = false;
  toggle.addEventListener("change", () => {
    if (toggle.checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1");
  });
  document.addEventListener("keydown", event => {
    if (event.ctrlKey && event.key === "Enter") {
      const form = document.querySelector("form[data-decision]");
      if (form) form.requestSubmit(form.querySelector("[data-send]"));
      return;
    }
    const typing = event.target.closest("input:not([type=radio]):not([type=checkbox]),textarea,select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem(OFF)) return;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input")) target.focus(); else target.click();
  });
}

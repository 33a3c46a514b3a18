// One press, one send: a form already on its way is not sent again; the button says so.
export function guardForms(root) {
  root.querySelectorAll("form[method=post]:not([data-guarded])").forEach(form => {
    form.dataset.guarded = "1";
    form.addEventListener("submit", event => {
      const button = event.submitter;
      if (form.dataset.sent) { event.preventDefault(); return; }
      if (!button || button.hasAttribute("formtarget") || form.hasAttribute("hx-post")) return;
      form.dataset.sent = "1";
      button.setAttribute("aria-busy", "true");
    });
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(f => { delete f.dataset.sent; }));
}

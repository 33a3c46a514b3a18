// A print button, shown only where it can work.
export function printButtons() {
  document.querySelectorAll("[data-print]").forEach(button => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  const shown = document.querySelector("[data-refresh]");
  if (shown) setTimeout(() => location.reload(), Number(shown.dataset.refresh) * 900);
}

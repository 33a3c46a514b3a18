// A copy button beside every number people have to hand on.
export function copyButtons(root) {
  if (!navigator.clipboard) return;
  root.querySelectorAll("[data-copy][hidden]").forEach(button => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      const live = document.getElementById("live");
      if (live) live.textContent = button.dataset.done;
      button.textContent = button.dataset.done;
    });
  });
}

// A press on a stock phrase writes it into the officer's reason.
export function phraseButtons(root) {
  root.querySelectorAll("[data-phrase]:not([data-armed])").forEach(button => {
    button.dataset.armed = "1";
    button.hidden = false;
    button.addEventListener("click", () => {
      const area = document.getElementById(button.dataset.into);
      area.value = area.value ? `${area.value.trimEnd()}${button.dataset.phrase}` : button.dataset.phrase;
      area.focus();
      area.dispatchEvent(new Event("input", {bubbles: true}));
    });
  });
}

// How many characters are left, spoken only when few are.
export function countLetters(root) {
  root.querySelectorAll("textarea[data-max]:not([data-counted])").forEach(area => {
    area.dataset.counted = "1";
    const note = document.createElement("p");
    note.className = "field__hint";
    note.setAttribute("aria-live", "polite");
    area.after(note);
    const max = Number(area.dataset.max);
    const show = () => { note.textContent = `${[...area.value].length} / ${max}`; };
    area.addEventListener("input", show);
    show();
  });
}

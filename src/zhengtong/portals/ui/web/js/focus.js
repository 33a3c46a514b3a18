// Where the keyboard stands after something changed, and what the screen reader is told.
export function focusMarked(root) {
  const marked = root.querySelector("[data-focus]");
  if (!marked) return;
  if (marked.id === "error-summary" && !document.title.startsWith(marked.dataset.prefix || "!")) document.title = `! ${document.title}`;
  marked.focus();
}

export function announce() {
  const said = document.querySelector("[data-announce]");
  const live = document.getElementById("live");
  if (said && live) live.textContent = said.textContent;
}

// A row of tabs that does not fit begins with the one that is open; the page itself does not move.
export function showOpenTab(root) {
  for (const tab of root.querySelectorAll(".tabs [aria-current]")) {
    const row = tab.parentElement;
    row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }
}

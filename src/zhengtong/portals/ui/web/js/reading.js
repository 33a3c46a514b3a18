// Read the main part aloud with the machine's own voice; nothing leaves the device, no voice means no button.
export function offerReading() {
  const button = document.querySelector("[data-read]");
  const speech = window.speechSynthesis;
  if (!button || !speech) return;
  const label = button.querySelector("[data-say]");
  const [start, stop] = [label.textContent, label.dataset.say];
  const lang = document.documentElement.lang;
  const show = () => { button.hidden = !speech.getVoices().some(v => v.lang.slice(0, 2) === lang.slice(0, 2)); };
  show();
  if (speech.addEventListener) speech.addEventListener("voiceschanged", show);
  button.addEventListener("click", () => {
    if (speech.speaking) { speech.cancel(); return; }
    const said = new SpeechSynthesisUtterance(document.getElementById("main").innerText);
    said.lang = lang;
    said.onend = said.onerror = () => { label.textContent = start; };
    label.textContent = stop;
    speech.speak(said);
  });
}

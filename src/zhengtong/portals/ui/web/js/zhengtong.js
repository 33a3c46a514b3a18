// Own behaviours of the pages, all optional: every page works without them.
import {announce, focusMarked, showOpenTab} from "./focus.js";
import {offerReading} from "./reading.js";
import {countLetters} from "./counter.js";
import {copyButtons} from "./copying.js";
import {shortcuts} from "./shortcuts.js";
import {guardForms} from "./submitting.js";
import {printButtons} from "./printing.js";
import {phraseButtons} from "./phrases.js";

function enliven(root) {
  countLetters(root);
  copyButtons(root);
  guardForms(root);
  phraseButtons(root);
  showOpenTab(root);
}

enliven(document);
offerReading();
printButtons();
shortcuts();
focusMarked(document);
document.addEventListener("htmx:after:swap", () => {
  enliven(document);
  focusMarked(document);
  announce();
});

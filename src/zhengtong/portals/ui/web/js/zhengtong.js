// Own behaviours of the pages, all optional: every page works without them.
import {announce, focusMarked} from "./focus.js";
import {offerReading} from "./reading.js";
import {countLetters} from "./counter.js";
import {copyButtons} from "./copying.js";
import {shortcuts} from "./shortcuts.js";
import {guardForms} from "./submitting.js";
import {phraseButtons} from "./phrases.js";

function enliven(root) {
  countLetters(root);
  copyButtons(root);
  guardForms(root);
  phraseButtons(root);
}

enliven(document);
offerReading();
shortcuts();
focusMarked(document);
document.addEventListener("htmx:after:swap", () => {
  enliven(document);
  focusMarked(document);
  announce();
});

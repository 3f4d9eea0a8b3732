// A question over the page, with two answers; Esc is the second one.
import {byId} from "./page.js";

const box = byId("choice");

export function choose({title, text, yes, no}) {
  byId("choice-title").textContent = title;
  byId("choice-text").replaceChildren(text);
  byId("choice-yes").textContent = yes;
  byId("choice-no").textContent = no;
  box.showModal();
  return new Promise(resolve => {
    const answer = chosen => { box.close(); resolve(chosen); };
    byId("choice-yes").onclick = () => answer(true);
    byId("choice-no").onclick = () => answer(false);
    box.oncancel = () => resolve(false);
  });
}

// A question over the page, with two answers; Esc is the second one. A further question waits until the first is answered.
import {byId} from "./page.js";

const box = byId("choice");
let answered = Promise.resolve();

export function choose(question) {
  answered = answered.then(() => put(question));
  return answered;
}

// The buttons close the box by themselves and leave their value.
function put({title, text, yes, no}) {
  byId("choice-title").textContent = title;
  byId("choice-text").replaceChildren(...[text].flat());
  byId("choice-yes").textContent = yes;
  byId("choice-no").textContent = no;
  box.returnValue = "no";
  return new Promise(resolve => {
    box.addEventListener("close", () => resolve(box.returnValue === "yes"), {once: true});
    box.showModal();
  });
}

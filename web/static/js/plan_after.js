// After a step: the ground comes with the step's answer, words and figures are asked for without any. Where somebody else was faster, or
// where something has to be shown whose ground is not here, all is asked for anew.
import {byId, rests, waits} from "./page.js";
import {become} from "./become.js";
import {go} from "./go.js";
import {settle} from "./plan_map.js";

let asking;
const whole = () => go(location.href, {push: false, stay: true});

async function after(answer) {
  if (!answer.units) return void whole();
  asking?.abort();
  asking = new AbortController();
  waits("after");
  try {
    const {signal} = asking, answered = await fetch(`${location.pathname}/changed${location.search}`, {signal, headers: {Accept: "application/json"}});
    const told = answered.ok ? await answered.json() : {};
    if (told.version !== answer.version || !settle(told)) return void whole();
    become(byId("panel-body"), told.html);
    document.dispatchEvent(new Event("settled"));
  } catch (error) {
    if (error.name !== "AbortError") whole();
  } finally {
    rests("after");
  }
  return undefined;
}

document.addEventListener("changed", ({detail}) => after(detail));
document.addEventListener("newest", whole);

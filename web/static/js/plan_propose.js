// Proposals: asked for, watched while the job runs, shown on the map, one taken over.
import {byId, say, toast} from "./page.js";
import {change, look} from "./draft.js";
import {preview} from "./plan_map.js";
import {show} from "./plan_panes.js";
import {made} from "./redraw_tools.js";

const STEP_MS = 700;
const body = byId("panel-body"), {token} = byId("stage").dataset;
const ENDED = ["done", "failed", "cancelled"];
let job = null;

body.addEventListener("change", ({target}) => {
  const form = target.closest("form[data-propose]");
  if (form) form.querySelector("[data-for=parts]").hidden = form.elements.way.value !== "parts";
});

body.addEventListener("submit", async event => {
  const form = event.target.closest("form[data-propose]");
  if (!form) return;
  event.preventDefault();
  const {way, parts, low, high, unit} = form.elements;
  const wish = {way: way.value, ...(way.value === "parts" ? {parts: Number(parts.value)} : {}), ...(unit?.value ? {unit: Number(unit.value)} : {})};
  if (low.value && high.value) wish.range = [Number(low.value), Number(high.value)];
  const asked = await look("/proposals", {body: wish});
  if (!asked?.job) return;
  job = asked.job;
  watch();
});

// The pane may be swapped while the job runs; whatever stands there then is filled.
async function watch() {
  const box = body.querySelector("[data-job]");
  try {
    const answer = await fetch(`/api/v1/jobs/${job}`, {headers: {"Accept": "application/json", "Accept-Language": document.documentElement.lang}});
    const told = await answer.json();
    if (box) {
      box.hidden = false;
      box.querySelector("p").textContent = told.progress ?? "";
      const bar = box.querySelector("progress");
      if (told.share === null) bar.removeAttribute("value");
      else bar.value = told.share;
    }
    if (ENDED.includes(told.state)) {
      job = null;
      if (told.problem) toast(told.problem, {title: "×", go: () => {}});
      return void show("proposals");
    }
  } catch { /* asked again below */ }
  setTimeout(watch, STEP_MS);
  return undefined;
}

body.addEventListener("click", async ({target}) => {
  const button = target.closest("button");
  if (button && "stop" in button.dataset && job) fetch(`/jobs/${job}/stop`, {method: "POST", headers: {"X-CSRFToken": token}});
  if (button?.dataset.preview) {
    const units = await look(`/proposals/${button.dataset.preview}`, {method: "GET"});
    preview(units);
  }
  if (button?.dataset.take) {
    preview(null);
    const taken = await change(`/proposals/${button.dataset.take}/take`);
    if (taken && taken !== "stale") made({move: taken.moves?.at(-1)});
  }
});

document.addEventListener("pane", ({detail}) => {
  if (detail !== "proposals") preview(null);
  else if (job) watch();
});
byId("propose")?.addEventListener("click", () => show("proposals"));

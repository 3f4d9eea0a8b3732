// What the panel's forms ask of the plan: its way through the office, carrying it over, undoing the edition that it became.
import {byId, say, toast} from "./page.js";
import {change, look} from "./draft.js";
import {current, go} from "./go.js";
import {preview} from "./plan_map.js";
import {show} from "./plan_panes.js";

const body = byId("panel-body");
// In another state the page has other tools; in the same one the panel alone says something else.
const done = answer => answer && answer !== "stale" && (answer.state === current().state ? go(location.href, {push: false, stay: true}) : location.reload());

body.addEventListener("submit", async event => {
  const form = event.target.closest("form[data-ask], form[data-undo]");
  if (!form) return;
  event.preventDefault();
  const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  if (given.at) given.at = `${given.at.padEnd(19, ":00")}+08:00`;
  if ("undo" in form.dataset) undo(form);
  else if ("gather" in form.dataset) gather(form, given);
  else await ask(form.dataset.ask, "carry" in form.dataset ? {choices: given} : given);
});

async function ask(path, given) {
  done(await change(path, {body: given, then: done}));
}

// Units that two have changed are shown where the drafts are, in their versions.
async function gather(form, {plans: _, ...choices}) {
  const plans = new FormData(form).getAll("plans");
  if (!plans.length) return void toast(say("no_drafts"));
  const refused = ({units}) => units && Boolean(show("drafts", `?${new URLSearchParams(plans.map(each => ["draft", each]))}`) ?? true);
  done(await change("/gather", {body: {plans, choices}, then: done, refused}));
  return undefined;
}

// An edition is the whole place's: what was seen of it is its last one. What stands in the way is named where it was asked.
async function undo(form) {
  const answer = await look("", {address: form.dataset.undo, match: form.dataset.last, refused: told => inTheWay(form, told)});
  if (answer === "stale") toast(say("newer_edition"), {title: say("reload"), go: () => location.reload()});
  else done(answer);
}

function inTheWay(form, {detail, findings = []}) {
  const box = form.querySelector("[data-in-the-way]"), told = document.createElement("p");
  told.textContent = detail;
  box.replaceChildren(told, ...findings.filter(({where}) => where).map(({message, where}) => {
    const line = document.createElement("p"), there = document.createElement("button");
    there.type = "button";
    there.className = "link";
    there.dataset.box = where.join();
    there.textContent = say("go_there");
    line.append(`${message} `, there);
    return line;
  }));
  box.hidden = false;
  return true;
}

// A version that is chosen, or pointed at, is seen on the map.
function outline(event) {
  const version = event.target.closest?.("[data-shape]");
  if (version) preview(JSON.parse(version.dataset.shape));
}
for (const kind of ["change", "mouseover", "focusin"]) body.addEventListener(kind, outline);

body.addEventListener("click", ({target}) => {
  const to = target.closest("[data-open-tab]")?.dataset.openTab;
  if (to) show(to);
});
document.addEventListener("pane", () => body.querySelector(".gather [role=alert]")?.scrollIntoView({block: "nearest"}));
document.addEventListener("pane", ({detail}) => !["conflicts", "drafts"].includes(detail) && preview(null));

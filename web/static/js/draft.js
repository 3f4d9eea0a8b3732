// What is asked of a plan: each change names the version it was made upon, and nothing that was asked for gets lost on the way.
import {byId, first, rests, say, toast, waits} from "./page.js";
import {choose} from "./choice.js";

const {api, token} = byId("stage").dataset;
const LANGUAGE = document.documentElement.lang;
let version = first.version;

class Refused extends Error {
  constructor(told) {
    super(told.detail);
    this.told = told;
  }
}
class Stale extends Error {}

export const seen = next => { version = next; };

async function sent(path, {method = "POST", body} = {}) {
  const headers = {"Accept": "application/json", "Accept-Language": LANGUAGE, "X-CSRFToken": token, "If-Match": `"${version}"`};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  waits("ask");
  try {
    const answer = await fetch(api + path, {method, headers, body: body === undefined ? undefined : JSON.stringify(body)});
    const told = await answer.json().catch(() => ({}));
    if (answer.status === 412) throw new Stale(told.detail);
    if (!answer.ok) throw new Refused({detail: answer.statusText, ...told});
    return told;
  } finally {
    rests("ask");
  }
}

// Ask for something that changes nothing; null where it was refused or nobody answered, and the reader was told.
export const look = (path, options) => tell(() => sent(path, options), options);

// Change the plan. Who meets a newer state chooses: once more upon it, or only look; what cannot be sent can be sent again.
export async function change(path, options = {}) {
  const answer = await tell(() => sent(path, options), {...options, retry: () => change(path, options).then(options.then)});
  if (answer !== "stale") {
    version = answer?.version ?? version;
    return answer;
  }
  const again = await choose({title: say("stale_title"), text: say("stale"), yes: say("do_again"), no: say("look_newest")});
  document.dispatchEvent(new Event("newest"));
  const newest = await look("", {method: "GET"});
  if (!newest) return null;
  version = newest.version;
  return again ? change(path, options) : null;
}

async function tell(asked, {retry, refused} = {}) {
  try {
    return await asked();
  } catch (error) {
    if (error instanceof Stale) return "stale";
    if (error instanceof Refused) refused?.(error.told) || toast(error.message, {title: "×", go: () => {}});
    else toast(say("lost"), retry && {title: say("retry"), go: retry});
    return null;
  }
}

// What is asked of a plan: each change names the version it was made upon, and nothing that was asked for gets lost on the way.
import {byId, first, rests, say, toast, waits} from "./page.js";
import {choose} from "./choice.js";

const {api, token} = byId("stage").dataset;
const LANGUAGE = document.documentElement.lang;
let version = first.version, newer = {};

class Refused extends Error {
  constructor(told) {
    super(told.detail);
    this.told = told;
  }
}
class Stale extends Refused {}

export const seen = next => { version = next; };

// Where `address` stands, something else than the plan is asked, and `match` is what was seen of that.
async function sent(path, {method = "POST", body, address = api + path, match = version} = {}) {
  const headers = {"Accept": "application/json", "Accept-Language": LANGUAGE, "X-CSRFToken": token, "If-Match": `"${match}"`};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  waits("ask");
  try {
    const answer = await fetch(address, {method, headers, body: body === undefined ? undefined : JSON.stringify(body)});
    const told = await answer.json().catch(() => ({}));
    if (answer.status === 412) throw new Stale(told);
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
  const again = await choose({title: say("stale_title"), text: [say("stale"), others()], yes: say("do_again"), no: say("look_newest")});
  version = newer.version ?? (await look("", {method: "GET"}))?.version ?? version;
  const once = again ? await change(path, options) : null;
  if (!once) document.dispatchEvent(new Event("newest"));
  return once;
}

// What the others did since, their last steps first.
function others() {
  const list = document.createElement("ul");
  list.append(...(newer.since ?? []).slice(-5).reverse().map(({sentence, by}) => {
    const item = document.createElement("li");
    item.textContent = by ? `${sentence} (${by})` : sentence;
    return item;
  }));
  return list;
}

async function tell(asked, {retry, refused} = {}) {
  try {
    return await asked();
  } catch (error) {
    if (error instanceof Stale) {
      newer = error.told;
      return "stale";
    }
    if (error instanceof Refused) refused?.(error.told) || toast(error.message, {title: "×", go: () => {}});
    else toast(say("lost"), retry && {title: say("retry"), go: retry});
    return null;
  }
}

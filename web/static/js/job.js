// A job under way: asked for again and again, the page anew once it has ended.
const byId = id => document.getElementById(id);
const box = byId("under-way");
const STEP_MS = 600, LONGEST_MS = 4000;

function show({state, progress, share}) {
  byId("job-state").textContent = JSON.parse(byId("states").textContent)[state];
  if (progress && byId("job-says").textContent !== progress) byId("job-says").textContent = progress;
  const bar = byId("job-share");
  if (share === null) bar.removeAttribute("value");
  else bar.value = share;
  byId("no-answer").hidden = true;
}

async function ask(wait) {
  try {
    const answer = await fetch(box.dataset.address, {headers: {Accept: "application/json"}});
    if ([401, 403, 404].includes(answer.status)) return void location.reload();
    if (!answer.ok) throw new Error(answer.statusText);
    const job = await answer.json();
    if (!["queued", "running", "stopping"].includes(job.state)) return void location.reload();
    show(job);
  } catch {
    byId("no-answer").hidden = false;
  }
  setTimeout(ask, wait, Math.min(wait * 1.1, LONGEST_MS));
  return undefined;
}

if (box) setTimeout(ask, STEP_MS, STEP_MS);

// Level and border are asked of units alone.
const choices = document.querySelector(".look-again");
if (choices) {
  const nouns = () => choices.classList.toggle("is-units", choices.elements.noun.value === "units");
  choices.addEventListener("change", nouns);
  nouns();
}
document.body.dataset.ready = "yes";

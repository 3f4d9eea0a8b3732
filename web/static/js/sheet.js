// On a phone the panel is a sheet of three heights, and the bar under the thumb chooses between map, list and me.
/* global map_grid */
import {address, byId, say, toast} from "./page.js";
import {current, go} from "./go.js";

const HEIGHTS = ["low", "middle", "high"];
let height = "middle";

export function setSheet(next) {
  height = next;
  HEIGHTS.forEach(each => document.body.classList.toggle(`sheet-${each}`, each === next));
  mark(next === "high" ? "list" : "map");
}

function mark(part) {
  document.querySelectorAll(".bottom-bar button").forEach(button => button.setAttribute("aria-pressed", String(button.dataset.part === part)));
  document.body.classList.toggle("shows-me", part === "me");
}

const PARTS = {
  map: () => setSheet("low"),
  list: () => setSheet("high"),
  me: () => (document.body.classList.contains("shows-me") ? setSheet(height) : mark("me")),
  stations: () => {
    if (!current()?.standing?.includes("stations")) return toast(say("stations"));
    go(address({tab: "things", list: "stations"}));
    return setSheet("high");
  },
};

document.querySelector(".bottom-bar").addEventListener("click", event => PARTS[event.target.closest("button")?.dataset.part]?.());

const panel = byId("panel"), grip = byId("sheet-grip");
let from;

grip.addEventListener("pointerdown", event => {
  grip.setPointerCapture(event.pointerId);
  from = {y: event.clientY, height: panel.offsetHeight, moved: false};
  panel.classList.add("is-dragged");
});

grip.addEventListener("pointermove", event => {
  if (!from) return;
  from.moved ||= Math.abs(event.clientY - from.y) > 4;
  panel.style.height = `${Math.max(112, from.height + from.y - event.clientY)}px`;
});

// Let go: to the nearest height; a mere tap goes one up, from the top back down.
grip.addEventListener("pointerup", event => {
  const share = (from.height + from.y - event.clientY) / window.innerHeight, {moved} = from;
  from = undefined;
  panel.classList.remove("is-dragged");
  panel.style.height = "";
  if (moved) setSheet(share < 0.3 ? "low" : share < 0.62 ? "middle" : "high");
});

grip.addEventListener("click", event => {
  if (event.detail === 0 || panel.style.height === "") setSheet(HEIGHTS[(HEIGHTS.indexOf(height) + 1) % 3]);
});

// At a desk the panel folds away.
const fold = byId("panel-fold"), stage = byId("stage");
fold.addEventListener("click", () => {
  const folded = stage.classList.toggle("is-folded");
  fold.setAttribute("aria-expanded", String(!folded));
  map_grid.invalidateSize({pan: false});
});

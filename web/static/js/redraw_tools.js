// The tools above the map: one at a time; what is pressed on the map or in the list fills its form, sending the form makes the move.
import {announce, byId, phone, say, toast} from "./page.js";
import {current} from "./go.js";
import {light} from "./shapes.js";
import {setSheet} from "./sheet.js";
import {choose} from "./choice.js";
import {change, look} from "./draft.js";
import * as line from "./redraw_line.js";
import * as lasso from "./redraw_lasso.js";
import * as map from "./plan_map.js";

const box = byId("redraw");
const KEPT = `line ${location.pathname}`;
const SMALL = 3; // so many buildings move without being asked about
let tool = null, picked = [];

const form = name => box.querySelector(`form[data-tool="${name}"]`);
const field = (name, of = tool) => form(of).elements[name];
const told = text => { const place = form(tool)?.querySelector("[data-told]"); if (place) place.textContent = text; };

export function useTool(next) {
  if (!box) return;
  line.stop();
  lasso.stop();
  map.untick();
  pick([]);
  tool = next === tool ? null : next;
  for (const button of box.querySelectorAll("button[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
  for (const each of box.querySelectorAll("form")) each.hidden = each.dataset.tool !== tool;
  document.body.classList.toggle("has-tool", Boolean(tool));
  if (!tool) return;
  if (phone.matches) setSheet("low");
  BEGIN[tool]?.();
  paint();
}

const BEGIN = {
  shift() {
    const rest = key => map.unit(key).tint === "rest", pairs = [...map.grounds().keys()].flatMap(one => map.beside(one).filter(other => one < other).map(other => [one, other]));
    const [auto] = field("pair").options, chosen = pairs.sort((one, other) => one.some(rest) - other.some(rest));
    field("pair").replaceChildren(auto, ...chosen.map(pair => new Option(say("pair", {one: map.unitName(pair[0]), other: map.unitName(pair[1])}), pair.join(" "))));
    draws([]);
  },
  split: () => field("way").value === "line" && draws([]),
  transfer: () => { field("to").dataset.chosen = ""; },
};

function draws(kept) {
  line.start({edges: map.borders, changed: paint, ended: send, kept});
}

function paint() {
  PAINT[tool]?.();
  if (tool) sessionStorage.setItem(KEPT, JSON.stringify({tool, points: line.asLine().coordinates}));
}

const names = () => say("chosen", {names: picked.map(map.unitName).join("、")});
const PAINT = {
  shift() {
    const [one, other] = line.points().length > 1 && !line.crosses() ? between().map(String) : [];
    told([drawn(), other && !field("pair").value ? say("pair", {one: map.unitName(one), other: map.unitName(other)}) : ""].filter(Boolean).join(" · "));
  },
  transfer() {
    const houses = map.chosen(), households = houses.reduce((sum, each) => sum + (each.households ?? 0), 0);
    told(houses.length ? say(houses.length === 1 ? "ticked_one" : "ticked", {count: houses.length, households: households.toLocaleString("en")}) : "");
    const from = new Set(houses.map(each => each.unit)), near = [...from].flatMap(map.beside).filter(key => !from.has(key));
    const all = [...new Set([...near, ...map.grounds().keys()])].filter(key => !from.has(key)), rest = key => map.unit(key)?.tint === "rest";
    options(field("to"), [...all.filter(key => !rest(key)), ...all.filter(rest)]);
  },
  split: () => told([picked.length ? names() : say("choose_unit"), field("way").value === "line" && line.points().length ? drawn() : ""].filter(Boolean).join(" · ")),
  merge: () => told(picked.length ? names() : ""),
  reparent: () => told(picked.length ? names() : ""),
  rename: () => told(picked.length ? names() : say("choose_unit")),
};

function drawn() {
  const points = line.points();
  if (line.crosses()) return say("crosses");
  const metres = points.slice(1).reduce((sum, point, at) => sum + point.distanceTo(points[at]), 0);
  return points.length ? say("points", {count: points.length, metres: Math.round(metres).toLocaleString("en")}) : "";
}

// What somebody chose stays chosen; else the first is.
function options(select, keys) {
  select.replaceChildren(...keys.map(key => new Option(map.unitName(key), key)));
  if (keys.includes(select.dataset.chosen)) select.value = select.dataset.chosen;
}

function pick(keys) {
  picked.forEach(key => light(key, false));
  picked = keys;
  picked.forEach(key => light(key, true));
}

const MOST = {split: 1, rename: 1};

function pressed(key) {
  if (tool === "lock") return lock(key, {units: [Number(key)]});
  if (tool === "transfer") { field("to").dataset.chosen = key; return paint(); }
  if (!["split", "merge", "reparent", "rename"].includes(tool)) return pick([key]);
  pick(picked.includes(key) ? picked.filter(each => each !== key) : [...picked, key].slice(-(MOST[tool] ?? 99)));
  if (tool === "rename" && picked.length) {
    field("name").value = map.unitName(key);
    field("code").value = current().units[key]?.code ?? "";
    field("name").focus();
  }
  return paint();
}

map.asks({
  unit: pressed,
  building: key => {
    if (tool === "lock") lock(key, {buildings: [key]});
    else if (tool === "transfer" || !tool) { if (!tool) useTool("transfer"); map.tick([key]); paint(); }
  },
});

// What each form sends; null says itself what is missing.
const MOVES = {
  shift: () => crossing() ?? {kind: "shift", ...(field("pair").value ? {units: field("pair").value.split(" ").map(Number)} : {units: between()}), line: line.asLine()},
  split: () => (field("way").value === "parts"
    ? chosenOne(unit => ({kind: "split", unit, parts: Number(field("parts").value)}))
    : crossing() ?? chosenOne(unit => ({kind: "split", unit, line: line.asLine()}))),
  transfer: () => (map.chosen().length ? {kind: "transfer", buildings: map.chosen().map(each => each.key), to: Number(field("to").value)} : missing("choose_unit")),
  merge: () => (picked.length > 1 ? {kind: "merge", units: picked.map(Number)} : missing("choose_unit")),
  reparent: () => (picked.length ? {kind: "reparent", units: picked.map(Number), to: Number(field("to").value)} : missing("choose_unit")),
  rename: () => chosenOne(unit => ({kind: "rename", unit, name: field("name").value, ...(field("code").value ? {code: field("code").value} : {})})),
};

function missing(key) {
  toast(say(key));
  return null;
}

// False, not null, so that `??` stops at it.
function crossing() {
  if (line.points().length < 2) { toast(say("few_points")); return false; }
  if (line.crosses()) { toast(say("crosses")); return false; }
  return undefined;
}

function chosenOne(move) {
  const unit = picked[0] ?? (tool === "split" ? under() : null);
  return unit ? move(Number(unit)) : missing("choose_unit");
}

// The unit that most of the line runs through.
const under = () => most(samples().map(at => map.unitAt(at)).filter(Boolean))[0];
// The two neighbours on whose ground, or beside whose border, most of the line lies; ground outside all units counts little.
function between() {
  const near = counts(samples().flatMap(point => map.unitsNear(point))), weight = key => (near.get(key) ?? 0) * (map.unit(key).tint === "rest" ? 0.1 : 1);
  const pairs = [...near.keys()].flatMap(one => map.beside(one).filter(other => one < other).map(other => [one, other]));
  const [pair = []] = pairs.sort((one, other) => weight(other[0]) + weight(other[1]) - weight(one[0]) - weight(one[1]));
  return pair.map(Number);
}

function counts(keys) {
  const found = new Map();
  keys.forEach(key => found.set(key, (found.get(key) ?? 0) + 1));
  return found;
}

const most = keys => [...counts(keys)].sort((one, other) => other[1] - one[1]).map(([key]) => key);

function samples() {
  const {coordinates} = line.asLine();
  return coordinates.slice(1).flatMap((end, at) => Array.from({length: 10}, (_, step) => {
    const share = (step + 0.5) / 10, begin = coordinates[at];
    return [begin[0] + share * (end[0] - begin[0]), begin[1] + share * (end[1] - begin[1])];
  }));
}

async function send() {
  const move = MOVES[tool]?.();
  if (!move) return;
  if (move.units?.length === 0) return void missing("no_units");
  if (!(await agreed(move))) return;
  const answer = await change("/moves", {body: move, then: made, refused: bridged});
  made(answer);
}

// A move of many buildings first says what it does.
async function agreed(move) {
  if (["rename", "reparent"].includes(move.kind)) return true;
  const would = await look("/moves?look=1", {body: move, refused: bridged});
  if (!would || would === "stale") return would === "stale";
  const {ground, buildings, households} = map.would(would);
  if (buildings <= SMALL) return true;
  const figures = {ground: Math.round(ground).toLocaleString("en"), buildings, households: households.toLocaleString("en")};
  return choose({title: say("look_title"), text: say("look", figures), yes: say("do_it"), no: say("leave_it")});
}

// Where further buildings would make a transfer possible, they are offered.
function bridged(told) {
  if (!told.bridges?.length) return false;
  toast(told.detail, {title: say("take_bridges"), go: () => { map.tick(told.bridges, true); paint(); send(); }});
  return true;
}

export function made(answer) {
  if (!answer || answer === "stale") return;
  sessionStorage.removeItem(KEPT);
  useTool(null);
  map.patch(answer);
  const sentence = answer.move?.sentence ?? "";
  if (sentence) toast(say("done", {sentence}), {title: say("undo"), go: undo});
  announce(sentence);
  changed(answer);
}

const stepped = answer => {
  if (!answer || answer === "stale") return;
  map.patch(answer);
  changed(answer);
};
const changed = detail => document.dispatchEvent(new CustomEvent("changed", {detail}));
export const undo = async () => stepped(await change("/undo", {then: stepped}));
export const redo = async () => stepped(await change("/redo", {then: stepped}));
const takeBack = async serial => stepped(await change(`/moves/${serial}/take-back`, {then: stepped}));

// What is locked is the plan's, but no step of it: its version stays.
async function lock(key, what) {
  const now = await change("/locks", {method: map.isLocked(key) ? "DELETE" : "PUT", body: what});
  if (now && now !== "stale") map.lock(now);
}

if (box) {
  box.addEventListener("click", event => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.tool) useTool(button.dataset.tool);
    if ("cancel" in button.dataset) { sessionStorage.removeItem(KEPT); useTool(null); }
    if ("back" in button.dataset) back();
  });
  box.addEventListener("submit", event => { event.preventDefault(); send(); });
  box.addEventListener("change", event => {
    if (event.target.name === "to") event.target.dataset.chosen = event.target.value;
    if (event.target.name !== "way") return;
    const {value} = event.target;
    if (tool === "transfer") (value === "lasso" ? lasso.start(ring => { map.tick(map.inside(ring), true); paint(); }) : lasso.stop());
    if (tool === "split") {
      box.querySelector("[data-for=parts]").hidden = value !== "parts";
      if (value === "line") draws([]);
      else line.stop();
    }
    paint();
  });
  offerKept();
  look("/locks", {method: "GET"}).then(held => held && map.lock(held));
}

function back() {
  if (["shift", "split"].includes(tool)) line.back();
  else { map.untick(); pick([]); }
  paint();
}

// A line that somebody was drawing when the page went away.
function offerKept() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!kept?.points?.length) return;
  toast(say("kept_line"), {title: say("go_on"), go: () => { useTool(kept.tool); draws(kept.points); }});
}

byId("undo")?.addEventListener("click", undo);
byId("redo")?.addEventListener("click", redo);
byId("panel-body").addEventListener("click", event => {
  const unit = event.target.closest?.("[data-unit]"), step = event.target.closest?.("[data-take-back]");
  if (unit) pressed(unit.dataset.unit);
  if (step) takeBack(step.dataset.takeBack);
});

const typing = () => ["INPUT", "SELECT", "TEXTAREA"].includes(document.activeElement?.tagName);
document.addEventListener("keydown", event => {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && tool) {
    event.preventDefault();
    sessionStorage.removeItem(KEPT);
    useTool(null);
  } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !typing() && box) {
    event.preventDefault();
    (event.shiftKey ? redo : undo)();
  }
});

// The time slider: dragging names an edition, letting go shows the borders of its day.
import {byId} from "./page.js";
import {go} from "./go.js";

const linkAt = place => document.querySelector(`#timeline-list [data-edition="${place}"]`);

document.addEventListener("input", event => {
  if (event.target.id !== "timeline-slider") return;
  const link = linkAt(event.target.value);
  byId("timeline-date").textContent = link.querySelector("time").textContent;
  event.target.setAttribute("aria-valuetext", link.textContent.trim().replace(/\s+/g, " "));
});

document.addEventListener("change", event => {
  if (event.target.id === "timeline-slider") go(linkAt(event.target.value).href);
});

// A press elsewhere, or Esc, closes the card.
document.addEventListener("pointerdown", event => {
  if (!event.target.closest("#timeline")) byId("timeline").open = false;
});
document.addEventListener("keydown", event => {
  if (event.key !== "Escape" || !byId("timeline").open) return;
  event.preventDefault();
  byId("timeline").open = false;
}, {capture: true});

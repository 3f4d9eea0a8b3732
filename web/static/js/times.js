// Ordinary or urgent times: which holds for what is shown, and the way to switch for whoever may.
import {byId} from "./page.js";
import {current} from "./go.js";

document.addEventListener("legend", () => {
  const {times} = current(), segments = byId("times"), banner = byId("urgent");
  if (!segments) return;
  segments.hidden = !times || !(times.way || times.urgent);
  for (const part of segments.querySelectorAll("[data-times]")) {
    const on = (part.dataset.times === "urgent") === Boolean(times?.urgent);
    part.toggleAttribute("aria-current", on);
    if (times?.way && !on) part.href = times.way;
    else part.removeAttribute("href");
  }
  banner.textContent = times?.banner ?? "";
  banner.hidden = !times?.banner;
});

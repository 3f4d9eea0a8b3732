// A file dropped on the page is a file chosen; what is too large is said before it is sent.
const byId = id => document.getElementById(id);
const form = byId("send"), drop = byId("drop"), input = form.elements.file, button = form.querySelector("button");

function chosen() {
  const files = [...input.files], bytes = files.reduce((sum, file) => sum + file.size, 0);
  byId("chosen").textContent = files.map(file => file.name).join(", ");
  drop.classList.toggle("has-file", files.length > 0);
  const tooLarge = bytes > Number(form.dataset.largestMib) * 2 ** 20;
  byId("too-large").hidden = !tooLarge;
  button.disabled = tooLarge;
}

input.addEventListener("change", chosen);

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, event => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    drop.classList.toggle("is-over", kind === "dragover");
    if (kind !== "drop") return;
    input.files = event.dataTransfer.files;
    chosen();
  });
}

// Level and border are asked of units alone.
function nouns() {
  form.classList.toggle("is-units", form.elements.noun.value === "units");
}
form.addEventListener("change", nouns);
nouns();

form.addEventListener("submit", () => {
  button.setAttribute("aria-busy", "true");
  button.querySelector(".icon").hidden = false;
});
window.addEventListener("pageshow", () => {
  button.removeAttribute("aria-busy");
  button.querySelector(".icon").hidden = true;
});

document.body.dataset.ready = "yes";

"use strict";

const show = (id, text) => { document.getElementById(id).textContent = text; };

// Reports: what the kettle keeps comes first, then every change. If the connection is
// lost the browser comes back by itself, and hears what it has missed.
const live = new EventSource("/live/kettle?subject=warmth&subject=wanted");
for (const subject of ["warmth", "wanted"]) {
  live.addEventListener(subject, (event) => show(subject, JSON.parse(event.data)));
}
live.addEventListener("gap", () => { show("warmth", "?"); show("wanted", "?"); });
live.addEventListener("gone", () => show("trouble", "The kettle is gone."));
live.addEventListener("back", () => show("trouble", ""));
live.addEventListener("error", () => show("trouble", "No connection; it is tried again."));
live.addEventListener("open", () => show("trouble", ""));

// Calls: a method of the kettle, by JSON-RPC.
async function call(method, params) {
  const answer = await fetch("/jsonrpc/kettle", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", method, params, id: 1 }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  const { result, error } = await answer.json();
  if (error) throw new Error(error.data.description);
  return result;
}

document.getElementById("heat").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await call("heat", { to: Number(event.target.elements.to.value) });
    show("trouble", "");
  } catch (error) {
    show("trouble", error.message);
  }
});

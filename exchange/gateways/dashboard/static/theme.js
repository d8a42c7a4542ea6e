// Light or dark as somebody chose it, set before the page is drawn; else as the system has it.
"use strict";
(() => {
  let chosen = "auto";
  try {
    chosen = localStorage.getItem("exchange-scheme") || "auto";
  } catch {
    // storage may be forbidden; then nothing is remembered
  }
  if (chosen !== "auto") document.documentElement.dataset.scheme = chosen;
})();

"use strict";

// textual.js begins when the page is loaded. It measures one letter at once, so the letters must be there by then, and it
// reads the address of the desk from the page, which is wherever this page came from: this computer, or a tunnel's end.
const begin = window.onload;

window.onload = async (event) => {
  document.getElementById("again").addEventListener("click", () => window.location.reload());
  if (!document.createElement("canvas").getContext("webgl2")) {
    document.body.classList.add("-unable");
    return;
  }
  const here = new URL("ws", window.location.href);
  here.protocol = here.protocol.replace("http", "ws");
  document.getElementById("terminal").dataset.sessionWebsocketUrl = here.href;
  await Promise.allSettled(["", "bold ", "italic "].map((style) => document.fonts.load(`${style}16px "Roboto Mono"`)));
  begin(event);
};

// The page takes the keys as soon as the desk is there; textual.js cannot tell the desk of it before.
new MutationObserver((_changes, watching) => {
  if (!document.body?.classList.contains("-first-byte")) return;
  watching.disconnect();
  document.querySelector(".xterm-helper-textarea")?.focus();
}).observe(document.documentElement, { attributes: true, attributeFilter: ["class"], subtree: true });

// Ctrl+W deletes a word in a terminal and closes a page in a browser, which asks first where a page is in use.
window.addEventListener("beforeunload", (event) => {
  const classes = document.body.classList;
  if (classes.contains("-first-byte") && !classes.contains("-closed")) event.preventDefault();
});

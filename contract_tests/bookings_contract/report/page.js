// Conveniences only: everything is there without it.
// A link into a closed part opens it; code gets a button that copies it.
(() => {
  const reveal = () => {
    const found = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!found) return;
    for (let part = found; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") part.open = true;
    }
    found.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
  if (!navigator.clipboard) return;
  for (const block of document.querySelectorAll(".replay pre")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.onclick = () => navigator.clipboard.writeText(block.textContent)
      .then(() => { button.textContent = "Copied"; });
    block.before(button);
  }
})();

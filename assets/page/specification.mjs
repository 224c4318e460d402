// What the server has laid into the page for the scripts: controls, defaults, limits, cards, colours, times. Read once;
// a data block, so that no policy about scripts concerns it.
export const specification = JSON.parse(document.getElementById("specification").textContent);

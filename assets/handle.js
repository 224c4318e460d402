// The operating point on the phase diagram: a DOM element placed with the plot's own axes. Drag it, click anywhere,
// or use the arrow keys. It also turns the words written along a line to the line's slope on the screen.
(function () {
  "use strict";
  const { state, change, listen, toNumber, display } = window.saddlesurf;
  const DECIMALS = 4; // significant digits that a gesture sets: finer than a pixel
  const LIMITS = { dp: [1e-4, 1e8], inverse: [1e-8, 1e4] };
  const handle = () => document.getElementById("handle");
  const plot = () => document.querySelector("#phase-graph .js-plotly-plot");
  const round = (x) => Number(x.toPrecision(DECIMALS));

  function axes() {
    const gd = plot();
    const layout = gd && gd._fullLayout;
    return layout && layout.xaxis && layout.xaxis._length ? [layout.xaxis, layout.yaxis, gd] : null;
  }

  function place() {
    const found = axes();
    const element = handle();
    if (!found || !element || !state.parameters) return;
    const [xaxis, yaxis] = found;
    const dp = toNumber(state.parameters.dp);
    const inverse = 1 / toNumber(state.parameters.d2);
    const clamp = (axis, value) => Math.min(axis._length, Math.max(0, axis.d2p(value)));
    const x = dp === Infinity ? xaxis._length : clamp(xaxis, dp);
    const y = inverse === 0 ? yaxis._length : clamp(yaxis, inverse);
    element.style.transform = `translate(${xaxis._offset + x}px, ${yaxis._offset + y}px)`;
    element.classList.add("placed");
    const outside = dp !== Infinity && (Math.abs(xaxis.d2p(dp) - x) > 1 || Math.abs(yaxis.d2p(inverse) - y) > 1);
    element.classList.toggle("outside", outside || dp === Infinity || inverse === 0);
    const words = `Δp = ${display(round(dp))}, 1/Δ₂ = ${display(round(inverse))}`;
    element.setAttribute("aria-valuetext", words);
    element.dataset.words = words; // shown beside it while it is dragged
    element.classList.toggle("words-left", x > 0.6 * xaxis._length);
    element.setAttribute("aria-valuenow", String(Math.round(100 * (1 - y / yaxis._length))));
  }

  function go(dp, inverse, moving) {
    const within = (x, [lower, upper]) => Math.min(upper, Math.max(lower, x));
    // Δ₂ is rounded, not 1/Δ₂: it is what the address says
    const patch = { dp: round(within(dp, LIMITS.dp)), d2: round(1 / within(inverse, LIMITS.inverse)) };
    const parameters = Object.assign({}, state.parameters, patch);
    change({ parameters, settled: !moving, story: null, errors: {}, keep: null, visit: "replace" }, "handle");
  }

  // one change a frame, however many moves the pointer reports
  let wish = null;
  function soon(dp, inverse) {
    if (!wish) requestAnimationFrame(() => { const [x, y] = wish; wish = null; go(x, y, true); });
    wish = [dp, inverse];
  }

  function toData(event) {
    const [xaxis, yaxis, gd] = axes();
    const box = gd.getBoundingClientRect();
    const inside = (v, axis) => Math.min(axis._length, Math.max(0, v));
    const x = inside(event.clientX - box.left - xaxis._offset, xaxis);
    const y = inside(event.clientY - box.top - yaxis._offset, yaxis);
    return [xaxis.p2d(x), yaxis.p2d(y)];
  }

  function wire(element, gd) {
    let dragging = false;
    element.addEventListener("pointerdown", (event) => {
      dragging = true;
      element.setPointerCapture(event.pointerId);
      element.classList.add("dragging");
      element.focus({ preventScroll: true });
      event.preventDefault();
    });
    element.addEventListener("pointermove", (event) => {
      if (dragging && axes()) soon(...toData(event));
    });
    const end = (event) => {
      if (!dragging) return;
      dragging = false;
      element.classList.remove("dragging");
      if (event.type === "pointerup" && axes()) go(...toData(event), false); // released is settled
    };
    element.addEventListener("pointerup", end);
    element.addEventListener("pointercancel", end);
    element.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
      const step = steps[event.key];
      if (!step || !state.parameters || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const size = 10 ** (event.shiftKey ? 0.1 : 0.01);
      const dp = toNumber(state.parameters.dp);
      const inverse = 1 / toNumber(state.parameters.d2);
      if (!Number.isFinite(dp) || !inverse) return;
      go(dp * size ** step[0], inverse * size ** step[1], true);
    });
    let pressed = null;
    gd.addEventListener("pointerdown", (event) => { pressed = [event.clientX, event.clientY]; }, true);
    gd.addEventListener("click", (event) => {
      const found = axes();
      if (!found || !pressed || Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) > 4) return;
      if (event.target.closest(".modebar")) return;
      const box = gd.getBoundingClientRect();
      const x = event.clientX - box.left - found[0]._offset;
      const y = event.clientY - box.top - found[1]._offset;
      if (x < 0 || y < 0 || x > found[0]._length || y > found[1]._length) return;
      go(...toData(event), false);
    }, true);
  }

  function turnWords(gd) {
    const tangents = gd.layout.meta && gd.layout.meta.tangents;
    const found = axes();
    if (!tangents || !found) return;
    const [xaxis, yaxis] = found;
    const scale = (yaxis._length / Math.abs(yaxis.range[1] - yaxis.range[0])) /
      (xaxis._length / Math.abs(xaxis.range[1] - xaxis.range[0]));
    const update = {};
    tangents.forEach((tangent, i) => {
      if (!tangent || !gd.layout.annotations[i]) return;
      const angle = (-Math.atan2(tangent[1] * scale, tangent[0]) * 180) / Math.PI;
      if (Math.abs(angle - (gd.layout.annotations[i].textangle || 0)) > 0.5) update[`annotations[${i}].textangle`] = angle;
    });
    if (Object.keys(update).length) window.Plotly.relayout(gd, update);
  }

  window.saddlesurf.drawn.push(function (panel, gd) {
    if (panel !== "phase") return;
    if (gd.dataset.saddlesurf !== "wired") {
      gd.dataset.saddlesurf = "wired";
      wire(handle(), gd);
    }
    place();
    turnWords(gd);
  });

  listen(place);
})();

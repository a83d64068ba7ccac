"use strict";
const { minutes, charts } = JSON.parse(document.getElementById("figures").textContent);
const touch = matchMedia("(pointer: coarse)");
const config = { displayModeBar: false, responsive: true, doubleClick: false, showTips: false };

/** The figure with the colours of the page as it is shown now, light or dark. */
function coloured(figure) {
  const css = getComputedStyle(document.documentElement);
  const text = JSON.stringify(figure).replace(/"@([\w-]+)"/g, (_, name) =>
    JSON.stringify(css.getPropertyValue(`--${name}`).trim()));
  return JSON.parse(text);
}

function draw() {
  for (const { name, data, layout } of charts) {
    const figure = coloured({ data, layout });
    const element = document.getElementById(name);
    for (const trace of figure.data) trace.x ??= minutes;
    figure.layout.dragmode = touch.matches ? false : "zoom";
    if (element.layout) figure.layout.xaxis.range = element.layout.xaxis.range;
    Plotly.react(element, figure.data, figure.layout, config);
  }
}

/** One time axis: what is zoomed in one chart is zoomed in all. */
function zoom(range) {
  for (const { name } of charts) Plotly.relayout(name, { "xaxis.range": range });
}

/** Points at the same minute in the other charts. `at` is "2026-11-23 13:00:46.3" or null. */
function point(name, at) {
  const xval = at && Date.parse(`${at.replace(" ", "T")}Z`); // Plotly counts clock times as UTC
  for (const other of charts) {
    if (other.name === name || other.layout.hovermode !== "x unified") continue;
    if (at) Plotly.Fx.hover(other.name, { xval }, "xy", true);
    else Plotly.Fx.unhover(other.name, {}, "xy", true);
  }
}

draw();
for (const { name, layout } of charts) {
  const element = document.getElementById(name);
  element.on("plotly_relayout", (change) => {
    if ("xaxis.range[0]" in change) zoom([change["xaxis.range[0]"], change["xaxis.range[1]"]]);
  });
  if (layout.hovermode === "x unified") {
    element.on("plotly_hover", (event) => point(name, event.xvals[0]));
    element.on("plotly_unhover", () => point(name, null));
  }
  element.on("plotly_doubleclick", () => zoom([...layout.xaxis.range]));
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
touch.addEventListener("change", draw);

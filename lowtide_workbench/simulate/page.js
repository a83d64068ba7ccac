"use strict";
const charts = JSON.parse(document.getElementById("figures").textContent);
const config = { displayModeBar: false, responsive: true };

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
    Plotly.react(name, figure.data, figure.layout, config);
  }
}

draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

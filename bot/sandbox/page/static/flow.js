// A project's flow as a graph, from left to right: datasets and other things, and the recipes between them.

import { html } from "./vendor/htm-preact.js";

const ITEM = { width: 170, height: 34 };
const RECIPE = { width: 30, height: 30 };
const COLUMN = 122;
const ROW = 52;
const MARGIN = 16;
const LONGEST = 19; // characters of a name that fit
const MARKS = { DATASET: "▤", MANAGED_FOLDER: "▣", SAVED_MODEL: "◈", STREAMING_ENDPOINT: "≋", KNOWLEDGE_BANK: "❖" };
const RECIPES = { python: "Py", sql_query: "SQL", shaker: "⚙", prediction_scoring: "◎", prediction_training: "◆" };
const STATE_WORDS = { RUNNING: "running", DONE: "done", FAILED: "failed", ABORTED: "aborted", NOT_STARTED: "waiting" };

/** Nodes with their column and row, and the edges between them. Pure. */
export function layout(project) {
  const nodes = new Map();
  for (const item of project.items) nodes.set(item.id, { id: item.id, kind: "item", item, before: [] });
  for (const recipe of project.recipes) {
    nodes.set(`recipe:${recipe.name}`, { id: `recipe:${recipe.name}`, kind: "recipe", recipe, before: recipe.inputs.filter((id) => nodes.has(id)) });
    for (const output of recipe.outputs) nodes.get(output)?.before.push(`recipe:${recipe.name}`);
  }
  const columnOf = (node, seen = new Set()) => {
    if (node.column !== undefined || seen.has(node.id)) return node.column ?? 0;
    seen.add(node.id);
    node.column = node.before.reduce((most, id) => Math.max(most, columnOf(nodes.get(id), seen) + 1), 0);
    return node.column;
  };
  const columns = [];
  for (const node of nodes.values()) (columns[columnOf(node)] ??= []).push(node);
  for (const column of columns) {
    // Below the average of what leads to it, so that few edges cross.
    column.forEach((node, index) => {
      const rows = node.before.map((id) => nodes.get(id).row).filter((row) => row !== undefined);
      node.wish = rows.length ? rows.reduce((sum, row) => sum + row, 0) / rows.length : index;
    });
    column.sort((one, other) => one.wish - other.wish);
    let next = 0;
    for (const node of column) {
      node.row = Math.max(next, Math.round(node.wish * 2) / 2);
      next = node.row + 1;
    }
  }
  return { nodes: [...nodes.values()], edges: [...nodes.values()].flatMap((node) => node.before.map((id) => [nodes.get(id), node])) };
}

const centerX = (node) => MARGIN + ITEM.width / 2 + node.column * COLUMN;
const centerY = (node) => MARGIN + ITEM.height / 2 + node.row * ROW;
const half = (node) => (node.kind === "item" ? ITEM.width : RECIPE.width) / 2;

export function Flow({ project, states, onItem }) {
  const { nodes, edges } = layout(project);
  const width = Math.max(...nodes.map((node) => centerX(node) + ITEM.width / 2)) + MARGIN;
  const height = Math.max(...nodes.map((node) => centerY(node) + ITEM.height / 2)) + MARGIN;
  return html`<div class="flow" tabindex="0" role="group" aria-label=${`Flow of ${project.key}`} data-testid="flow">
    <svg width=${width} height=${height} viewBox=${`0 0 ${width} ${height}`}>
      ${edges.map(([from, to]) => html`<path class="edge" d=${curve(from, to)} />`)}
      ${nodes.map((node) => (node.kind === "item" ? html`<${Item} node=${node} onItem=${onItem} />` : html`<${Recipe} node=${node} state=${states.get(node.recipe.name)} />`))}
    </svg>
  </div>`;
}

function curve(from, to) {
  const [x1, y1, x2, y2] = [centerX(from) + half(from), centerY(from), centerX(to) - half(to), centerY(to)];
  const middle = (x1 + x2) / 2;
  return `M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}`;
}

function Item({ node, onItem }) {
  const { item } = node;
  const name = item.name.length > LONGEST ? `${item.name.slice(0, LONGEST - 1)}…` : item.name;
  const parts = item.partitions === null ? "" : ` ⊞ ${item.partitions} partitions`;
  const words = `${name}${parts}${name === item.name ? "" : ` (${item.name})`}, ${item.kind.toLowerCase().replaceAll("_", " ")}`;
  const build = item.built ? () => onItem(item) : undefined;
  const keys = (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      build?.();
    }
  };
  return html`<g
    class=${`item item-${item.kind.toLowerCase()}${item.built ? " built" : ""}`}
    transform=${`translate(${centerX(node) - ITEM.width / 2},${centerY(node) - ITEM.height / 2})`}
    role=${build ? "button" : "img"}
    tabindex=${build ? 0 : undefined}
    aria-label=${build ? `${words}: build it as bob` : words}
    onClick=${build}
    onKeyDown=${keys}
  >
    <title>${item.name} (${item.type})</title>
    <rect width=${ITEM.width} height=${ITEM.height} rx="6" />
    <text x="10" y="22">${MARKS[item.kind] ?? "▢"}</text>
    <text x="28" y="22">${name}</text>
    ${item.partitions !== null && html`<text class="partitions" x=${ITEM.width - 8} y="13" text-anchor="end">⊞ ${item.partitions}</text>`}
  </g>`;
}

function Recipe({ node, state }) {
  const { recipe } = node;
  const words = state ? `, ${STATE_WORDS[state.state] ?? state.state}` : "";
  return html`<g class=${`recipe recipe-${(state?.state ?? "idle").toLowerCase()}`} transform=${`translate(${centerX(node)},${centerY(node)})`} role="img" aria-label=${`recipe ${recipe.name}${words}`}>
    <title>${recipe.name} (${recipe.type})${recipe.fails ? ": it has a bug" : ""}${words}</title>
    <circle r=${RECIPE.width / 2} />
    ${state?.state === "RUNNING" && html`<circle class="ring" r=${RECIPE.width / 2} pathLength="100" stroke-dasharray=${`${state.percent} 100`} transform="rotate(-90)" />`}
    <text y="4" text-anchor="middle">${RECIPES[recipe.type] ?? recipe.type.slice(0, 2)}</text>
  </g>`;
}

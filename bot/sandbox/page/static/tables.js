// table, data_table and data_visualization.

import { html, useState } from "./vendor/htm-preact.js";
import { clean } from "./mrkdwn.js";
import { RichText } from "./rich_text.js";

function Cell({ cell }) {
  if (cell.type === "rich_text") return html`<${RichText} block=${cell} />`;
  return clean(cell.text ?? cell.value ?? "");
}

const sortable = (cell) => (cell.type === "raw_number" ? cell.value : String(cell.text ?? "").toLowerCase());

function Table({ block }) {
  const settings = block.column_settings ?? [];
  const align = (column) => `align-${settings[column]?.align ?? "left"}`;
  const [head, ...rows] = block.rows;
  return html`<div class="table-frame" tabindex="0" role="group" aria-label="Table">
    <table>
      <thead><tr>${head.map((cell, column) => html`<th scope="col" class=${align(column)}><${Cell} cell=${cell} /></th>`)}</tr></thead>
      <tbody>
        ${rows.map((row) => html`<tr>${row.map((cell, column) => html`<td class=${align(column)}><${Cell} cell=${cell} /></td>`)}</tr>`)}
      </tbody>
    </table>
  </div>`;
}

/** Sorted, filtered and paged by the client, as in Slack. */
function DataTable({ block }) {
  const [sort, setSort] = useState(null);
  const [filter, setFilter] = useState("");
  const [page, setPage] = useState(0);
  const size = block.page_size ?? 5;
  const [head, ...all] = block.rows;
  const wanted = filter.toLowerCase();
  let rows = all.filter((row) => !wanted || row.some((cell) => String(cell.text ?? cell.value ?? "").toLowerCase().includes(wanted)));
  if (sort) rows = [...rows].sort((one, other) => compare(sortable(one[sort.column]), sortable(other[sort.column])) * sort.way);
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const at = Math.min(page, pages - 1);
  const header = block.row_header_column_index ?? 0;
  const turn = (column) => setSort({ column, way: sort?.column === column ? -sort.way : 1 });
  return html`<div class="data-table">
    <div class="table-tools">
      <strong>${block.caption}</strong>
      <input type="search" aria-label="Filter rows" placeholder="Filter" value=${filter} onInput=${(event) => setFilter(event.target.value)} />
    </div>
    <div class="table-frame" tabindex="0" role="group" aria-label=${block.caption}>
      <table>
        <thead>
          <tr>
            ${head.map((cell, column) => {
              const sorted = sort?.column === column ? (sort.way > 0 ? "ascending" : "descending") : "none";
              const arrow = { ascending: " ↑", descending: " ↓", none: "" }[sorted];
              return html`<th scope="col" aria-sort=${sorted}>
                <button type="button" class="sort" onClick=${() => turn(column)}><${Cell} cell=${cell} />${arrow}</button>
              </th>`;
            })}
          </tr>
        </thead>
        <tbody>
          ${rows.slice(at * size, (at + 1) * size).map(
            (row) =>
              html`<tr>
                ${row.map((cell, column) =>
                  column === header ? html`<th scope="row"><${Cell} cell=${cell} /></th>` : html`<td><${Cell} cell=${cell} /></td>`,
                )}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${pages > 1 &&
    html`<div class="table-tools">
      <button type="button" class="button" disabled=${at === 0} onClick=${() => setPage(at - 1)}>Previous</button>
      <span class="quiet">Page ${at + 1} of ${pages}</span>
      <button type="button" class="button" disabled=${at === pages - 1} onClick=${() => setPage(at + 1)}>Next</button>
    </div>`}
  </div>`;
}

const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

/** The numbers of a chart, as bars and in words. */
function Chart({ block }) {
  const series = block.chart?.series ?? [];
  const points = series.flatMap((one) => (one.data ?? []).map((point) => ({ series: one.name ?? "", ...point })));
  const values = points.map((point) => Number(point.value ?? point.y ?? 0));
  const top = Math.max(1, ...values);
  return html`<figure class="chart">
    <figcaption><strong>${block.title}</strong> <span class="quiet">${block.chart?.type ?? ""}</span></figcaption>
    ${points.map(
      (point, index) =>
        html`<div class="chart-row">
          <span>${clean(point.label ?? point.x ?? point.series)}</span>
          <progress max=${top} value=${values[index]}></progress>
          <span>${values[index]}</span>
        </div>`,
    )}
  </figure>`;
}

export const BLOCK_TABLES = { table: Table, data_table: DataTable, data_visualization: Chart };

// The third tab: what passes between Slack, the bot and DSS, and a message's blocks beside their JSON.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { Blocks } from "./blocks.js";
import { get } from "./control.js";
import { msTime } from "./dates.js";
import { Mrkdwn } from "./mrkdwn.js";
import { channelById, data, messageKey, personById } from "./store.js";
import { go, ui } from "./ui.js";

const FILTERS = [
  ["all", "All"],
  ["slack", "Slack"],
  ["dss", "DSS"],
  ["refused", "Refused"],
];

export function Inspector() {
  return html`<div class="inspector" data-testid="inspector">${ui.inspect ? html`<${MessageInspector} at=${ui.inspect} />` : html`<${Traffic} />`}</div>`;
}

function Traffic() {
  const [filter, setFilter] = useState("all");
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState(null);
  const wanted = words.toLowerCase();
  const rows = [...data.traffic.values()]
    .filter((one) => filter === "all" || one.side === filter || (filter === "refused" && one.ok === false))
    .filter((one) => !wanted || [one.what, one.kind, one.who, named(one.who), one.status, ...one.why].join(" ").toLowerCase().includes(wanted))
    .sort((one, other) => other.number - one.number)
    .slice(0, 300);
  return html`<div class="traffic">
      <div class="table-tools">
        <div role="group" aria-label="Show" class="tabs">
          ${FILTERS.map(([name, label]) => html`<button type="button" class="tab" aria-pressed=${filter === name} data-testid=${`filter-${name}`} onClick=${() => setFilter(name)}>${label}</button>`)}
        </div>
        <input type="search" class="picker" aria-label="Filter by words" placeholder="Filter: chat.update, jobs, alice…" value=${words} onInput=${(event) => setWords(event.target.value)} />
      </div>
      <div class="table-frame" tabindex="0" role="group" aria-label="Traffic">
        <table class="exchanges">
          <thead><tr><th scope="col">Time</th><th scope="col">Way</th><th scope="col">What</th><th scope="col">Who, where</th><th scope="col">Result</th></tr></thead>
          <tbody>
            ${rows.map((one) => html`<${Row} key=${one.number} entry=${one} here=${chosen === one.number} choose=${() => setChosen(one.number)} />`)}
          </tbody>
        </table>
        ${!rows.length && html`<p class="empty">No traffic matches.</p>`}
      </div>
    </div>
    ${chosen !== null && html`<${Detail} key=${chosen} number=${chosen} close=${() => setChosen(null)} />`}`;
}

const ways = (entry) => (entry.side === "dss" ? "bot → DSS" : entry.to_bot ? "Slack → bot" : "bot → Slack");
const named = (who) => personById(who)?.name ?? (channelById(who)?.name ? `#${channelById(who).name}` : who);

function Row({ entry, here, choose }) {
  return html`<tr class=${`${entry.ok === false ? "refused" : ""}${here ? " here" : ""}`} data-testid="exchange">
    <td class="quiet">${msTime(entry.at)}</td>
    <td>${ways(entry)}</td>
    <td>
      <button type="button" class="link-button" onClick=${choose}>${entry.what}</button>
      <span class="quiet"> ${entry.kind}${entry.count > 1 ? ` ×${entry.count}` : ""}</span>
    </td>
    <td>${named(entry.who)}</td>
    <td>
      <span class="result">${entry.status}</span>
      ${entry.seconds !== null && html`<span class="quiet"> ${Math.round(entry.seconds * 1000)} ms</span>`}
      ${entry.why.map((one) => html`<div class="why">${one}</div>`)}
    </td>
  </tr>`;
}

function Detail({ number, close }) {
  const [detail, setDetail] = useState(null);
  const [trouble, setTrouble] = useState("");
  const count = data.traffic.get(number)?.status;
  useEffect(() => {
    get(`traffic/${number}`).then(setDetail, (error) => setTrouble(error.message));
  }, [number, count]);
  const part = (name, value) => value !== undefined && value !== null && html`<h3>${name}</h3><${Json} value=${value} />`;
  return html`<aside class="detail" aria-label="One exchange" data-testid="exchange-detail" onKeyDown=${(event) => event.key === "Escape" && close()}>
    <header class="bar"><h2>${detail?.what ?? "…"}</h2><button type="button" class="tool end" aria-label="Close" onClick=${close}>✕</button></header>
    <div class="detail-body" tabindex="0" role="region" aria-label="JSON">
      ${trouble && html`<p role="alert">${trouble}</p>`}
      ${detail?.why?.length > 0 && html`<div class="alert alert-error">Refused: ${detail.why.join(" · ")}</div>`}
      ${detail && [part("Headers", detail.headers), part("Query", detail.query && Object.keys(detail.query).length ? detail.query : undefined), part("Request", detail.request), part("Answer", detail.answer)]}
    </div>
  </aside>`;
}

export const Json = ({ value }) => html`<pre class="json"><code>${typeof value === "string" ? value : JSON.stringify(value, null, 2)}</code></pre>`;

function MessageInspector({ at }) {
  const [channel, key] = at.split("/");
  const message = [...(data.messages.get(channel)?.values() ?? [])].find((one) => messageKey(one) === key);
  const back = () => go({ tab: "slack", inspect: "" });
  const all = () => go({ inspect: "" });
  return html`<section class="pair" aria-label="A message and its JSON" data-testid="message-inspector">
    <header class="bar">
      <button type="button" class="button" onClick=${back}>← Back to Slack</button>
      <button type="button" class="button" onClick=${all}>All traffic</button>
      ${message && html`<span class="quiet">#${channelById(channel)?.name ?? channel} · ${message.ts} · ${message.blocks.length} blocks · edited ${message.edits} times</span>`}
    </header>
    ${message
      ? html`<div class="pair-body">
          <div class="pair-side" tabindex="0" role="region" aria-label="As Slack shows it">${message.blocks.length ? message.blocks.map((block) => html`<${Pair} block=${block} />`) : html`<${Mrkdwn} text=${message.text} />`}</div>
        </div>
        <details class="whole"><summary>The whole message as JSON</summary><${Json} value=${message} /></details>`
      : html`<p class="empty">That message is gone.</p>`}
  </section>`;
}

const Pair = ({ block }) => html`<div class="pair-row">
  <div class="pair-block"><${Blocks} blocks=${[block]} place=${null} /></div>
  <${Json} value=${block} />
</div>`;

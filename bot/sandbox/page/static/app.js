// The page: its tabs, who is at it, and what lies on top of them.

import { html, render, useEffect, useState } from "./vendor/htm-preact.js";
import { Confirmation, Modals } from "./dialogs.js";
import { Dss } from "./dss.js";
import { Inspector } from "./inspector.js";
import { useChanges } from "./memo.js";
import { conversationsOf, Slack, unread } from "./slack.js";
import { connect, data, personByName } from "./store.js";
import { startTour, Tour } from "./tour.js";
import { dismiss, go, keepValue, kept, notes, ui } from "./ui.js";

const TABS = [
  ["slack", "Slack"],
  ["dss", "DSS"],
  ["traffic", "Traffic"],
];
const THEMES = ["auto", "light", "dark"];
const THEME_MARKS = { auto: "◐", light: "☀", dark: "☾" };

function App() {
  useChanges();
  const person = personByName(ui.as) ?? data.people.find((one) => !one.bot);
  const count = person ? conversationsOf(person).reduce((sum, one) => sum + unread(person, one), 0) : 0;
  useEffect(() => {
    document.title = count ? `(${count}) dss-bot playground` : "dss-bot playground";
  });
  if (!data.people.length) return html`<p class="loading" role="status">${WAITING[data.status] ?? WAITING.connecting}</p>`;
  const covered = Boolean(data.views[person.id]?.length || notes.question);
  return html`<a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <${Top} person=${person} covered=${covered} />
    ${data.status !== "live" && data.status !== "connecting" && html`<div class="banner" role="alert" data-testid="banner">${WAITING[data.status]}</div>`}
    <main id="main" tabindex="-1" data-tab=${ui.tab} inert=${covered}>
      ${ui.tab === "dss" ? html`<${Dss} />` : ui.tab === "traffic" ? html`<${Inspector} />` : html`<${Slack} person=${person} />`}
    </main>
    <${Modals} person=${person} />
    <${Confirmation} />
    <${Notes} />
    <${Tour} />`;
}

const WAITING = {
  connecting: "Connecting to the demo…",
  lost: "The demo doesn't answer. Trying again…",
  ended: "This demo has ended. Start it again, and open the address that it prints.",
};

function skip(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

function Top({ person, covered }) {
  return html`<header class="top" inert=${covered}>
    <h1><img src="icon.svg" alt="" width="24" height="24" /> <span>dss-bot playground</span></h1>
    <nav class="tabs" role="tablist" aria-label="Parts of the playground" data-tour="tabs">
      ${TABS.map(
        ([name, words]) =>
          html`<button type="button" class="tab" role="tab" aria-selected=${ui.tab === name} data-testid=${`tab-${name}`} onClick=${() => go({ tab: name, inspect: "" })}>${words}</button>`,
      )}
    </nav>
    <div class="top-end">
      <label class="person" data-tour="person">
        <span class="sr-only">You are</span>
        <select class="picker" data-testid="person" value=${person.name} onChange=${(event) => become(event.target.value)}>
          ${data.people.filter((one) => !one.bot).map((one) => html`<option value=${one.name}>${one.name}${one.role ? ` · ${one.role}` : ""}</option>`)}
        </select>
      </label>
      <${Theme} />
      <button type="button" class="tool" aria-label="Start the tour" title="Start the tour" data-testid="tour-start" onClick=${startTour}>?</button>
    </div>
  </header>`;
}

/** Become somebody else; stay in the conversation if they have it too. */
function become(name) {
  const has = conversationsOf(personByName(name)).some((one) => one.id === ui.channel);
  go({ as: name, thread: has ? ui.thread : "", channel: has ? ui.channel : "" });
}

function Theme() {
  const [theme, setTheme] = useState(() => kept(localStorage, "theme", "auto"));
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const turn = () => {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    keepValue(localStorage, "theme", next);
    setTheme(next);
  };
  return html`<button type="button" class="tool" aria-label=${`Colors: ${theme}`} title=${`Colors: ${theme}`} data-testid="theme" onClick=${turn}>${THEME_MARKS[theme]}</button>`;
}

const Notes = () =>
  html`<div class="notes" aria-live="polite">
    ${notes.list.map(
      (one) => html`<div key=${one.id} class=${`note note-${one.kind}`} role=${one.kind === "error" ? "alert" : "status"} data-testid="note">
        ${one.text}<button type="button" class="tool" aria-label="Dismiss" onClick=${() => dismiss(one.id)}>✕</button>
      </div>`,
    )}
  </div>`;

document.getElementById("app").textContent = "";
render(html`<${App} />`, document.getElementById("app"));
connect();

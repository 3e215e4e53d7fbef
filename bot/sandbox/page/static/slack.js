// The first tab: a workspace with its channels, a conversation, a thread, and the app's Home.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { Blocks } from "./blocks.js";
import { compose, Composer } from "./composer.js";
import { act } from "./control.js";
import { Avatar, MessageList } from "./messages.js";
import { channelById, channelName, data, messagesOf } from "./store.js";
import { attempt, go, keepValue, kept, ui } from "./ui.js";

const seenKey = (person, channel) => `seen:${person.name}:${channel.id}`;

/** The conversations that a person has: channels, then direct messages with the app. */
export function conversationsOf(person) {
  const mine = data.channels.filter((one) => one.readers.includes(person.id) && !one.archived);
  return [...mine.filter((one) => !one.person), ...mine.filter((one) => one.person === person.id)];
}

/** How many messages a person has not seen: roots, and replies that mention them. */
export function unread(person, channel) {
  const seen = kept(localStorage, seenKey(person, channel), "");
  return messagesOf(channel.id, person.id).filter(
    (one) => one.ts > seen && one.user !== person.id && (one.thread_ts === null || one.broadcast || JSON.stringify(one.text).includes(`<@${person.id}>`)),
  ).length;
}

export function Slack({ person }) {
  const [menu, setMenu] = useState(false);
  const conversations = conversationsOf(person);
  const channel = conversations.find((one) => one.id === ui.channel) ?? conversations[0];
  if (!channel) return html`<p class="empty">${person.name} is in no channel.</p>`;
  const open = (patch) => {
    setMenu(false);
    go({ thread: "", ...patch });
  };
  const home = channel.person && ui.app === "home";
  return html`<div class=${`slack${ui.thread && !home ? " with-thread" : ""}${menu ? " with-menu" : ""}`}>
    <${Sidebar} person=${person} current=${channel} conversations=${conversations} open=${open} />
    <section class="conversation" aria-label=${channel.person ? "dss-bot" : `#${channel.name}`}>
      <header class="bar">
        <button type="button" class="tool narrow-only" aria-label="Channels" aria-expanded=${menu} data-testid="menu" onClick=${() => setMenu(!menu)}>☰</button>
        <h2>${channel.person ? "dss-bot" : html`<span class="hash">#</span>${channel.name}`}</h2>
        ${channel.shared && html`<span class="quiet">shared with another organization</span>`}
        ${channel.person && html`<${AppTabs} open=${open} />`}
      </header>
      ${home ? html`<${Home} person=${person} />` : html`<${Conversation} key=${`${person.id}:${channel.id}`} person=${person} channel=${channel} />`}
    </section>
    ${ui.thread && !home && html`<${Thread} key=${ui.thread} person=${person} channel=${channel} ts=${ui.thread} />`}
  </div>`;
}

function AppTabs({ open }) {
  const tab = (name, words) =>
    html`<button type="button" role="tab" aria-selected=${ui.app === name} class="tab" data-testid=${`app-${name}`} onClick=${() => open({ app: name })}>${words}</button>`;
  return html`<div class="tabs" role="tablist" aria-label="dss-bot">${tab("home", "Home")}${tab("messages", "Messages")}</div>`;
}

function Sidebar({ person, current, conversations, open }) {
  const row = (channel, words, patch, marked) => {
    const here = current.id === channel.id && (!channel.person || ui.app === (patch.app ?? ui.app));
    const count = marked && !here ? unread(person, channel) : 0;
    return html`<button
      type="button"
      class=${`channel${here ? " here" : ""}${count ? " unread" : ""}`}
      aria-current=${here ? "page" : undefined}
      data-testid=${`channel-${channel.person ? `app-${patch.app}` : channel.name}`}
      onClick=${() => open({ channel: channel.id, ...patch })}
    >
      ${words} ${count > 0 && html`<span class="count" aria-label=${`${count} unread`}>${count}</span>`}
    </button>`;
  };
  const channels = conversations.filter((one) => !one.person);
  const apps = conversations.filter((one) => one.person);
  return html`<nav class="sidebar" aria-label="Conversations">
    <div class="workspace"><strong>Sandbox</strong><span class="quiet">as ${person.name}</span></div>
    <h2>Channels</h2>
    ${channels.map((one) => row(one, html`<span class="hash">#</span> ${one.name}`, {}, true))}
    <h2>Apps</h2>
    ${apps.map((one) => html`${row(one, html`<${Avatar} name="dss-bot" bot /> dss-bot`, { app: "messages" }, true)}${row(one, html`<span class="hash">⌂</span> Home`, { app: "home" }, false)}`)}
  </nav>`;
}

function Conversation({ person, channel }) {
  const every = messagesOf(channel.id, person.id);
  const roots = every.filter((one) => one.thread_ts === null || one.broadcast);
  const threads = new Map();
  for (const one of every.filter((each) => each.thread_ts !== null)) threads.set(one.thread_ts, [...(threads.get(one.thread_ts) ?? []), one]);
  const newest = every.at(-1)?.ts ?? "";
  useEffect(() => {
    if (newest && !document.hidden) keepValue(localStorage, seenKey(person, channel), newest);
  });
  const name = channel.person ? "dss-bot" : `#${channel.name}`;
  return html`<${MessageList} messages=${roots} person=${person} threads=${threads} label=${`Messages in ${name}`} testid="messages" />
    ${!roots.length && html`<${Empty} channel=${channel} />`}
    <${Composer} person=${person} channel=${channel} label=${`Message ${name}, or type / for commands`} />`;
}

const Empty = ({ channel }) =>
  html`<div class="empty">
    <p>${channel.person ? "This is where dss-bot writes to you alone." : "Nothing here yet."} Type <kbd>/</kbd> to see the bot's commands, or try one:</p>
    ${data.suggestions.map((one) => html`<button type="button" class="button" data-testid="suggestion" onClick=${() => compose(one)}>${one}</button>`)}
  </div>`;

function Thread({ person, channel, ts }) {
  const every = messagesOf(channel.id, person.id);
  const shown = every.filter((one) => one.ts === ts || one.thread_ts === ts);
  const newest = shown.at(-1)?.ts ?? "";
  useEffect(() => keepValue(localStorage, `thread:${channel.id}:${ts}`, newest), [newest]);
  useEffect(() => {
    // Whoever opened it goes on there, and is back where they were when it closes.
    const before = document.activeElement;
    const opened = before && before !== document.body && innerWidth > 720;
    if (opened) document.querySelector('[data-testid="thread-composer"]')?.focus();
    return () => opened && before.isConnected && before.focus();
  }, []);
  const close = () => go({ thread: "" });
  return html`<aside class="thread" aria-label="Thread" data-testid="thread" onKeyDown=${(event) => event.key === "Escape" && close()}>
    <header class="bar">
      <h2>Thread</h2>
      <span class="quiet">${channelName(channelById(channel.id))}</span>
      <button type="button" class="tool end" aria-label="Close thread" data-testid="thread-close" onClick=${close}>✕</button>
    </header>
    ${!shown.length && html`<p class="quiet gone" role="status">This thread isn't here (any more).</p>`}
    <${MessageList} messages=${shown} person=${person} label="Messages in the thread" testid="thread-messages" />
    <${Composer} person=${person} channel=${channel} threadTs=${ts} label="Reply…" />
  </aside>`;
}

function Home({ person }) {
  useEffect(() => {
    attempt(() => act(person.name, "home"));
  }, [person.id]);
  const view = data.homes[person.id];
  const place = view && { person: person.name, personId: person.id, where: { home: true }, values: view.values };
  return html`<div class="home" data-testid="home" tabindex="0" role="region" aria-label="Home of dss-bot">
    ${view ? html`<${Blocks} blocks=${view.blocks} place=${place} />` : html`<p class="empty" role="status">Opening…</p>`}
  </div>`;
}

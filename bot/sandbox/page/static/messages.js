// A list of messages, with day dividers and what can be done with each message.

import { html, useEffect, useLayoutEffect, useRef, useState } from "./vendor/htm-preact.js";
import { Blocks } from "./blocks.js";
import { act } from "./control.js";
import { clockTime, dayName, fullTime } from "./dates.js";
import { menuKeys } from "./elements.js";
import { emojiNamed } from "./emoji.js";
import { memo } from "./memo.js";
import { Mrkdwn } from "./mrkdwn.js";
import { data, messageKey, personById } from "./store.js";
import { attempt, go, kept, ui } from "./ui.js";

const NEAR = 80; // pixels from the end within which a list stays at its end

/** Messages from old to new; it stays at its end while somebody is there. */
export function MessageList({ messages, person, threads, label, testid }) {
  const box = useRef(null);
  const atEnd = useRef(true);
  const scrolled = () => {
    if (!box.current) return; // it scrolled, and was left before that was said
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
  };
  useLayoutEffect(() => {
    if (atEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  });
  useEffect(() => {
    const watch = new ResizeObserver(() => {
      if (atEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
    });
    if (box.current.firstElementChild) watch.observe(box.current.firstElementChild);
    return () => watch.disconnect();
  }, []);
  let day = "";
  return html`<div class="messages" ref=${box} onScroll=${scrolled} role="log" aria-label=${label} aria-live="polite" tabindex="0" data-testid=${testid}>
    <div class="messages-inner">
      ${messages.map((message) => {
        const divider = dayName(message.ts) === day ? null : html`<div class="day" role="separator"><span>${(day = dayName(message.ts))}</span></div>`;
        const replies = threads?.get(message.ts);
        return html`${divider}
          <${OneMessage}
            key=${messageKey(message)}
            message=${message}
            person=${person}
            last=${replies?.at(-1)}
            fresh=${replies && ui.thread !== message.ts ? replies.at(-1).ts > kept(localStorage, `thread:${message.channel}:${message.ts}`, "") : false}
            replies=${replies?.length ?? 0}
            inThread=${!threads}
          />`;
      })}
    </div>
  </div>`;
}

const OneMessage = memo(function OneMessage({ message, person, replies, last, fresh, inThread }) {
  const author = personById(message.user);
  const name = author?.name ?? (message.user === "USLACKBOT" ? "Slackbot" : message.user);
  const place = { person: person.name, personId: person.id, where: { message: { channel: message.channel, ts: message.ts } } };
  const only = message.to !== null;
  return html`<article
    class=${`message${only ? " ephemeral" : ""}${mentions(message, person) ? " mentioned" : ""}`}
    data-testid="message"
    data-ts=${message.ts}
    data-ephemeral=${String(only)}
    aria-label=${`${name}, ${clockTime(message.ts)}`}
  >
    <${Avatar} name=${name} bot=${message.by_bot} />
    <div class="message-main">
      ${only && html`<div class="only-you">👁 Only visible to you</div>`}
      <div class="message-head">
        <strong class="author">${name}</strong>
        ${message.by_bot && html`<span class="badge">APP</span>`}
        <time class="quiet" title=${fullTime(Number(message.ts))}>${clockTime(message.ts)}</time>
        ${message.edited && html`<span class="quiet edited" title=${`Edited ${message.edits} times`}>(edited)</span>`}
      </div>
      <${Content} message=${message} place=${place} />
      ${message.files.map((file) => html`<${FileCard} key=${file.id} file=${file} />`)}
      <${Reactions} reactions=${message.reactions} />
      ${!inThread && replies > 0 && html`<${ThreadLink} message=${message} replies=${replies} last=${last} fresh=${fresh} />`}
    </div>
    <${Tools} message=${message} person=${person} inThread=${inThread} />
  </article>`;
});

const mentions = (message, person) => message.user !== person.id && JSON.stringify([message.text, message.blocks]).includes(`<@${person.id}>`);

function Content({ message, place }) {
  return html`${message.blocks.length
      ? html`<${Blocks} blocks=${message.blocks} place=${place} />`
      : message.text && html`<${Mrkdwn} text=${message.text} />`}
    ${message.attachments.map(
      (one, index) => html`<div class="attachment" key=${index}>
        ${one.pretext && html`<${Mrkdwn} text=${one.pretext} />`}
        ${one.title && html`<strong>${one.title}</strong>`}
        ${one.blocks ? html`<${Blocks} blocks=${one.blocks} place=${place} />` : one.text && html`<${Mrkdwn} text=${one.text} />`}
      </div>`,
    )}`;
}

export function Avatar({ name, bot }) {
  const hue = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0) * 7, 0) % 6;
  return html`<span class=${`avatar avatar-${bot ? "bot" : hue}`} aria-hidden="true">${bot ? "⬢" : name.slice(0, 1).toUpperCase()}</span>`;
}

function FileCard({ file }) {
  const url = `files/${encodeURIComponent(file.id)}`;
  if (file.type.startsWith("image/")) return html`<figure class="file"><img class="picture" src=${url} alt=${file.title} /><figcaption>${file.title}</figcaption></figure>`;
  return html`<div class="file card" data-testid="file">
    <span aria-hidden="true">📄</span> <a href=${url} target="_blank" rel="noopener">${file.title}</a>
    <span class="quiet"> ${size(file.size)}</span>
    ${file.type === "text/plain" && html`<${FileText} url=${url} />`}
  </div>`;
}

const size = (bytes) => (bytes < 2000 ? `${bytes} bytes` : `${Math.round(bytes / 1024).toLocaleString()} KB`);

function FileText({ url }) {
  const [text, setText] = useState(null);
  const open = async (event) => {
    if (event.target.open && text === null) setText(await (await fetch(url)).text());
  };
  return html`<details onToggle=${open}><summary>Show</summary><pre class="file-text" tabindex="0"><code>${text ?? "…"}</code></pre></details>`;
}

const Reactions = ({ reactions }) =>
  Object.keys(reactions).length > 0 &&
  html`<div class="reactions">
    ${Object.entries(reactions).map(([word, users]) => html`<span class="reaction">${emojiNamed(word)} ${users.length}</span>`)}
  </div>`;

function ThreadLink({ message, replies, last, fresh }) {
  return html`<button type="button" class=${`thread-link${fresh ? " fresh" : ""}`} data-testid="thread-link" onClick=${() => go({ thread: message.ts })}>
    ${fresh && html`<span class="dot" role="img" aria-label="new"></span>`}${replies} ${replies === 1 ? "reply" : "replies"}
    <span class="quiet"> Last at ${clockTime(last.ts)}</span>
  </button>`;
}

function Tools({ message, person, inThread }) {
  const [open, setOpen] = useState(false);
  const shortcut = (one) => {
    setOpen(false);
    attempt(() => act(person.name, "shortcut", { callback_id: one.callback_id, message: { channel: message.channel, ts: message.ts } }));
  };
  const inspect = () => {
    setOpen(false);
    go({ tab: "traffic", inspect: `${message.channel}/${messageKey(message)}` });
  };
  return html`<div class="tools">
    ${!inThread &&
    message.to === null &&
    html`<button type="button" class="tool" aria-label="Reply in thread" title="Reply in thread" onClick=${() => go({ thread: message.ts })}>💬</button>`}
    <span class="menu-anchor">
      <button type="button" class="tool" aria-label="More actions" title="More actions" aria-haspopup="menu" aria-expanded=${open} data-testid="message-menu" onClick=${() => setOpen(!open)}>⋮</button>
      ${open &&
      html`<div class="menu right" role="menu" onKeyDown=${menuKeys(() => setOpen(false))}>
        ${data.shortcuts.filter((one) => one.type === "message").map((one) => html`<button type="button" role="menuitem" data-testid="shortcut" onClick=${() => shortcut(one)}>${one.name} <span class="quiet">dss-bot</span></button>`)}
        <button type="button" role="menuitem" data-testid="inspect" onClick=${inspect}>See its blocks and JSON</button>
      </div>`}
    </span>
  </div>`;
}

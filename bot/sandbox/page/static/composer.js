// Where a person types: messages with mentions, and slash commands with completion.

import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { act, post } from "./control.js";
import { menuKeys } from "./elements.js";
import { data } from "./store.js";
import { attempt, keepValue, kept, note } from "./ui.js";

let made = 0;
const drafts = new Map(); // listeners for texts that others put into a composer, by place

/** Put a text into the composer of the main list, such as a command of the tour. */
export function compose(text) {
  drafts.get("main")?.(text);
}

export function Composer({ person, channel, threadTs, label }) {
  const place = `${person.name}:${channel.id}:${threadTs ?? ""}`;
  const [text, setText] = useState(() => kept(sessionStorage, place, ""));
  const [offers, setOffers] = useState([]);
  const [at, setAt] = useState(-1);
  const [list] = useState(() => `completions-${++made}`);
  const [busy, setBusy] = useState(false);
  const field = useRef(null);
  const asked = useRef(0);

  useEffect(() => setText(kept(sessionStorage, place, "")), [place]);
  useEffect(() => {
    if (threadTs) return undefined;
    drafts.set("main", (given) => {
      write(given);
      field.current.focus();
    });
    return () => drafts.delete("main");
  }, [place]);

  const write = (value) => {
    setText(value);
    keepValue(sessionStorage, place, value);
    complete(value);
  };
  const complete = async (value) => {
    const number = ++asked.current;
    const found = await offersFor(value, Boolean(threadTs));
    if (number === asked.current) {
      setOffers(found);
      setAt(-1);
    }
  };
  const accept = (offer) => {
    write(offer.line);
    field.current.focus();
  };
  const send = async () => {
    const sent = text.trim();
    if (!sent || busy) return;
    if (threadTs && sent.startsWith("/")) {
      note("Slack's commands don't work in threads. Type it in the channel, or mention the bot.", "error");
      return;
    }
    setBusy(true);
    write("");
    setOffers([]);
    const what = sent.startsWith("/") ? "command" : "message";
    const body = { channel: channel.id, text: sent, ...(threadTs ? { thread_ts: threadTs } : {}) };
    if (!(await known(sent)) || !(await attempt(() => act(person.name, what, body)))) write(sent);
    setBusy(false);
    if (!document.querySelector(".dialog")) field.current?.focus();
  };
  const hide = () => {
    asked.current += 1; // what is still on its way comes too late
    setOffers([]);
  };
  const keys = (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (offers.length && step) {
      event.preventDefault();
      setAt((Math.max(at, step > 0 ? -1 : 0) + step + offers.length) % offers.length);
    } else if (offers.length && (event.key === "Tab" || (event.key === "Enter" && at >= 0)) && !event.shiftKey) {
      event.preventDefault();
      accept(offers[Math.max(at, 0)]);
    } else if (event.key === "Escape" && offers.length) {
      event.stopPropagation();
      setOffers([]);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };
  return html`<div class="composer" data-tour=${threadTs ? undefined : "composer"}>
    ${offers.length > 0 &&
    html`<div class="menu listbox completions" role="listbox" id=${list} aria-label="Suggestions" data-testid="completions">
      ${offers.map(
        (offer, index) => html`<div role="option" id=${`${list}-${index}`} aria-selected=${index === at} onMouseDown=${(event) => event.preventDefault()} onClick=${() => accept(offer)}>
          <strong>${offer.label}</strong> <span class="quiet">${offer.about}</span>
        </div>`,
      )}
    </div>`}
    ${!threadTs && html`<${Shortcuts} person=${person} />`}
    <textarea
      ref=${field}
      rows=${Math.min(6, text.split("\n").length)}
      aria-label=${label}
      placeholder=${label}
      aria-controls=${offers.length ? list : undefined}
      aria-autocomplete="list"
      aria-activedescendant=${at >= 0 ? `${list}-${at}` : undefined}
      data-testid=${threadTs ? "thread-composer" : "composer"}
      value=${text}
      onInput=${(event) => write(event.target.value)}
      onKeyDown=${keys}
      onBlur=${hide}
    ></textarea>
    <button type="button" class="button primary" data-testid=${threadTs ? "thread-send" : "send"} disabled=${!text.trim() || busy} onClick=${send}>Send</button>
  </div>`;
}

/** The app's shortcuts for the whole workspace, as in Slack's menu of the lightning bolt. */
function Shortcuts({ person }) {
  const [open, setOpen] = useState(false);
  const menu = useRef(null);
  useEffect(() => {
    if (open) menu.current?.querySelector("button")?.focus();
  }, [open]);
  const every = data.shortcuts.filter((one) => one.type === "global");
  if (!every.length) return null;
  const use = (one) => {
    setOpen(false);
    attempt(() => act(person.name, "shortcut", { callback_id: one.callback_id }));
  };
  return html`<span class="menu-anchor">
    <button type="button" class="tool" aria-label="Shortcuts" title="Shortcuts" aria-haspopup="menu" aria-expanded=${open} data-testid="shortcuts" onClick=${() => setOpen(!open)}>⚡</button>
    ${open &&
    html`<div class="menu above" role="menu" ref=${menu} onKeyDown=${menuKeys(() => setOpen(false))}>
      ${every.map((one) => html`<button type="button" role="menuitem" data-testid="shortcut" onClick=${() => use(one)}>${one.name} <span class="quiet">dss-bot</span></button>`)}
    </div>`}
  </span>`;
}

/** Slack itself refuses commands that no app has. */
async function known(text) {
  const [word] = text.split(/\s/);
  if (!word.startsWith("/") || data.commands.some((one) => one.command === word)) return true;
  note(`${word} isn't a command of this workspace. There are ${data.commands.map((one) => one.command).join(" and ")}.`, "error");
  return false;
}

async function offersFor(text, inThread) {
  const mention = /(^|\s)([@#])([\w-]*)$/.exec(text);
  if (mention) return mentions(text, mention[2], mention[3].toLowerCase());
  if (inThread || !text.startsWith("/")) return [];
  if (!text.includes(" ")) {
    return data.commands
      .filter((one) => one.command.startsWith(text))
      .map((one) => ({ label: one.command, about: `${one.usage_hint} · ${one.description}`, line: `${one.command} ` }));
  }
  try {
    const { words } = await post("complete", { text });
    const before = text.slice(0, text.lastIndexOf(" ") + 1);
    return words
      .filter((word) => before + word !== text)
      .slice(0, 12)
      .map((word) => ({ label: word, about: "", line: before + word + (word.endsWith(".") ? "" : " ") }));
  } catch {
    return [];
  }
}

function mentions(text, mark, typed) {
  const names = mark === "@" ? data.people.map((one) => one.name) : data.channels.filter((one) => !one.person).map((one) => one.name);
  const before = text.slice(0, text.length - typed.length);
  return names.filter((name) => name.startsWith(typed) && name !== typed).map((name) => ({ label: mark + name, about: "", line: `${before}${name} ` }));
}

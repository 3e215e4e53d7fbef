// Links: this demo's DSS and Slack have no pages, so links to them lead to places of this one.

import { html } from "./vendor/htm-preact.js";
import { data } from "./store.js";
import { go } from "./ui.js";

const JOB = /\/projects\/([^/?#]+)\/jobs\/([^/?#]+)/;
const PROJECT = /\/projects\/([^/?#]+)/;
const MESSAGE = /\.slack\.com\/archives\/(\w+)\/p(\d{10})(\d{6})/;

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Where a link leads on this page, or null if it leads outside. */
export function placeOf(url) {
  const message = MESSAGE.exec(url);
  if (message) return { tab: "slack", channel: message[1], thread: rootOf(message[1], `${message[2]}.${message[3]}`), app: "messages" };
  if (!/^https?:\/\/127\.0\.0\.1[:/]/.test(url)) return null;
  const job = JOB.exec(url);
  if (job) return { tab: "dss", project: decoded(job[1]), job: decoded(job[2]) };
  const project = PROJECT.exec(url);
  return project ? { tab: "dss", project: decoded(project[1]), job: "" } : null;
}

function rootOf(channel, ts) {
  const message = [...(data.messages.get(channel)?.values() ?? [])].find((one) => one.ts === ts);
  return message?.thread_ts ?? ts;
}

export const isSafe = (url) => /^(https?:\/\/|mailto:)/i.test(url);

/** A link, or only its text if its scheme isn't one of the web. */
export function Link({ url, children }) {
  if (!isSafe(url)) return html`<span>${children}</span>`;
  const place = placeOf(url);
  if (!place) return html`<a href=${url} target="_blank" rel="noopener noreferrer">${children}</a>`;
  const open = (event) => {
    event.preventDefault();
    go(place);
  };
  return html`<a href=${url} title=${`In this demo: ${url}`} onClick=${open}>${children}</a>`;
}

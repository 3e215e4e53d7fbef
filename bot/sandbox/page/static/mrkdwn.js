// Slack's mrkdwn as elements. Everything ends as a text node: nothing that came over the wire is parsed as HTML.

import { html } from "./vendor/htm-preact.js";
import { dateToken, fullTime } from "./dates.js";
import { emoji } from "./emoji.js";
import { Link } from "./links.js";
import { channelById, personById } from "./store.js";

const FENCE = /```\n?([\s\S]*?)\n?```/g;
const INLINE =
  /`(?<code>[^`\n]+)`|<(?<angle>[^<>\n]+)>|(?<![\w*])\*(?<bold>(?=\S)[^*\n]*\S)\*(?![\w*])|(?<!\w)_(?<italic>(?=\S)[^_\n]*\S)_(?!\w)|(?<!\w)~(?<strike>(?=\S)[^~\n]*\S)~(?!\w)/g;
// Direction marks and control characters could make a text look like another one.
const DISTURBING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

export const clean = (text) => String(text).replace(DISTURBING, "");
const decoded = (text) => clean(text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));

/** A text object of Block Kit. */
export function TextObject({ text }) {
  if (!text) return null;
  return text.type === "mrkdwn" ? html`<${Mrkdwn} text=${text.text} />` : html`<${Plain} text=${text} />`;
}

/** A plain_text object, or a string. */
export function Plain({ text }) {
  const content = typeof text === "string" ? text : text?.text ?? "";
  const shown = typeof text === "object" && text?.emoji === false ? clean(content) : emoji(clean(content));
  return html`<span class="plain">${shown}</span>`;
}

export function Mrkdwn({ text }) {
  const parts = [];
  let start = 0;
  for (const fence of text.matchAll(FENCE)) {
    parts.push(...paragraphs(text.slice(start, fence.index)));
    parts.push(html`<pre><code>${decoded(fence[1])}</code></pre>`);
    start = fence.index + fence[0].length;
  }
  parts.push(...paragraphs(text.slice(start)));
  return html`<div class="mrkdwn">${parts}</div>`;
}

function paragraphs(text) {
  const trimmed = text.replace(/^\n+|\n+$/g, "");
  if (!trimmed) return [];
  const made = [];
  let quote = [];
  const endQuote = () => {
    if (quote.length) made.push(html`<blockquote>${quote.map(line)}</blockquote>`);
    quote = [];
  };
  for (const one of trimmed.split("\n")) {
    if (one.startsWith("&gt;")) {
      quote.push(one.slice(4).trimStart());
    } else {
      endQuote();
      made.push(line(one));
    }
  }
  endQuote();
  return made;
}

const line = (text) => html`<span class="line">${text ? inline(text) : html`<br />`}</span>`;

function inline(text) {
  const parts = [];
  let start = 0;
  for (const found of text.matchAll(INLINE)) {
    parts.push(emoji(decoded(text.slice(start, found.index))));
    parts.push(marked(found.groups));
    start = found.index + found[0].length;
  }
  parts.push(emoji(decoded(text.slice(start))));
  return parts;
}

function marked({ code, angle, bold, italic, strike }) {
  if (code !== undefined) return html`<code>${decoded(code)}</code>`;
  if (angle !== undefined) return bracket(angle);
  if (bold !== undefined) return html`<strong>${inline(bold)}</strong>`;
  if (italic !== undefined) return html`<em>${inline(italic)}</em>`;
  return html`<s>${inline(strike)}</s>`;
}

function bracket(content) {
  const [what, ...labels] = content.split("|");
  const label = decoded(labels.join("|"));
  const rest = what.slice(1);
  if (what[0] === "@") return html`<${Person} id=${rest} label=${label} />`;
  if (what[0] === "#") return html`<span class="mention">#${channelById(rest)?.name ?? (label || rest)}</span>`;
  if (what[0] === "!") return special(rest, label);
  const url = decoded(what);
  return html`<${Link} url=${url}>${label || url.replace(/^mailto:/, "")}</${Link}>`;
}

export function Person({ id, label }) {
  return html`<span class="mention">@${clean(personById(id)?.name ?? (label || id))}</span>`;
}

function special(what, label) {
  const [word, seconds, template, link] = what.split("^");
  if (word === "date" && /^\d+$/.test(seconds ?? "") && template !== undefined) {
    const shown = dateToken(Number(seconds), decoded(template));
    const time = html`<time title=${fullTime(Number(seconds))}>${shown}</time>`;
    return link ? html`<${Link} url=${decoded(link)}>${time}</${Link}>` : time;
  }
  return html`<span class="mention">${label || `@${clean(word)}`}</span>`;
}

// rich_text blocks: lists, quotes, code, and styled text.

import { html } from "./vendor/htm-preact.js";
import { dateToken, fullTime } from "./dates.js";
import { emojiNamed } from "./emoji.js";
import { Link } from "./links.js";
import { clean, Person } from "./mrkdwn.js";
import { channelById } from "./store.js";

export const RichText = ({ block }) => html`<div class="rich-text">${(block.elements ?? []).map(part)}</div>`;

function part(element) {
  switch (element.type) {
    case "rich_text_preformatted":
      return html`<pre><code>${element.elements.map((one) => clean(one.text ?? one.url ?? ""))}</code></pre>`;
    case "rich_text_quote":
      return html`<blockquote>${element.elements.map(inline)}</blockquote>`;
    case "rich_text_list": {
      const items = element.elements.map((one) => html`<li>${one.elements.map(inline)}</li>`);
      const indent = { class: `indent-${Math.min(element.indent ?? 0, 6)}` };
      return element.style === "ordered"
        ? html`<ol start=${(element.offset ?? 0) + 1} ...${indent}>${items}</ol>`
        : html`<ul ...${indent}>${items}</ul>`;
    }
    default:
      return html`<p>${(element.elements ?? []).map(inline)}</p>`;
  }
}

function inline(one) {
  return styled(one.style, plain(one));
}

function plain(one) {
  switch (one.type) {
    case "link":
      return html`<${Link} url=${one.url}>${clean(one.text ?? one.url)}</${Link}>`;
    case "user":
      return html`<${Person} id=${one.user_id} />`;
    case "channel":
      return html`<span class="mention">#${channelById(one.channel_id)?.name ?? one.channel_id}</span>`;
    case "broadcast":
      return html`<span class="mention">@${one.range}</span>`;
    case "usergroup":
      return html`<span class="mention">@${one.usergroup_id}</span>`;
    case "emoji":
      return emojiNamed(one.name);
    case "date":
      return html`<time title=${fullTime(one.timestamp)}>${dateToken(one.timestamp, one.format)}</time>`;
    default:
      return lines(clean(one.text ?? ""));
  }
}

const lines = (text) => text.split("\n").flatMap((one, index) => (index ? [html`<br />`, one] : [one]));

function styled(style = {}, content) {
  let made = content;
  if (style.code) made = html`<code>${made}</code>`;
  if (style.strike) made = html`<s>${made}</s>`;
  if (style.italic) made = html`<em>${made}</em>`;
  if (style.bold) made = html`<strong>${made}</strong>`;
  return made;
}

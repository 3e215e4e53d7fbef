// The `markdown` block: the common part of Markdown, line by line. HTML in it stays text.

import { html } from "./vendor/htm-preact.js";
import { emoji } from "./emoji.js";
import { Link } from "./links.js";
import { clean } from "./mrkdwn.js";

const INLINE =
  /`(?<code>[^`]+)`|\[(?<label>[^\]]*)\]\((?<url>[^)\s]+)\)|\*\*(?<bold>.+?)\*\*|__(?<bold2>.+?)__|(?<![\w*])\*(?<italic>[^*]+)\*|(?<!\w)_(?<italic2>[^_]+)_(?!\w)|~~(?<strike>.+?)~~|(?<bare>https?:\/\/[^\s<>)]+)/g;

export const Markdown = ({ text }) => html`<div class="markdown">${blocks(String(text).split("\n"))}</div>`;

const RULES = [
  { starts: /^```/, take: fence },
  { starts: /^#{1,6}\s/, take: heading },
  { starts: /^\s*(?:[-*+]|\d+[.)])\s/, take: list },
  { starts: /^>/, take: quote },
  { starts: /^\|.*\|\s*$/, take: table },
  { starts: /^(?:---+|\*\*\*+)\s*$/, take: () => [html`<hr />`, 1] },
];

function blocks(lines) {
  const made = [];
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) made.push(html`<p>${joined(paragraph)}</p>`);
    paragraph = [];
  };
  for (let at = 0; at < lines.length; ) {
    const rule = RULES.find((one) => one.starts.test(lines[at]));
    if (rule) {
      flush();
      const [element, taken] = rule.take(lines.slice(at));
      made.push(element);
      at += taken;
      continue;
    }
    if (lines[at].trim()) paragraph.push(lines[at]);
    else flush();
    at += 1;
  }
  flush();
  return made;
}

const joined = (lines) => lines.flatMap((one, index) => (index ? [html`<br />`, ...inline(one)] : inline(one)));

function count(lines, matches) {
  const end = lines.findIndex((one) => !matches(one));
  return end < 0 ? lines.length : end;
}

function fence(lines) {
  const inner = count(lines.slice(1), (one) => !one.startsWith("```"));
  return [html`<pre><code>${clean(lines.slice(1, 1 + inner).join("\n"))}</code></pre>`, inner + 2];
}

function heading(lines) {
  const [, marks, text] = /^(#+)\s+(.*)$/.exec(lines[0]) ?? [null, "#", lines[0]];
  return [html`<div class="header" role="heading" aria-level=${Math.min(6, marks.length + 2)}>${inline(text)}</div>`, 1];
}

function list(lines) {
  const taken = Math.max(1, count(lines, (one) => /^\s*(?:[-*+]|\d+[.)])\s/.test(one)));
  const items = lines.slice(0, taken).map((one) => {
    const [, space, text] = /^(\s*)(?:[-*+]|\d+[.)])\s+(.*)$/.exec(one) ?? [null, "", one];
    return html`<li class=${`indent-${Math.min(6, Math.floor(space.length / 2))}`}>${inline(text)}</li>`;
  });
  return [/^\s*\d/.test(lines[0]) ? html`<ol>${items}</ol>` : html`<ul>${items}</ul>`, taken];
}

function quote(lines) {
  const taken = count(lines, (one) => one.startsWith(">"));
  return [html`<blockquote>${joined(lines.slice(0, taken).map((one) => one.replace(/^>\s?/, "")))}</blockquote>`, taken];
}

function table(lines) {
  const taken = count(lines, (one) => /^\|.*\|\s*$/.test(one));
  const rows = lines.slice(0, taken).map((one) => one.trim().slice(1, -1).split("|").map((cell) => cell.trim()));
  const body = rows.filter((cells) => !cells.every((cell) => /^:?-+:?$/.test(cell)));
  const [head, ...rest] = body;
  return [
    html`<table>
      <thead><tr>${head.map((cell) => html`<th scope="col">${inline(cell)}</th>`)}</tr></thead>
      <tbody>${rest.map((cells) => html`<tr>${cells.map((cell) => html`<td>${inline(cell)}</td>`)}</tr>`)}</tbody>
    </table>`,
    taken,
  ];
}

function inline(text) {
  const parts = [];
  let start = 0;
  for (const found of text.matchAll(INLINE)) {
    parts.push(emoji(clean(text.slice(start, found.index))));
    parts.push(marked(found.groups));
    start = found.index + found[0].length;
  }
  parts.push(emoji(clean(text.slice(start))));
  return parts;
}

function marked({ code, label, url, bold, bold2, italic, italic2, strike, bare }) {
  if (code !== undefined) return html`<code>${clean(code)}</code>`;
  if (url !== undefined) return html`<${Link} url=${url}>${clean(label || url)}</${Link}>`;
  if (bare !== undefined) return html`<${Link} url=${bare}>${clean(bare)}</${Link}>`;
  if (bold ?? bold2) return html`<strong>${inline(bold ?? bold2)}</strong>`;
  if (italic ?? italic2) return html`<em>${inline(italic ?? italic2)}</em>`;
  return html`<s>${inline(strike)}</s>`;
}

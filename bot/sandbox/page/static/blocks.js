// Block Kit as elements: the blocks. Each interactive element is in elements.js.

import { html, useState } from "./vendor/htm-preact.js";
import { BLOCK_TABLES } from "./tables.js";
import { Element } from "./elements.js";
import { Input } from "./inputs.js";
import { Link } from "./links.js";
import { Markdown } from "./markdown.js";
import { Plain, TextObject } from "./mrkdwn.js";
import { Picture } from "./pictures.js";
import { RichText } from "./rich_text.js";

/**
 * A list of blocks.
 *
 * `place` says where they are, for their elements: {person, where, values, errors, drafts, setDraft}.
 */
export function Blocks({ blocks, place }) {
  const keys = keysOf(blocks);
  return html`<div class="blocks">
    ${blocks.map((block, index) => html`<${Block} key=${keys[index]} block=${block} place=${place} />`)}
  </div>`;
}

/**
 * What tells a block of one version from those of the next, so that an edit keeps the focus and what is unfolded. Slack gives
 * new ids with each edit to all blocks that the app didn't name; an input has its id from the app.
 */
function keysOf(blocks) {
  const counts = {};
  return blocks.map((block) => {
    if (block.type === "input") return block.block_id;
    counts[block.type] = (counts[block.type] ?? 0) + 1;
    return `${block.type}:${counts[block.type]}`;
  });
}

function Block({ block, place }) {
  const Draw = DRAW[block.type] ?? Unknown;
  return html`<div class=${`block block-${block.type}`} data-block-type=${block.type}>
    <${Draw} block=${block} place=${place} />
  </div>`;
}

const Unknown = ({ block }) => html`<p class="unknown">This page can't draw a block of type <code>${block.type}</code>.</p>`;

function Section({ block, place }) {
  return html`<div class="section-body">
      ${block.text && html`<div class="section-text"><${Folded} text=${block.text} expand=${block.expand} /></div>`}
      ${block.fields &&
      html`<div class="fields">${block.fields.map((field) => html`<div class="field"><${TextObject} text=${field} /></div>`)}</div>`}
    </div>
    ${block.accessory && html`<div class="accessory"><${Element} element=${block.accessory} block=${block} place=${place} /></div>`}`;
}

const LONG = 700;
const LINES = 14;

/** A long text, which Slack folds behind "See more". */
function Folded({ text, expand }) {
  const [open, setOpen] = useState(false);
  const long = !expand && (text.text.length > LONG || text.text.split("\n").length > LINES);
  if (!long) return html`<${TextObject} text=${text} />`;
  return html`<div class=${open ? "" : "folded"}><${TextObject} text=${text} /></div>
    <button type="button" class="link-button" aria-expanded=${open} onClick=${() => setOpen(!open)}>
      ${open ? "See less" : "See more"}
    </button>`;
}

const Header = ({ block }) => {
  const level = Math.min(6, (block.level ?? 1) + 2);
  return html`<div class="header" role="heading" aria-level=${level}><${Plain} text=${block.text} /></div>`;
};

const Context = ({ block }) =>
  html`<div class="context">
    ${block.elements.map((one) =>
      one.type === "image" ? html`<${Picture} image=${one} small />` : html`<span class="context-item"><${TextObject} text=${one} /></span>`,
    )}
  </div>`;

const Actions = ({ block, place }) =>
  html`<div class="actions">
    ${block.elements.map(
      (one, index) => html`<${Element} key=${one.action_id ?? index} element=${one} block=${block} place=${place} />`,
    )}
  </div>`;

const ImageBlock = ({ block }) =>
  html`<figure>
    ${block.title && html`<figcaption><${Plain} text=${block.title} /></figcaption>`}
    <${Picture} image=${block} />
  </figure>`;

const Video = ({ block }) =>
  html`<div class="card">
    <strong><${Plain} text=${block.title} /></strong>
    ${block.description && html`<p><${Plain} text=${block.description} /></p>`}
    <${Link} url=${block.title_url ?? block.video_url}>▶ ${block.alt_text}</${Link}>
  </div>`;

const Alert = ({ block }) =>
  html`<div class=${`alert alert-${block.level ?? "default"}`} role=${block.level === "error" ? "alert" : "status"}>
    <${TextObject} text=${block.text} />
  </div>`;

// -- tasks

const STATES = {
  pending: ["○", "waiting"],
  in_progress: ["◐", "in progress"],
  complete: ["✓", "complete"],
  error: ["✕", "error"],
};

function Task({ block: task }) {
  const [mark, words] = STATES[task.status] ?? ["○", task.status];
  const more = task.details || task.output || task.sources?.length;
  const title = html`<span class="task-mark" role="img" aria-label=${words}>${mark}</span><span>${task.title}</span>`;
  const body = html`<div class="task-body">
    ${task.details && html`<${RichText} block=${task.details} />`}
    ${task.output && html`<div class="task-output"><${RichText} block=${task.output} /></div>`}
    ${task.sources?.map((source) => html`<${Link} url=${source.url}>${source.text}</${Link}> `)}
  </div>`;
  return html`<div class=${`task task-${task.status}`}>
    ${more ? html`<details open=${task.status !== "complete"}><summary>${title}</summary>${body}</details>` : html`<div class="task-title">${title}</div>`}
  </div>`;
}

function Plan({ block }) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter((task) => task.status === "complete").length;
  return html`<details class="plan" open>
    <summary><strong>${block.title}</strong> <span class="quiet">${done} of ${tasks.length}</span></summary>
    ${tasks.map((task) => html`<${Task} key=${task.task_id} block=${task} />`)}
  </details>`;
}

// -- cards and containers

const Card = ({ block: card, place }) =>
  html`<div class="card">
    ${card.hero_image && html`<${Picture} image=${card.hero_image} />`}
    ${card.title && html`<strong><${TextObject} text=${card.title} /></strong>`}
    ${card.subtitle && html`<div class="quiet"><${TextObject} text=${card.subtitle} /></div>`}
    ${card.body && html`<${TextObject} text=${card.body} />`}
    ${card.subtext && html`<div class="quiet"><${TextObject} text=${card.subtext} /></div>`}
    ${card.actions && html`<${Actions} block=${{ ...card, elements: card.actions }} place=${place} />`}
  </div>`;

const Carousel = ({ block, place }) =>
  html`<div class="carousel" tabindex="0" role="group" aria-label="Cards">
    ${block.elements.map((card, index) => html`<${Card} key=${card.block_id ?? index} block=${card} place=${place} />`)}
  </div>`;

function Container({ block, place }) {
  const title = html`<span class="container-title">
      ${block.rich_text_title ? html`<${RichText} block=${block.rich_text_title} />` : html`<strong><${Plain} text=${block.title} /></strong>`}
    </span>
    ${block.subtitle && html`<span class="quiet"><${TextObject} text=${block.subtitle} /></span>`}`;
  const body = html`<${Blocks} blocks=${block.child_blocks} place=${place} />`;
  const name = `container container-${block.width ?? "standard"}`;
  return block.is_collapsible
    ? html`<details class=${name} open=${!block.default_collapsed}><summary>${title}</summary>${body}</details>`
    : html`<div class=${name}><div class=${block.has_header_divider ? "container-head divided" : "container-head"}>${title}</div>${body}</div>`;
}

const FileBlock = ({ block }) => html`<div class="card">📄 ${block.external_id}</div>`;

const MarkdownBlock = ({ block }) => html`<${Markdown} text=${block.text} />`;

const DRAW = {
  section: Section,
  header: Header,
  divider: () => html`<hr />`,
  context: Context,
  actions: Actions,
  context_actions: Actions,
  image: ImageBlock,
  input: Input,
  rich_text: RichText,
  markdown: MarkdownBlock,
  video: Video,
  file: FileBlock,
  alert: Alert,
  task_card: Task,
  plan: Plan,
  card: Card,
  carousel: Carousel,
  container: Container,
  ...BLOCK_TABLES,
};

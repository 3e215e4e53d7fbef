// Interactive elements outside inputs: what they show, and what pressing or choosing sends.

import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { act } from "./control.js";
import { isSafe, placeOf } from "./links.js";
import { Plain } from "./mrkdwn.js";
import { Picker, PICKERS } from "./pickers.js";
import { Picture } from "./pictures.js";
import { ask, attempt, go, note } from "./ui.js";

export function Element({ element, block, place }) {
  if (element.type === "image") return html`<${Picture} image=${element} />`;
  if (element.type === "overflow") return html`<${Overflow} element=${element} block=${block} place=${place} />`;
  if (element.type === "feedback_buttons") return html`<${Feedback} element=${element} block=${block} place=${place} />`;
  if (PICKERS.has(element.type)) return html`<${Choice} element=${element} block=${block} place=${place} />`;
  return html`<${Button} element=${element} block=${block} place=${place} />`;
}

/** Whether the person wants it, if the element asks that first. */
async function confirmed(place, element) {
  if (!place) {
    note("This is only a picture of the message.");
    return false;
  }
  return !element.confirm || (await ask(element.confirm));
}

/** Ask first if the element wants that, then do it; a press that is refused says why. */
async function interact(place, element, what, body) {
  return (await confirmed(place, element)) && send(place, element, what, body);
}

function send(place, element, what, body) {
  return attempt(() => act(place.person, what, { ...place.where, action_id: element.action_id, ...body }));
}

function Button({ element, block, place }) {
  const [busy, setBusy] = useState(false);
  const label = element.text?.text ?? element.icon ?? "Button";
  const visible = element.visible_to_user_ids;
  if (visible && place && !visible.includes(place.personId)) return null;
  const press = async () => {
    if (busy || !(await confirmed(place, element))) return;
    setBusy(true); // not `disabled`, which would lose the focus
    const value = element.value === undefined ? {} : { value: element.value };
    const done = await send(place, element, "press", { block_id: block.block_id, ...value });
    if (done && element.url) follow(element.url);
    setBusy(false);
  };
  return html`<button
    type="button"
    class=${`button ${element.style ?? ""}`}
    data-testid="block-button"
    data-action-id=${element.action_id}
    aria-label=${element.accessibility_label ?? undefined}
    aria-busy=${busy}
    aria-disabled=${busy}
    onClick=${press}
  >
    ${element.type === "icon_button" ? html`<span aria-hidden="true">${element.icon === "trash" ? "🗑" : "●"}</span> ` : ""}
    <${Plain} text=${element.text ?? label} />
    ${element.url ? html`<span aria-hidden="true"> ↗</span>` : ""}
  </button>`;
}

function follow(url) {
  const target = placeOf(url);
  if (target) go(target);
  else if (isSafe(url)) window.open(url, "_blank", "noopener,noreferrer");
}

function Feedback({ element, block, place }) {
  const one = (button, mark) =>
    html`<button
      type="button"
      class="button"
      aria-label=${button.accessibility_label ?? button.text.text}
      onClick=${() => interact(place, element, "press", { block_id: block.block_id, value: button.value })}
    >
      ${mark} <${Plain} text=${button.text} />
    </button>`;
  return html`<span class="feedback">${one(element.positive_button, "👍")}${one(element.negative_button, "👎")}</span>`;
}

/** A menu, a picker, or a set of boxes in a message or outside an input: choosing sends it at once. */
function Choice({ element, block, place }) {
  const [busy, setBusy] = useState(false);
  const [version, setVersion] = useState(0);
  const choose = async (choice) => {
    setBusy(true);
    const done = await interact(place, element, "select", { block_id: block.block_id, choice });
    setBusy(false);
    if (!done) setVersion(version + 1); // back to what was chosen before
  };
  const stored = place?.values?.[block.block_id]?.[element.action_id];
  return html`<${Picker}
    key=${version}
    element=${element}
    block=${block}
    place=${place}
    stored=${stored}
    busy=${busy}
    onChoose=${choose}
  />`;
}

function Overflow({ element, block, place }) {
  const [open, setOpen] = useState(false);
  const menu = useRef(null);
  useEffect(() => {
    if (open) menu.current?.querySelector("button")?.focus();
  }, [open]);
  const choose = (option) => {
    setOpen(false);
    if (option.url) follow(option.url);
    interact(place, element, "select", { block_id: block.block_id, choice: option });
  };
  return html`<span class="menu-anchor">
    <button type="button" class="button" aria-haspopup="menu" aria-expanded=${open} aria-label="More actions" onClick=${() => setOpen(!open)}>⋯</button>
    ${open &&
    html`<div class="menu" role="menu" ref=${menu} onKeyDown=${menuKeys(() => setOpen(false))}>
      ${element.options.map(
        (option) => html`<button type="button" role="menuitem" onClick=${() => choose(option)}><${Plain} text=${option.text} /></button>`,
      )}
    </div>`}
  </span>`;
}

/** Arrow keys move in a menu, Escape closes it and returns to its button. */
export function menuKeys(close) {
  return (event) => {
    const items = [...event.currentTarget.querySelectorAll("button, a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const at = items.indexOf(document.activeElement);
      items[(at + step + items.length) % items.length]?.focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.stopPropagation();
      event.currentTarget.parentElement.querySelector("button")?.focus();
      close();
    }
  };
}

// The `input` block: a label, an element, a hint, and an error. What is typed is a draft until the dialog is sent.

import { html } from "./vendor/htm-preact.js";
import { act } from "./control.js";
import { Plain } from "./mrkdwn.js";
import { Picker, PICKERS } from "./pickers.js";
import { attempt } from "./ui.js";

const TYPES = { number_input: "number", email_text_input: "email", url_text_input: "url" };

export function Input({ block, place }) {
  const { element } = block;
  const id = `input-${block.block_id}`;
  const error = place?.errors?.[block.block_id];
  const described = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  const draft = place?.drafts?.[block.block_id];
  const change = (choice, { send = true } = {}) => {
    place?.setDraft(block.block_id, choice);
    if (block.dispatch_action && send) dispatch(place, element, block, choice);
  };
  const shared = { id, describedBy: described, invalid: Boolean(error) };
  return html`<div class=${error ? "input invalid" : "input"} data-testid="input" data-block-id=${block.block_id}>
    <label for=${id} id=${`${id}-label`}><${Plain} text=${block.label} />${block.optional && html`<span class="quiet"> (optional)</span>`}</label>
    ${PICKERS.has(element.type)
      ? html`<${Picker} ...${shared} element=${element} block=${block} place=${place} stored=${asStored(element, draft, place?.values?.[block.block_id]?.[element.action_id])} onChoose=${change} />`
      : html`<${TextInput} ...${shared} element=${element} block=${block} place=${place} draft=${draft} onType=${change} />`}
    ${error && html`<div class="field-error" id=${`${id}-error`} role="alert">${error}</div>`}
    ${block.hint && html`<div class="hint" id=${`${id}-hint`}><${Plain} text=${block.hint} /></div>`}
  </div>`;
}

const dispatch = (place, element, block, choice) =>
  attempt(() => act(place.person, "select", { ...place.where, action_id: element.action_id, block_id: block.block_id, choice }));

/** A draft in the form in which the server keeps what was chosen. */
function asStored(element, draft, stored) {
  if (draft === undefined) return stored;
  const entity = /^(multi_)?(users|conversations|channels)_select$/.exec(element.type);
  if (entity) return { [`selected_${entity[1] ? entity[2] : entity[2].replace(/s$/, "")}`]: draft ?? (entity[1] ? [] : null) };
  if (element.type === "datepicker") return { selected_date: draft };
  if (element.type === "timepicker") return { selected_time: draft };
  if (element.type === "datetimepicker") return { selected_date_time: draft };
  return element.type.startsWith("multi_") || element.type === "checkboxes" ? { selected_options: draft ?? [] } : { selected_option: draft };
}

function TextInput({ element, block, place, id, describedBy, invalid, draft, onType }) {
  const stored = place?.values?.[block.block_id]?.[element.action_id]?.value;
  const value = draft ?? stored ?? (typeof element.initial_value === "string" ? element.initial_value : "") ?? "";
  const on = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const type = (event) => onType(event.target.value, { send: on.includes("on_character_entered") });
  const enter = (event) => {
    if (event.key === "Enter" && block.dispatch_action && on.includes("on_enter_pressed")) {
      event.preventDefault();
      onType(event.target.value, { send: true });
    }
  };
  const shared = {
    id,
    class: "text-input",
    "aria-describedby": describedBy,
    "aria-invalid": invalid,
    "aria-required": !block.optional,
    "data-action-id": element.action_id,
    placeholder: element.placeholder?.text,
    maxlength: element.max_length ?? 3000,
    value,
    onInput: type,
    onKeyDown: enter,
  };
  if (element.type === "file_input") return html`<p class="quiet">Files can't be chosen on this page.</p>`;
  if (element.multiline || element.type === "rich_text_input") return html`<textarea rows="4" ...${shared}></textarea>`;
  return html`<input type=${TYPES[element.type] ?? "text"} step=${element.is_decimal_allowed ? "any" : undefined} autocomplete="off" ...${shared} />`;
}

/** The errors that Slack's client finds itself, by block id. */
export function clientErrors(blocks, values, drafts) {
  const errors = {};
  for (const block of blocks.filter((one) => one.type === "input")) {
    const { element } = block;
    const entry = { ...values?.[block.block_id]?.[element.action_id], ...asEntry(element, drafts[block.block_id]) };
    delete entry.type;
    const content = Object.values(entry).find((one) => one !== null && one !== undefined && one !== "" && !(Array.isArray(one) && !one.length));
    if (content === undefined) {
      if (!block.optional) errors[block.block_id] = "Please complete this required field.";
    } else if (typeof content === "string" && content.length < (element.min_length ?? 0)) {
      errors[block.block_id] = `Please write at least ${element.min_length} characters.`;
    }
  }
  return errors;
}

function asEntry(element, draft) {
  if (draft === undefined) return {};
  return PICKERS.has(element.type) ? asStored(element, draft, {}) : { value: draft };
}

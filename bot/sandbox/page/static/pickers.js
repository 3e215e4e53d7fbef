// Menus, pickers and boxes, for inputs and outside them: they show a choice and report a new one.

import { html } from "./vendor/htm-preact.js";
import { Combobox } from "./combobox.js";
import { Plain } from "./mrkdwn.js";
import { entities, optionsOf } from "./options.js";

const DATES = { datepicker: ["date", "selected_date", "initial_date"], timepicker: ["time", "selected_time", "initial_time"] };
const ENTITIES = new Set(["users_select", "conversations_select", "channels_select"]);

export const PICKERS = new Set([
  ...["static_select", "external_select", "multi_static_select", "multi_external_select", "radio_buttons", "checkboxes"],
  ...[...ENTITIES, ...[...ENTITIES].map((one) => `multi_${one}`)],
  ...["datepicker", "timepicker", "datetimepicker"],
]);

const sameOption = (one, other) => one && other && one.value === other.value;

/** `stored` is the entry of `state.values`; `onChoose` gets what the control interface takes as a choice. */
export function Picker({ element, block, place, stored, id, describedBy, invalid, busy, onChoose }) {
  const shared = { id, "aria-describedby": describedBy, "aria-invalid": invalid, disabled: busy, "data-action-id": element.action_id };
  const label = id ? {} : { "aria-label": element.placeholder?.text ?? "Choose" };
  const kind = element.type;
  if (kind === "radio_buttons" || kind === "checkboxes") return html`<${Boxes} element=${element} block=${block} stored=${stored} shared=${shared} onChoose=${onChoose} />`;
  if (kind in DATES) {
    const [type, chosen, initial] = DATES[kind];
    const value = stored?.[chosen] ?? element[initial] ?? "";
    return html`<input type=${type} class="picker" ...${shared} ...${label} value=${value} onChange=${(event) => onChoose(event.target.value || null)} />`;
  }
  if (kind === "datetimepicker") {
    const seconds = stored?.selected_date_time ?? element.initial_date_time;
    return html`<input type="datetime-local" class="picker" ...${shared} ...${label} value=${seconds ? localTime(seconds) : ""}
      onChange=${(event) => onChoose(event.target.value ? Math.round(new Date(event.target.value).getTime() / 1000) : null)} />`;
  }
  if (kind === "static_select") return html`<${StaticSelect} element=${element} stored=${stored} shared=${{ ...shared, ...label }} onChoose=${onChoose} />`;
  if (ENTITIES.has(kind)) return html`<${EntitySelect} element=${element} stored=${stored} shared=${{ ...shared, ...label }} onChoose=${onChoose} />`;
  return html`<${Combobox} element=${element} block=${block} place=${place} stored=${stored} shared=${{ ...shared, ...label }} onChoose=${onChoose} />`;
}

function localTime(seconds) {
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

function StaticSelect({ element, stored, shared, onChoose }) {
  const every = optionsOf(element);
  const current = stored?.selected_option ?? element.initial_option;
  const at = every.findIndex((option) => sameOption(option, current));
  const item = (option) => html`<option value=${every.indexOf(option)}>${option.text.text}</option>`;
  const groups = element.option_groups?.map((group) => html`<optgroup label=${group.label.text}>${group.options.map(item)}</optgroup>`);
  const choose = (event) => event.target.value !== "" && onChoose(every[Number(event.target.value)]);
  return html`<select class="picker" ...${shared} value=${at < 0 ? "" : String(at)} onChange=${choose}>
    ${at < 0 && html`<option value="" disabled selected>${element.placeholder?.text ?? "Choose"}</option>`}
    ${groups ?? every.map(item)}
  </select>`;
}

function EntitySelect({ element, stored, shared, onChoose }) {
  const what = element.type.split("_")[0].replace(/s$/, "");
  const current = stored?.[`selected_${what}`] ?? element[`initial_${what}`] ?? "";
  return html`<select class="picker" ...${shared} value=${current} onChange=${(event) => onChoose(event.target.value)}>
    ${!current && html`<option value="" disabled selected>${element.placeholder?.text ?? "Choose"}</option>`}
    ${entities(element.type).map((one) => html`<option value=${one.value}>${one.text.text}</option>`)}
  </select>`;
}

function Boxes({ element, block, stored, shared, onChoose }) {
  const many = element.type === "checkboxes";
  const chosen = many ? stored?.selected_options ?? element.initial_options ?? [] : [stored?.selected_option ?? element.initial_option];
  const has = (option) => chosen.some((one) => sameOption(one, option));
  const turn = (option) => {
    if (!many) return onChoose(option);
    return onChoose(has(option) ? chosen.filter((one) => !sameOption(one, option)) : [...chosen, option]);
  };
  const name = `${block.block_id}-${element.action_id}`;
  return html`<div class="boxes" role=${many ? "group" : "radiogroup"} id=${shared.id} aria-labelledby=${shared.id && `${shared.id}-label`} aria-describedby=${shared["aria-describedby"]}>
    ${element.options.map(
      (option) => html`<label class="box">
        <input type=${many ? "checkbox" : "radio"} name=${name} checked=${has(option)} disabled=${shared.disabled} onChange=${() => turn(option)} />
        <span><${Plain} text=${option.text} />${option.description && html`<span class="quiet"> ${option.description.text}</span>`}</span>
      </label>`,
    )}
  </div>`;
}

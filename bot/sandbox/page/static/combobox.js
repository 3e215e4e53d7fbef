// A field with suggestions: menus whose options come from the app, and menus in which several can be chosen.

import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { act } from "./control.js";
import { entities, optionsOf } from "./options.js";

const TYPING_MS = 200;
let made = 0;

function chosenOf(element, stored) {
  if (element.type === "external_select") return [stored?.selected_option ?? element.initial_option].filter(Boolean);
  if (element.type.includes("static") || element.type.includes("external")) return stored?.selected_options ?? element.initial_options ?? [];
  const name = `${element.type.split("_")[1]}`; // users, conversations, channels
  const ids = stored?.[`selected_${name}`] ?? element[`initial_${name}`] ?? [];
  return entities(element.type).filter((one) => ids.includes(one.value));
}

export function Combobox({ element, block, place, stored, shared, onChoose }) {
  const [list] = useState(() => `options-${++made}`);
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState(false);
  const [found, setFound] = useState({ options: [], note: "" });
  const [at, setAt] = useState(0);
  const asked = useRef(0);
  const many = element.type.startsWith("multi_");
  const external = element.type.includes("external");
  const chosen = chosenOf(element, stored);

  useEffect(() => {
    if (!open) return undefined;
    const number = ++asked.current;
    const timer = setTimeout(async () => {
      const result = await lookUp(element, block, place, typed);
      if (number === asked.current) {
        setFound(result);
        setAt(0);
      }
    }, external ? TYPING_MS : 0);
    return () => clearTimeout(timer);
  }, [open, typed]);

  const report = (options) => {
    if (!many) return onChoose(options[0] ?? null);
    return onChoose(element.type.includes("static") || external ? options : options.map((one) => one.value));
  };
  const choose = (option) => {
    setTyped("");
    setOpen(false);
    report(many ? [...chosen.filter((one) => one.value !== option.value), option] : [option]);
  };
  const keys = (event) => {
    if (event.key === "Escape" && open) {
      event.stopPropagation();
      setOpen(false);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt((at + step + found.options.length) % Math.max(1, found.options.length));
    } else if (event.key === "Enter" && open && found.options[at]) {
      event.preventDefault();
      choose(found.options[at]);
    } else if (event.key === "Backspace" && !typed && chosen.length) {
      report(chosen.slice(0, -1));
    }
  };
  const single = !many && chosen[0] && !open ? chosen[0].text.text : typed;
  return html`<div class="combobox">
    ${many &&
    chosen.map(
      (one) => html`<span class="chip">
        ${one.text.text}
        <button type="button" aria-label=${`Remove ${one.text.text}`} onClick=${() => report(chosen.filter((other) => other.value !== one.value))}>×</button>
      </span>`,
    )}
    <input
      type="text"
      class="picker"
      role="combobox"
      autocomplete="off"
      aria-expanded=${open}
      aria-controls=${list}
      aria-autocomplete="list"
      aria-activedescendant=${open && found.options[at] ? `${list}-${at}` : undefined}
      ...${shared}
      placeholder=${element.placeholder?.text ?? "Type to search"}
      value=${single}
      onClick=${() => setOpen(true)}
      onBlur=${() => setOpen(false)}
      onInput=${(event) => {
        setTyped(event.target.value);
        setOpen(true);
      }}
      onKeyDown=${keys}
    />
    ${open &&
    html`<div class="menu listbox" role="listbox" id=${list}>
      ${found.options.map(
        (option, index) => html`<div
          role="option"
          id=${`${list}-${index}`}
          aria-selected=${index === at}
          onMouseDown=${(event) => event.preventDefault()}
          onClick=${() => choose(option)}
        >
          ${option.text.text}${option.description && html`<span class="quiet"> ${option.description.text}</span>`}
        </div>`,
      )}
      ${!found.options.length && html`<div class="quiet" role="status">${found.note || "…"}</div>`}
    </div>`}
  </div>`;
}

async function lookUp(element, block, place, typed) {
  if (!element.type.includes("external")) {
    const wanted = typed.toLowerCase();
    const every = element.type.includes("static") ? optionsOf(element) : entities(element.type);
    const options = every.filter((one) => one.text.text.toLowerCase().includes(wanted));
    return { options, note: options.length ? "" : "No results" };
  }
  const least = element.min_query_length ?? 3;
  if (typed.length < least) return { options: [], note: `Type at least ${least} characters` };
  if (!place) return { options: [], note: "" };
  try {
    const outcome = await act(place.person, "suggest", { ...place.where, action_id: element.action_id, block_id: block.block_id, typed });
    if (outcome.error) return { options: [], note: "No results: the app didn't answer in time" };
    const options = outcome.answer?.options ?? (outcome.answer?.option_groups ?? []).flatMap((group) => group.options);
    return { options, note: options.length ? "" : "No results" };
  } catch (error) {
    return { options: [], note: error.message };
  }
}

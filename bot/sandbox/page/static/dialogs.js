// Dialogs: modals of the app and confirmations. Focus stays inside, Escape closes.

import { html, useEffect, useLayoutEffect, useRef, useState } from "./vendor/htm-preact.js";
import { Blocks } from "./blocks.js";
import { act } from "./control.js";
import { clientErrors } from "./inputs.js";
import { Plain, TextObject } from "./mrkdwn.js";
import { data } from "./store.js";
import { attempt, keepValue, kept, notes } from "./ui.js";

const FOCUSABLE = "button:not([disabled]), [href], input:not([disabled]), select:not([disabled]), textarea, [tabindex='0'], summary";

let origin = null; // what had the focus before the first of the open dialogs

function focusIn(box) {
  const field = box.querySelector("[autofocus], .dialog-body input, .dialog-body select, .dialog-body textarea");
  (field ?? box.querySelector(FOCUSABLE) ?? box).focus();
}

/** Give the focus back: to the dialog below, or to where it was before all of them. */
function giveBack(before) {
  const below = [...document.querySelectorAll(".dialog")].at(-1);
  if (!below) {
    if (origin?.isConnected) origin.focus();
    origin = null;
  } else if (!below.contains(document.activeElement)) {
    if (below.contains(before)) before.focus();
    else focusIn(below);
  }
}

/** Keeps the focus inside, and gives it back at the end. A new `version` can bring the first field, which then gets the focus. */
export function Trap({ role = "dialog", label, onClose, testid, children, wide, version }) {
  const box = useRef(null);
  const given = useRef(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    origin ??= before;
    return () => setTimeout(() => giveBack(before));
  }, []);
  useLayoutEffect(() => {
    const moved = given.current && document.activeElement !== given.current;
    if (moved || given.current?.closest(".dialog-body")) return;
    focusIn(box.current);
    given.current = document.activeElement;
  }, [version]);
  const keys = (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    }
    if (event.key !== "Tab") return;
    const inside = [...box.current.querySelectorAll(FOCUSABLE)].filter((one) => one.offsetParent !== null);
    const at = inside.indexOf(document.activeElement);
    if (event.shiftKey ? at <= 0 : at === inside.length - 1) {
      event.preventDefault();
      inside[event.shiftKey ? inside.length - 1 : 0]?.focus();
    }
  };
  return html`<div class="backdrop">
    <div class=${wide ? "dialog wide" : "dialog"} role=${role} aria-modal="true" aria-label=${label} data-testid=${testid} tabindex="-1" ref=${box} onKeyDown=${keys}>${children}</div>
  </div>`;
}

export function Confirmation() {
  if (!notes.question) return null;
  const { confirm, answer } = notes.question;
  return html`<${Trap} role="alertdialog" label=${confirm.title?.text ?? "Are you sure?"} testid="confirm-dialog" onClose=${() => answer(false)}>
    <h2><${Plain} text=${confirm.title ?? "Are you sure?"} /></h2>
    <div class="dialog-body"><${TextObject} text=${confirm.text} /></div>
    <div class="dialog-foot">
      <button type="button" class="button" data-testid="confirm-no" onClick=${() => answer(false)}><${Plain} text=${confirm.deny ?? "No"} /></button>
      <button type="button" class=${`button ${confirm.style ?? "primary"}`} data-testid="confirm-yes" onClick=${() => answer(true)}><${Plain} text=${confirm.confirm ?? "Yes"} /></button>
    </div>
  </${Trap}>`;
}

/** The person's topmost modal. */
export function Modals({ person }) {
  const stack = data.views[person.id] ?? [];
  const view = stack.at(-1);
  return view ? html`<${Modal} key=${view.id} view=${view} depth=${stack.length} person=${person} />` : null;
}

function Modal({ view, depth, person }) {
  const key = `modal:${view.id}`;
  const [drafts, setDrafts] = useState(() => kept(sessionStorage, key, {}));
  const [errors, setErrors] = useState({});
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const setDraft = (block, value) => {
    setErrors((old) => ({ ...old, [block]: "" }));
    setDrafts((old) => {
      const next = { ...old, [block]: value };
      keepValue(sessionStorage, key, next);
      return next;
    });
  };
  useEffect(() => setErrors(view.errors), [view.errors, view.hash]);
  const place = { person: person.name, personId: person.id, where: { view: view.id }, values: view.values, errors, drafts, setDraft };
  const submit = async () => {
    if (busy) return;
    const found = clientErrors(view.blocks, view.values, drafts);
    setErrors(found);
    setTrouble("");
    if (Object.keys(found).length) {
      document.getElementById(`input-${Object.keys(found)[0]}`)?.focus();
      return;
    }
    const there = new Set(view.blocks.map((block) => block.block_id));
    const state = Object.fromEntries(Object.entries(drafts).filter(([block]) => there.has(block)));
    setBusy(true);
    try {
      const outcome = await act(person.name, "submit", { view: view.id, state });
      if (outcome.error) setTrouble(`We had some trouble connecting (${outcome.error}). Try again?`);
    } catch (error) {
      setTrouble(error.message);
    }
    setBusy(false);
  };
  const close = (clear = false) => attempt(() => act(person.name, "close", { view: view.id, clear }));
  const enter = (event) => {
    if (event.key === "Enter" && event.target.matches("input[type=text].text-input") && !event.defaultPrevented && view.submit) submit();
  };
  return html`<${Trap} label=${view.title} testid="modal" version=${view.hash} onClose=${() => close()}>
    <div class="dialog-head">
      ${depth > 1 && html`<button type="button" class="tool" aria-label="Back" onClick=${() => close()}>←</button>`}
      <h2>${view.title}</h2>
      <button type="button" class="tool" aria-label="Close" data-testid="modal-x" onClick=${() => close(depth > 1)}>✕</button>
    </div>
    ${trouble && html`<div class="alert alert-error" role="alert">${trouble}</div>`}
    <div class="dialog-body" onKeyDown=${enter}><${Blocks} blocks=${view.blocks} place=${place} /></div>
    <div class="dialog-foot">
      <button type="button" class="button" data-testid="modal-close" onClick=${() => close()}>${view.close ?? (view.submit ? "Cancel" : "Close")}</button>
      ${view.submit && html`<button type="button" class="button primary" data-testid="modal-submit" aria-disabled=${busy} aria-busy=${busy} onClick=${submit}>${busy ? "…" : view.submit}</button>`}
    </div>
  </${Trap}>`;
}

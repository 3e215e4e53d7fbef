// What this window shows: who, which tab, which conversation. It is in the address, so that a reload keeps it.

const DEFAULTS = { as: "alice", tab: "slack", channel: "", thread: "", app: "messages", project: "", job: "", inspect: "" };
const listeners = new Set();

const TABS = ["slack", "dss", "traffic"];

/** What the address says; a tab that isn't there is the first one. */
function place() {
  const said = { ...DEFAULTS, ...Object.fromEntries(new URLSearchParams(location.hash.slice(1))) };
  return { ...said, tab: TABS.includes(said.tab) ? said.tab : DEFAULTS.tab };
}

export const ui = place();

/** Change what is shown. */
export function go(patch) {
  Object.assign(ui, patch);
  const kept = Object.entries(ui).filter(([name, value]) => value && value !== DEFAULTS[name] && name in DEFAULTS);
  history.replaceState(null, "", `#${new URLSearchParams(kept)}`);
  for (const listener of listeners) listener();
}

export function onGo(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

window.addEventListener("hashchange", () => go(place()));

// -- short notes at the bottom, and questions

export const notes = { list: [], question: null };
let number = 0;

/** Show a short note for some seconds. */
export function note(text, kind = "info") {
  const one = { id: ++number, text, kind };
  notes.list = [...notes.list, one].slice(-4);
  setTimeout(() => dismiss(one.id), kind === "error" ? 12000 : 6000);
  refresh();
}

export function dismiss(id) {
  notes.list = notes.list.filter((one) => one.id !== id);
  refresh();
}

/** Show a confirmation dialog (Block Kit's `confirm`); resolves to the answer. */
export function ask(confirm) {
  return new Promise((resolve) => {
    notes.question = {
      confirm,
      answer(yes) {
        notes.question = null;
        refresh();
        resolve(yes);
      },
    };
    refresh();
  });
}

export function refresh() {
  for (const listener of listeners) listener();
}

/** Run something that can be refused, and show the reason. Returns whether it was done. */
export async function attempt(work) {
  try {
    const outcome = await work();
    if (outcome?.error) {
      note(`The bot didn't answer Slack: ${outcome.error}.`, "error");
      return false;
    }
    return true;
  } catch (error) {
    note(error.message, "error");
    return false;
  }
}

// -- small values that a window or a visitor keeps

export function kept(storage, key, fallback) {
  try {
    return JSON.parse(storage.getItem(key)) ?? fallback;
  } catch {
    return fallback;
  }
}

export function keepValue(storage, key, value) {
  try {
    storage.setItem(key, JSON.stringify(value));
  } catch {
    // private windows can refuse; then it isn't kept
  }
}

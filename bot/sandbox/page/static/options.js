// What menus offer without asking the app.

import { channelName, data } from "./store.js";

export const optionsOf = (element) => element.options ?? (element.option_groups ?? []).flatMap((group) => group.options);

/** The people or conversations that a menu of entities offers, as options with ids. */
export function entities(kind) {
  if (kind.includes("users")) return data.people.filter((one) => !one.bot).map((one) => ({ value: one.id, text: { text: `@${one.name}` } }));
  return data.channels
    .filter((one) => !one.person || kind.includes("conversations"))
    .map((one) => ({ value: one.id, text: { text: one.person ? channelName(one) : `#${one.name}` } }));
}

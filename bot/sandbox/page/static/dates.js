// Slack's <!date^…> tokens and other times, in the zone of this browser, as Slack's client shows them.

import { now } from "./store.js";

const format = (options) => {
  const made = new Intl.DateTimeFormat(undefined, options);
  return (date) => made.format(date);
};

const FORMS = {
  date_num: (date) =>
    `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`,
  date_slash: format({ year: "numeric", month: "2-digit", day: "2-digit" }),
  date: format({ year: "numeric", month: "long", day: "numeric" }),
  date_short: format({ year: "numeric", month: "short", day: "numeric" }),
  date_long: format({ weekday: "long", year: "numeric", month: "long", day: "numeric" }),
  day_divider: format({ weekday: "long", month: "long", day: "numeric" }),
  time: format({ hour: "numeric", minute: "2-digit" }),
  time_secs: format({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago: (date) => ago(date.getTime()),
};

const dayOf = (date) => Math.floor((date.getTime() - date.getTimezoneOffset() * 60000) / 86400000);

function near(date) {
  const days = dayOf(date) - dayOf(new Date(now()));
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days];
}

/** Fill in a template such as "{date_short_pretty} {time}"; unknown tokens stay as they are. */
export function dateToken(seconds, template) {
  const date = new Date(seconds * 1000);
  return template.replace(/\{(\w+)\}/g, (whole, token) => {
    if (token.endsWith("_pretty") && near(date)) return near(date);
    const write = FORMS[token.replace(/_pretty$/, "")];
    return write ? write(date) : whole;
  });
}

export const clockTime = (ts) => FORMS.time(new Date(Number(ts) * 1000));
export const fullTime = (ts) => `${FORMS.date_long(new Date(ts * 1000))}, ${FORMS.time_secs(new Date(ts * 1000))}`;
export const msTime = (ms) => FORMS.time_secs(new Date(ms));

/** "Today", "Yesterday" or the date, to divide a list of messages. */
export function dayName(ts) {
  const date = new Date(Number(ts) * 1000);
  const word = near(date);
  return word ? word[0].toUpperCase() + word.slice(1) : FORMS.day_divider(date);
}

export function ago(ms) {
  const seconds = Math.max(0, Math.round((now() - ms) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86400)} d ago`;
}

export function duration(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

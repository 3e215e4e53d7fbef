// What the stand-ins sent: one snapshot, then numbered events. Components read it and subscribe to changes.

export const data = {
  status: "connecting", // connecting, live, lost, ended
  seq: 0,
  clockOffset: 0, // ms from this browser's clock to the demo's, at `clockAt`
  clockAt: 0,
  speed: 1,
  bot: "",
  commands: [],
  shortcuts: [],
  suggestions: [],
  people: [],
  channels: [],
  messages: new Map(), // channel id → Map of message key → message
  views: {},
  homes: {},
  projects: [],
  jobs: new Map(), // "PROJECT/ID" → job
  conditions: {},
  traffic: new Map(), // number → exchange
};

const listeners = new Set();
let scheduled = false;

/** Call a function after each change; returns a function that ends this. */
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function changed() {
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => {
    scheduled = false;
    for (const listener of listeners) listener();
  }, 8);
}

/** The demo's time now, in ms: it can pass faster than ours. */
export function now() {
  return data.clockOffset + data.clockAt + (Date.now() - data.clockAt) * data.speed;
}

export const messageKey = (message) => `${message.to ?? ""}:${message.ts}`;
export const jobKey = (job) => `${job.project}/${job.id}`;

function keep(message) {
  const home = data.messages.get(message.channel) ?? new Map();
  home.set(messageKey(message), message);
  data.messages.set(message.channel, home);
}

const TRAFFIC_KEPT = 1000;

const handlers = {
  snapshot({ state }) {
    Object.assign(data, {
      seq: state.seq,
      speed: state.speed,
      clockAt: Date.now(),
      clockOffset: state.now - Date.now(),
      bot: state.bot,
      commands: state.commands,
      shortcuts: state.shortcuts,
      suggestions: state.suggestions,
      people: state.people,
      channels: state.channels,
      messages: new Map(),
      views: state.views,
      homes: state.homes,
      projects: state.projects,
      jobs: new Map(state.jobs.map((job) => [jobKey(job), job])),
      conditions: state.conditions,
      traffic: new Map(state.traffic.map((entry) => [entry.number, entry])),
    });
    state.messages.forEach(keep);
  },
  message({ message }) {
    keep(message);
  },
  deleted({ channel, ts, to }) {
    data.messages.get(channel)?.delete(`${to ?? ""}:${ts}`);
  },
  channels({ channels }) {
    data.channels = channels;
  },
  views({ user, views }) {
    data.views = { ...data.views, [user]: views };
  },
  home({ user, view }) {
    data.homes = { ...data.homes, [user]: view };
  },
  job({ job }) {
    data.jobs.set(jobKey(job), job);
  },
  job_deleted(job) {
    data.jobs.delete(jobKey(job));
  },
  conditions({ conditions }) {
    data.conditions = conditions;
  },
  traffic({ entry }) {
    data.traffic.set(entry.number, entry);
    if (data.traffic.size > TRAFFIC_KEPT) data.traffic.delete(data.traffic.keys().next().value);
  },
};

let source = null;

/** Follow the stream; the browser reconnects by itself and then says which event it saw last. */
export function connect() {
  source = new EventSource(data.seq ? `events?after=${data.seq}` : "events");
  source.onopen = () => {
    data.status = "live";
    changed();
  };
  source.onmessage = (frame) => {
    const event = JSON.parse(frame.data);
    handlers[event.type]?.(event);
    data.seq = Number(frame.lastEventId);
    changed();
  };
  source.onerror = () => {
    data.status = source.readyState === EventSource.CLOSED ? "ended" : "lost";
    changed();
  };
}

// A browser opens only six connections to one server: windows that nobody sees give theirs back.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) source?.close();
  else if (source?.readyState === EventSource.CLOSED) connect();
});

// -- lookups

export const personById = (id) => data.people.find((one) => one.id === id);
export const personByName = (name) => data.people.find((one) => one.name === name);
export const channelById = (id) => data.channels.find((one) => one.id === id);

/** The conversation's messages that a person sees, oldest first. */
export function messagesOf(channelId, personId) {
  const all = [...(data.messages.get(channelId)?.values() ?? [])];
  return all
    .filter((one) => one.to === null || one.to === personId)
    .sort((one, other) => (one.ts < other.ts ? -1 : 1));
}

export function channelName(channel) {
  if (!channel) return "";
  return channel.person ? "dss-bot" : channel.name;
}

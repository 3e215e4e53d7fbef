// The second tab: the simulated DSS, its projects, flows and jobs, and controls to make something happen.

import { html, useState } from "./vendor/htm-preact.js";
import { post, put, remove } from "./control.js";
import { ago, duration } from "./dates.js";
import { Flow } from "./flow.js";
import { useTick } from "./memo.js";
import { data, jobKey, now } from "./store.js";
import { attempt, go, note, ui } from "./ui.js";

const STABLE = new Set(["DONE", "FAILED", "ABORTED"]);
const WORDS = {
  NOT_STARTED: "waiting to start",
  COMPUTING_DEPS: "computing dependencies",
  WAITING_CONFIRMATION: "waiting for confirmation",
  RUNNING: "running",
  DONE: "done",
  FAILED: "failed",
  ABORTED: "aborted",
};
const TRIGGERS = { API: "by the API", SCHEDULER: "by a scenario", RECIPE: "in DSS" };

export function Dss() {
  useTick(1000);
  const project = data.projects.find((one) => one.key === ui.project) ?? data.projects[0];
  if (!project) return null;
  const jobs = [...data.jobs.values()].filter((job) => job.project === project.key).sort((one, other) => other.initiated - one.initiated);
  const states = new Map();
  for (const job of [...jobs].reverse()) {
    const recent = !STABLE.has(job.state) || now() - job.ended < 30000;
    if (recent) for (const step of job.activities) states.set(step.recipe, step);
  }
  const build = (item) =>
    attempt(async () => {
      const { job } = await post("dss/jobs", { project: project.key, output: item.ref, kind: item.kind, partition: "", login: "bob" });
      go({ job });
      note(`bob started ${item.name} in DSS. dss-bot wasn't asked, so it stays silent: /dss-jobs follow ${job} follows it.`);
    });
  return html`<div class="dss" data-testid="dss">
    <nav class="sidebar light" aria-label="Projects">
      <h2>Projects</h2>
      ${data.projects.map((one) => html`<${ProjectRow} key=${one.key} project=${one} here=${one.key === project.key} />`)}
    </nav>
    <section class="dss-main" aria-label=${project.name}>
      <${Controls} project=${project} />
      <header class="dss-title">
        <h2>${project.name}</h2>
        <span class="quiet">${project.key} · ${project.owner}${project.description ? ` · ${project.description}` : ""}</span>
        ${project.scenarios.map((one) => html`<${Scenario} key=${one.id} project=${project} scenario=${one} />`)}
      </header>
      <${Flow} project=${project} states=${states} onItem=${build} />
      <h3 id="jobs-title">Jobs</h3>
      <ul class="jobs" aria-labelledby="jobs-title" data-testid="jobs">
        ${jobs.slice(0, 30).map((job) => html`<${JobRow} key=${jobKey(job)} job=${job} open=${ui.job === job.id} />`)}
      </ul>
    </section>
  </div>`;
}

function Scenario({ project, scenario }) {
  const run = () =>
    attempt(async () => {
      const { job } = await post("dss/scenarios", { project: project.key, scenario: scenario.id });
      go({ job });
    });
  return html`<button type="button" class="button" data-testid="scenario" onClick=${run}>▶ Run scenario ${scenario.name}${scenario.active ? "" : " (not scheduled)"}</button>`;
}

function ProjectRow({ project, here }) {
  const running = [...data.jobs.values()].filter((job) => job.project === project.key && !STABLE.has(job.state)).length;
  return html`<button type="button" class=${`channel${here ? " here" : ""}`} aria-current=${here ? "page" : undefined} onClick=${() => go({ project: project.key, job: "" })}>
    ${project.key} ${running > 0 && html`<span class="count" aria-label=${`${running} running`}>${running}</span>`}
  </button>`;
}

function JobRow({ job, open }) {
  const stable = STABLE.has(job.state);
  const time = job.started ? duration((stable ? job.ended : now()) - job.started) : "";
  const names = job.outputs.map((one) => one.id.split(":")[1] + (one.partition && one.partition !== "NP" ? ` (${one.partition})` : "")).join(", ");
  const abort = () => attempt(() => post("dss/abort", { project: job.project, job: job.id }));
  return html`<li class=${`job job-${job.state.toLowerCase()}`} data-testid="job" data-state=${job.state}>
    <button type="button" class="job-head" aria-expanded=${open} onClick=${() => go({ job: open ? "" : job.id })}>
      <span class="state">${WORDS[job.state] ?? job.state.toLowerCase()}</span>
      <strong>${names}</strong>
      <span class="quiet">${job.initiator_name} ${TRIGGERS[job.triggered_from] ?? job.triggered_from} · ${ago(job.initiated)}${time ? ` · ${time}` : ""}${job.warnings ? ` · ⚠ ${job.warnings}` : ""}</span>
    </button>
    ${!stable && html`<button type="button" class="button" onClick=${abort}>Abort in DSS</button>`}
    ${(open || !stable) && job.activities.length > 0 && html`<ol class="activities">${job.activities.map((step) => html`<${Activity} key=${step.id} step=${step} />`)}</ol>`}
    ${open && html`<code class="job-id">${job.id}</code>`}
  </li>`;
}

const Activity = ({ step }) =>
  html`<li class=${`activity activity-${step.state.toLowerCase()}`}>
    <span class="activity-name">${step.recipe}</span>
    <progress max="100" value=${step.state === "DONE" ? 100 : step.percent} aria-label=${step.recipe}></progress>
    <span class="quiet">${WORDS[step.state] ?? step.state.toLowerCase()}</span>
    ${step.message && html`<code class="activity-error">${step.message}</code>`}
  </li>`;

// -- controls

function Controls({ project }) {
  const { conditions } = data;
  const outputs = project.items.filter((one) => one.built);
  const [picked, setPicked] = useState("");
  const item = outputs.find((one) => one.id === picked) ?? outputs.find((one) => one.name === "scored") ?? outputs[0];
  const start = (login, triggered_from) =>
    attempt(async () => {
      const { job } = await post("dss/jobs", { project: project.key, output: item.ref, kind: item.kind, login, triggered_from });
      go({ job });
    });
  const slow = conditions.latency_seconds > 0;
  const fails = (conditions.planned ?? []).length;
  const limited = (conditions.slack_faults ?? []).some((one) => one.kind === "429");
  const many = () => attempt(() => post("slack/faults", { method: "chat\\..*", kind: "429", times: 5, retry_after: 3 }));
  return html`<section class="controls" aria-label="Make something happen" data-testid="controls" data-tour="controls">
    <fieldset>
      <legend>Start a job in DSS</legend>
      <select class="picker" aria-label="Output" value=${item?.id} onChange=${(event) => setPicked(event.target.value)}>
        ${outputs.map((one) => html`<option value=${one.id}>${one.name}</option>`)}
      </select>
      <button type="button" class="button" data-testid="start-colleague" onClick=${() => start("bob", "RECIPE")}>As colleague bob</button>
      <button type="button" class="button" data-testid="start-scheduler" onClick=${() => start("admin", "SCHEDULER")}>By the scheduler</button>
      <button type="button" class="button" data-testid="fail-next" onClick=${() => attempt(() => post("dss/next", { outcome: "FAILED" }))}>Let the next build fail${fails ? ` (${fails})` : ""}</button>
    </fieldset>
    <fieldset>
      <legend>DSS</legend>
      <${Toggle} testid="dss-slow" on=${slow} words="Slow (3 s a call)" turn=${() => put("dss/conditions", { latency_seconds: slow ? 0 : 3 })} />
      <${Toggle} testid="dss-offline" on=${!conditions.available} words="Offline" turn=${() => put("dss/conditions", { available: !conditions.available })} />
    </fieldset>
    <fieldset>
      <legend>Slack</legend>
      <button type="button" class="button" data-testid="drop-socket" onClick=${() => attempt(() => post("slack/drop", { close_frame: true }))}>Drop its socket (${conditions.sockets} open)</button>
      ${limited
        ? html`<button type="button" class="button danger" data-testid="slack-429" onClick=${() => attempt(() => remove("slack/faults"))}>Stop answering 429</button>`
        : html`<button type="button" class="button" data-testid="slack-429" onClick=${many}>Answer 429 five times</button>`}
    </fieldset>
  </section>`;
}

const Toggle = ({ on, words, turn, testid }) =>
  html`<button type="button" role="switch" aria-checked=${on} class=${`button switch${on ? " on" : ""}`} data-testid=${testid} onClick=${() => attempt(turn)}><span class="knob" aria-hidden="true"></span>${words}</button>`;

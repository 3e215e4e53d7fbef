// Six steps for somebody who is here for the first time. It can be left at any time, and come back to.

import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { compose } from "./composer.js";
import { data } from "./store.js";
import { go, keepValue, kept } from "./ui.js";

const dataChannel = () => data.channels.find((one) => one.name === "data")?.id ?? "";
const slack = (patch = {}) => go({ tab: "slack", channel: dataChannel(), app: "messages", thread: "", inspect: "", ...patch });

const STEPS = [
  {
    title: "Meet dss-bot",
    text: "This page looks like Slack, and it is made up: nobody else sees it. The bot in it is the real one, and it speaks Slack's and DSS's real protocols to two stand-ins on your machine.",
    show: () => slack(),
  },
  {
    title: "Build a dataset",
    text: "Slash commands start everything. This one builds CHURN.scored. Send it and watch: one message follows the job from its start to its end.",
    action: ["Type it for me", () => compose(data.suggestions[0] ?? "")],
    target: "composer",
    show: () => slack(),
  },
  {
    title: "Read the thread",
    text: "Each job has a thread with what mattered. Open it from “1 reply” below the message. At the end, the bot mentions you there, once.",
    target: "conversation",
    show: () => slack(),
  },
  {
    title: "Stop one, and see one fail",
    text: "Start the ten-minute history and press Abort: it asks first. Then build scored_broken: the message shows the cause, and Log shows the lines that matter.",
    action: ["Type the failing build", () => compose(data.suggestions[1] ?? "")],
    target: "composer",
    show: () => slack(),
  },
  {
    title: "Become somebody else",
    text: "Choose another person up here. The bot checks at every command and every press what this person may do: the guest may do nothing, carol may only look at CHURN; claire is answered in French. A build in SALES needs a second person: ask for it as alice, approve it as carol.",
    action: ["Type that build", () => compose(data.suggestions.find((one) => one.includes("SALES")) ?? "")],
    target: "person",
    show: () => slack(),
  },
  {
    title: "Look behind it",
    text: "The DSS tab shows the flow and the jobs, and can break things: let a build fail, take DSS offline, drop Slack's socket. The Traffic tab shows every call, and why one was refused.",
    action: ["Show me DSS", () => go({ tab: "dss" })],
    target: "tabs",
  },
];

let open = null;

/** Start the tour again. */
export const startTour = () => open?.(0);

export function Tour() {
  const [step, setStep] = useState(() => (kept(localStorage, "tour", "") === "left" ? null : 0));
  open = setStep;
  const leave = () => {
    keepValue(localStorage, "tour", "left");
    setStep(null);
  };
  useEffect(() => {
    const target = step === null ? null : STEPS[step].target;
    document.body.dataset.tourStep = target ?? "";
  }, [step]);
  useEffect(() => {
    const keys = (event) => event.key === "Escape" && !document.querySelector(".dialog") && leave();
    if (step !== null) window.addEventListener("keydown", keys);
    return () => window.removeEventListener("keydown", keys);
  }, [step]);
  if (step === null) return null;
  const one = STEPS[step];
  const move = (to) => {
    if (to >= STEPS.length) return leave();
    STEPS[to].show?.();
    return setStep(to);
  };
  return html`<aside class="tour" role="region" aria-label="Tour" data-testid="tour">
    <div class="tour-head"><strong>${one.title}</strong><span class="quiet">${step + 1} of ${STEPS.length}</span></div>
    <p aria-live="polite">${one.text}</p>
    <div class="tour-foot">
      <button type="button" class="link-button" data-testid="tour-skip" onClick=${leave}>${step === STEPS.length - 1 ? "Close" : "Skip the tour"}</button>
      <span class="grow"></span>
      ${one.action && html`<button type="button" class="button" data-testid="tour-action" onClick=${one.action[1]}>${one.action[0]}</button>`}
      ${step > 0 && html`<button type="button" class="button" onClick=${() => move(step - 1)}>Back</button>`}
      <button type="button" class="button primary" data-testid="tour-next" onClick=${() => move(step + 1)}>${step === STEPS.length - 1 ? "Done" : "Next"}</button>
    </div>
  </aside>`;
}

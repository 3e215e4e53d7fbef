// Components that are drawn again only when one of their properties is another object.

import { Component, h, useEffect, useState } from "./vendor/htm-preact.js";
import { subscribe } from "./store.js";
import { onGo } from "./ui.js";

export function memo(Draw) {
  return class extends Component {
    shouldComponentUpdate(next) {
      const names = new Set([...Object.keys(next), ...Object.keys(this.props)]);
      return [...names].some((name) => name !== "children" && next[name] !== this.props[name]);
    }

    render(props) {
      return h(Draw, props);
    }
  };
}

/** Draw this component again whenever the data or what the window shows changes. */
export function useChanges() {
  const [, set] = useState(0);
  useEffect(() => {
    const again = () => set((count) => count + 1);
    const ends = [subscribe(again), onGo(again)];
    return () => ends.forEach((end) => end());
  }, []);
}

/** Draw again every so often, for times such as "3 min ago". */
export function useTick(ms) {
  const [, set] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => set((count) => count + 1), ms);
    return () => clearInterval(timer);
  }, [ms]);
}

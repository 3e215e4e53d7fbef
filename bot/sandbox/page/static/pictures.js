// Pictures of blocks and files.

import { html } from "./vendor/htm-preact.js";
import { Link } from "./links.js";

/** A picture: one of this workspace is shown; one from outside isn't fetched, only described. */
export function Picture({ image, small }) {
  const own = image.slack_file?.id;
  const alt = image.alt_text ?? "";
  if (own) return html`<img class=${small ? "picture small" : "picture"} src=${`files/${encodeURIComponent(own)}`} alt=${alt} />`;
  const label = small ? "" : html`<span>${alt || "picture"}</span>`;
  const frame = html`<span class=${small ? "picture-frame small" : "picture-frame"} role="img" aria-label=${alt}>🖼 ${label}</span>`;
  return image.image_url && !small ? html`<${Link} url=${image.image_url}>${frame}</${Link}>` : frame;
}

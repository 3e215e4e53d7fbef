// The :words: of common emoji. Others stay as they were typed.

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", information_source: "ℹ️", no_entry: "⛔",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", rocket: "🚀", tada: "🎉", eyes: "👀", bell: "🔔", no_bell: "🔕",
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", wave: "👋", fire: "🔥", bug: "🐛", gear: "⚙️",
  red_circle: "🔴", large_blue_circle: "🔵", large_green_circle: "🟢", large_yellow_circle: "🟡", white_circle: "⚪",
  smile: "😄", heart: "❤️", rotating_light: "🚨", lock: "🔒", key: "🔑", calendar: "📅", mag: "🔍", link: "🔗",
  stop_button: "⏹️", repeat: "🔁", chart_with_upwards_trend: "📈", page_facing_up: "📄", robot_face: "🤖",
};

export const emoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, word) => EMOJI[word] ?? whole);
export const emojiNamed = (word) => EMOJI[word] ?? `:${word}:`;

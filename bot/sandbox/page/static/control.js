// The control interface: what people do, and what goes wrong on purpose. docs/sandbox-openapi.yaml describes it.

async function send(method, path, body) {
  const options = { method, headers: { "Content-Type": "application/json" } };
  if (method !== "GET") options.body = JSON.stringify(body ?? {});
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("The demo doesn't answer. Is it still running?");
  }
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `HTTP ${response.status}`);
  return answer;
}

export const post = (path, body) => send("POST", path, body);
export const put = (path, body) => send("PUT", path, body);
export const remove = (path) => send("DELETE", path);
export const get = (path) => send("GET", path);

/** Do something as a person, such as act("alice", "command", {channel, text}). */
export const act = (person, what, body) => post(`people/${encodeURIComponent(person)}/${what}`, body);

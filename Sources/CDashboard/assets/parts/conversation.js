// What was asked and answered, as a chat.

import { h } from "../core/dom.js";
import { readConversation } from "./conversation-read.js";
import { code, longText, pretty } from "./long-text.js";

const textLengthMax = 3000;
const systemLengthMax = 400;
const messagesMax = 60;
/** Only pictures that the body itself holds are drawn: another would be fetched, and tell that it is looked at. */
const drawable = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+$/;

/** The chat of a record's JSON. */
export function conversation(record) {
  const { messages, tools } = readConversation(record.request_body, record.response_body);
  if (messages.length === 0) return h("p", { class: "panel-note" }, missing(record));
  return h("div", { class: "conversation" }, tools.length > 0 && offeredTools(tools), messageList(messages));
}

function missing(record) {
  if (record.body_problem) return record.body_problem;
  return "What was asked and answered is not kept for this request.";
}

function messageList(messages) {
  if (messages.length <= messagesMax) return messages.map(messageElement);
  const hidden = messages.slice(1, messages.length - messagesMax);
  const button = h("button", { type: "button", class: "show-all", on: {
    click: () => button.replaceWith(...hidden.map(messageElement)),
  } }, `Show ${hidden.length} messages before these`);
  return [messageElement(messages[0]), button, messages.slice(messages.length - messagesMax).map(messageElement)];
}

function messageElement({ role, parts, isAnswer }) {
  const known = ["system", "developer", "user", "assistant", "tool", "error"].includes(role) ? role : "other";
  return h("section", { class: `message ${known}${isAnswer ? " answer" : ""}` },
    h("h4", { class: "message-role" }, role, isAnswer && h("span", { class: "badge" }, "answer")),
    h("div", { class: "message-body" }, parts.map((part) => partElement(part, role))));
}

function partElement(part, role) {
  switch (part.kind) {
    case "text": return textElement(part.text, role);
    case "thinking": return thinkingElement(part.text);
    case "image": return imageElement(part.source);
    case "tool_call": return callElement(part);
    case "tool_result": return resultElement(part);
    case "file": case "audio": return h("p", { class: "attachment" }, `${part.kind}: ${part.name}`);
    default: return h("details", { class: "panel-fold" }, h("summary", {}, part.name), code(pretty(part.value)));
  }
}

function textElement(text, role) {
  const isSystem = role === "system" || role === "developer";
  const limit = isSystem ? systemLengthMax : textLengthMax;
  return longText(h("div", { class: "message-text", dir: "auto" }), text, limit, blocks);
}

/** Fenced code in letters of one width, all else as it stands. */
function blocks(text) {
  return text.split(/(```[^\n`]*\n[\s\S]*?(?:```\n?|$))/).filter((piece) => piece !== "").map((piece) => {
    const fenced = /^```([^\n`]*)\n([\s\S]*?)\n?(?:```\n?)?$/.exec(piece);
    return fenced ? h("pre", { class: "code", tabindex: 0, "aria-label": fenced[1] || "code" }, fenced[2]) : piece;
  });
}

function thinkingElement(text) {
  return h("details", { class: "panel-fold thinking" }, h("summary", {}, "Thinking"),
    longText(h("div", { class: "message-text", dir: "auto" }), text, textLengthMax));
}

function imageElement(source) {
  if (drawable.test(source)) {
    return h("img", { class: "message-image", src: source, alt: "Image of the message", loading: "lazy" });
  }
  const shown = source.startsWith("data:") ? `${source.slice(0, source.indexOf(",") + 1)}…` : source;
  return h("p", { class: "attachment" }, "image, not loaded: ", h("bdi", {}, shown || "no address"));
}

function callElement({ name, id, input, result }) {
  return h("div", { class: "tool-call" },
    h("div", { class: "tool-head" }, h("span", { class: "tool-word" }, "call"), h("bdi", { class: "tool-name" }, name),
      id && h("span", { class: "tool-id" }, id)),
    code(pretty(input)), result && resultElement(result));
}

function resultElement({ name, parts, isError }) {
  return h("div", { class: isError ? "tool-result bad" : "tool-result" },
    h("div", { class: "tool-head" }, h("span", { class: "tool-word" }, isError ? "failed" : "result"), name),
    parts.map((part) => (part.kind === "text" ? code(asJSON(part.text)) : partElement(part, "tool"))));
}

/** Many tools answer in JSON on one line. */
function asJSON(text) {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return pretty(JSON.parse(text));
  } catch {
    return text;
  }
}

function offeredTools(tools) {
  return h("details", { class: "panel-fold" },
    h("summary", {}, `${tools.length} ${tools.length === 1 ? "tool" : "tools"} offered`),
    tools.map(({ name, description, schema }) => h("details", { class: "panel-fold" },
      h("summary", {}, h("bdi", { class: "tool-name" }, name), " ", h("bdi", {}, description.slice(0, 200))),
      schema && code(pretty(schema)))));
}

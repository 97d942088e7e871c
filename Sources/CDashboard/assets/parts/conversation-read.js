// Bodies of requests and answers of all formats, read into one conversation.

import { readChatExtras, readGeminiPart, readParts, readToolMessage } from "./conversation-parts.js";

const list = (value) => (Array.isArray(value) ? value : []);

/** `{ messages: [{ role, parts, isAnswer }], tools: [{ name, description, schema }] }` of both bodies. */
export function readConversation(request, response) {
  const asked = readRequest(request);
  const answered = readResponse(response).map((message) => ({ ...message, isAnswer: true }));
  const messages = [...asked, ...answered].filter((message) => message.parts.length > 0);
  return { messages: withResultsAtCalls(messages), tools: readTools(request) };
}

function readRequest(body) {
  if (typeof body === "string") return [{ role: "request", parts: readParts(body) }];
  if (!body || typeof body !== "object") return [];
  return [...readInstructions(body), ...readAsked(body)];
}

function readAsked(body) {
  if (Array.isArray(body.contents)) return body.contents.map(readGeminiContent);
  if (body.contents?.parts) return [readGeminiContent(body.contents)];
  if (Array.isArray(body.messages)) return body.messages.map(readMessage);
  if (body.input !== undefined) return readItems(body.input, "user");
  const words = body.prompt ?? body.query;
  return words === undefined ? [] : [{ role: "user", parts: readParts(words) }];
}

/** The system prompt where it does not stand among the messages. */
function readInstructions(body) {
  const gemini = body.systemInstruction ?? body.system_instruction;
  const parts = gemini ? list(gemini.parts).map(readGeminiPart) : readParts(body.system ?? body.instructions);
  return parts.length > 0 ? [{ role: "system", parts }] : [];
}

function readMessage(message) {
  const role = String(message?.role ?? "unknown");
  if (role === "tool") return { role, parts: readToolMessage(message) };
  const { before, after } = readChatExtras(message ?? {});
  return { role, parts: [...before, ...readParts(message?.content), ...after] };
}

function readGeminiContent(content) {
  return { role: content?.role === "model" ? "assistant" : String(content?.role ?? "user"),
    parts: list(content?.parts).map(readGeminiPart) };
}

/** Items of the Responses API: messages, and what else there is between them. */
function readItems(items, role) {
  if (!Array.isArray(items)) return [{ role, parts: readParts(items) }];
  return joined(items.map((item) => {
    if (item?.role) return readMessage(item);
    const parts = readParts(item);
    return { role: parts[0]?.kind === "tool_result" ? "tool" : item?.type ? "assistant" : role, parts };
  }));
}

/** What the model did before its text stands in items of its own there, and is one message to a reader. */
function joined(messages) {
  const result = [];
  for (const message of messages) {
    if (message.role === "assistant" && result.at(-1)?.role === "assistant") result.at(-1).parts.push(...message.parts);
    else result.push(message);
  }
  return result;
}

function readResponse(body) {
  if (typeof body === "string") return [{ role: "assistant", parts: readParts(body) }];
  if (!body || typeof body !== "object") return [];
  if (body.error) return [{ role: "error", parts: readParts(errorText(body.error)) }];
  if (Array.isArray(body.choices)) return body.choices.map(readChoice);
  if (Array.isArray(body.output)) return readItems(body.output, "assistant");
  if (Array.isArray(body.candidates)) return body.candidates.map((candidate) => readGeminiContent({
    role: "model", parts: candidate?.content?.parts }));
  if (body.content !== undefined) return [{ role: "assistant", parts: readParts(body.content) }];
  return [{ role: "assistant", parts: readOther(body) }];
}

function readChoice(choice) {
  return choice?.message ? readMessage(choice.message) : { role: "assistant", parts: readParts(choice?.text) };
}

function errorText(error) {
  return typeof error === "string" ? error : error.message ?? JSON.stringify(error);
}

/** Embeddings are told by their measure; nobody reads the numbers. */
function readOther(body) {
  const vector = list(body.data)[0]?.embedding;
  if (vector === undefined) return [{ kind: "other", name: "answer", value: body }];
  const size = Array.isArray(vector) ? `of ${vector.length} numbers` : "in base64";
  return readParts(`${body.data.length} ${body.data.length === 1 ? "embedding" : "embeddings"} ${size}`);
}

function readTools(request) {
  return list(request?.tools).flatMap((tool) => {
    if (Array.isArray(tool?.functionDeclarations)) return tool.functionDeclarations.map(readTool);
    return [readTool(tool?.function ?? tool)];
  });
}

function readTool(tool) {
  return { name: String(tool?.name ?? tool?.type ?? "tool"), description: String(tool?.description ?? ""),
    schema: tool?.parameters ?? tool?.input_schema ?? tool?.parametersJsonSchema ?? null };
}

/** Puts each result at its call; messages of nothing but such results go. */
function withResultsAtCalls(messages) {
  const calls = messages.flatMap((message) => message.parts).filter((part) => part.kind === "tool_call");
  return messages.flatMap((message) => {
    const parts = message.parts.filter((part) => !(part.kind === "tool_result" && attach(part, calls)));
    return parts.length > 0 ? [{ ...message, parts }] : [];
  });
}

/** By the call's id, or by its name in their order where there are no ids. */
function attach(result, calls) {
  const call = calls.find((call) => !call.result && (result.id ? call.id === result.id : call.name === result.name));
  if (call) call.result = result;
  return call !== undefined;
}

// The parts of a message, in the words of all formats, read into one form:
// `{ kind: "text" | "thinking" | "image" | "tool_call" | "tool_result" | "file" | "audio" | "other", ... }`.

const text = (value) => ({ kind: "text", text: asText(value) });
const thinking = (value) => ({ kind: "thinking", text: asText(value) });
const image = (source) => ({ kind: "image", source: asText(source) });
const call = (id, name, input) => ({ kind: "tool_call", id, name: asText(name), input: parsed(input) });
const result = (id, content, isError = false) => ({ kind: "tool_result", id, parts: readParts(content), isError });
const file = (name) => ({ kind: "file", name: asText(name ?? "a file") });
const audio = (name) => ({ kind: "audio", name: asText(name ?? "sound") });

/** By the member `type` of OpenAI's and Anthropic's parts. */
const readers = new Map(Object.entries({
  text: (part) => text(part.text),
  input_text: (part) => text(part.text),
  output_text: (part) => text(part.text),
  refusal: (part) => text(part.refusal),
  image_url: (part) => image(part.image_url?.url ?? part.image_url),
  input_image: (part) => image(part.image_url ?? part.file_id),
  image: (part) => image(anthropicSource(part.source)),
  document: (part) => file(part.title ?? part.source?.url ?? part.source?.media_type),
  file: (part) => file(part.file?.filename ?? part.file?.file_id),
  input_file: (part) => file(part.filename ?? part.file_id ?? part.file_url),
  input_audio: (part) => audio(part.input_audio?.format),
  thinking: (part) => thinking(part.thinking),
  redacted_thinking: () => thinking("(sealed by the provider)"),
  reasoning: (part) => thinking(reasoningText(part)),
  tool_use: (part) => call(part.id, part.name, part.input),
  server_tool_use: (part) => call(part.id, part.name, part.input),
  tool_result: (part) => result(part.tool_use_id, part.content, part.is_error === true),
  web_search_tool_result: (part) => result(part.tool_use_id, part.content),
  function_call: (part) => call(part.call_id, part.name, part.arguments),
  function_call_output: (part) => result(part.call_id, part.output),
  custom_tool_call: (part) => call(part.call_id, part.name, part.input),
  custom_tool_call_output: (part) => result(part.call_id, part.output),
}));

/** The parts of a message's content: a text, a part, or a list of both. */
export function readParts(content) {
  if (content === null || content === undefined || content === "") return [];
  if (Array.isArray(content)) return content.flatMap(readParts);
  return [typeof content === "object" ? readPart(content) : text(content)];
}

function readPart(part) {
  const reader = readers.get(part.type);
  return reader ? reader(part) : { kind: "other", name: asText(part.type ?? "part"), value: part };
}

/** What OpenAI's chat messages say beside their content. */
export function readChatExtras(message) {
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls : [];
  const reasoning = message.reasoning_content ?? message.reasoning;
  return {
    before: typeof reasoning === "string" && reasoning ? [thinking(reasoning)] : [],
    after: [
      ...(message.refusal ? [text(message.refusal)] : []),
      ...(message.audio ? [audio(message.audio.transcript)] : []),
      ...calls.map((one) => call(one?.id, one?.function?.name ?? one?.custom?.name ?? one?.type,
        one?.function?.arguments ?? one?.custom?.input)),
    ],
  };
}

/** The result that a message of the role `tool` is. */
export function readToolMessage(message) {
  return [result(message.tool_call_id, message.content)];
}

/** Gemini's parts have no type: the member that is there tells it. */
export function readGeminiPart(part) {
  if (typeof part?.text === "string") return part.thought ? thinking(part.text) : text(part.text);
  if (part?.functionCall) return call(part.functionCall.id, part.functionCall.name, part.functionCall.args);
  if (part?.functionResponse) {
    const { id, name, response } = part.functionResponse;
    return { kind: "tool_result", id, name: asText(name), parts: [text(JSON.stringify(response))], isError: false };
  }
  const inline = part?.inlineData ?? part?.inline_data;
  if (inline) return inlineData(String(inline.mimeType ?? inline.mime_type), inline.data);
  const stored = part?.fileData ?? part?.file_data;
  if (stored) return file(stored.fileUri ?? stored.file_uri);
  return { kind: "other", name: "part", value: part };
}

function inlineData(type, data) {
  if (type.startsWith("image/")) return image(`data:${type};base64,${data}`);
  return type.startsWith("audio/") ? audio(type) : file(type);
}

function anthropicSource(source) {
  return source?.type === "base64" ? `data:${source.media_type};base64,${source.data}` : source?.url ?? source?.file_id;
}

function reasoningText(part) {
  const texts = [part.summary, part.content].flat().map((piece) => piece?.text ?? "");
  return texts.join("\n\n").trim() || "(sealed by the provider)";
}

/** Arguments come as JSON in a text, and not always as whole JSON. */
function parsed(input) {
  if (typeof input !== "string") return input ?? {};
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}

function asText(value) {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}

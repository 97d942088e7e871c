"""The official SDKs behind one interface: what differs between them stands here, what they must all show in tests."""
import dataclasses
import json

import anthropic
import openai
import pydantic
from google import genai
from google.genai import errors, types

NAMES = ["get_weather", "get_time"]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}


class City(pydantic.BaseModel):
    """What answers of a shape are asked to be."""
    city: str
    people: int


@dataclasses.dataclass
class Answer:
    text: str
    thoughts: str
    #: Each as name, arguments and id.
    calls: list[tuple[str, dict, str]]
    #: `stop`, `length` or `tools`.
    finish: str
    output_tokens: int
    #: What of it goes back in the next turn.
    turn: list
    #: Where a shape was asked for.
    parsed: object = None

    @property
    def said(self):
        """All that does not depend on ids."""
        return self.text, self.thoughts, [call[:2] for call in self.calls], self.finish, self.output_tokens


class Chat:
    """OpenAI's chat completions."""
    failures = (openai.APIError,)
    errors = {400: openai.BadRequestError, 429: openai.RateLimitError, 500: openai.InternalServerError,
              529: openai.InternalServerError}

    def __init__(self, gateway, key, headers):
        self.sdk = openai.OpenAI(base_url=f"{gateway}/v1", api_key=key, max_retries=0, default_headers=headers)

    def user(self, text):
        return [{"role": "user", "content": text}]

    def results(self, answer):
        return [{"role": "tool", "tool_call_id": id, "content": f"{name} said sunny"} for name, _, id in answer.calls]

    def ask(self, model, history, tools=False, shape=False, thinks=False, limit=None, stream=False):
        more = {}
        if tools:
            more["tools"] = [{"type": "function", "function": {"name": name, "parameters": SCHEMA}} for name in NAMES]
        if shape:
            more["response_format"] = City
        if thinks:
            more["reasoning_effort"] = "low"
        if limit:
            more["max_completion_tokens"] = limit
        if stream:
            options = {"include_usage": True}
            with self.sdk.chat.completions.stream(
                    model=model, messages=history, stream_options=options, **more) as events:
                try:
                    completion = events.get_final_completion()
                except openai.LengthFinishReasonError as cut:
                    completion = cut.completion
        else:
            make = self.sdk.chat.completions.parse if shape else self.sdk.chat.completions.create
            completion = make(model=model, messages=history, **more)
        choice = completion.choices[0]
        message = choice.message
        calls = [(call.function.name, json.loads(call.function.arguments), call.id) for call in message.tool_calls or []]
        return Answer(
            message.content or "", getattr(message, "reasoning_content", None) or "", calls,
            {"tool_calls": "tools"}.get(choice.finish_reason, choice.finish_reason), completion.usage.completion_tokens,
            [message.model_dump(exclude_none=True, exclude={"parsed"})], getattr(message, "parsed", None))

    def failure(self, caught, status):
        assert caught.status_code == status and caught.body["message"]


class Responses:
    """OpenAI's Responses, which tell of a stream's failure by its last event."""
    # The accumulator has no class for a stream without its `response.completed`.
    failures = (openai.APIError, RuntimeError)
    errors = Chat.errors
    failure = Chat.failure

    def __init__(self, gateway, key, headers):
        self.sdk = openai.OpenAI(base_url=f"{gateway}/v1", api_key=key, max_retries=0, default_headers=headers)

    def user(self, text):
        return [{"role": "user", "content": text}]

    def results(self, answer):
        return [{"type": "function_call_output", "call_id": id, "output": f"{name} said sunny"}
                for name, _, id in answer.calls]

    def ask(self, model, history, tools=False, shape=False, thinks=False, limit=None, stream=False):
        more = {}
        if tools:
            more["tools"] = [{"type": "function", "name": name, "parameters": SCHEMA, "strict": False} for name in NAMES]
        if shape:
            more["text_format"] = City
        if thinks:
            more |= {"reasoning": {"effort": "low"}, "include": ["reasoning.encrypted_content"], "store": False}
        if limit:
            more["max_output_tokens"] = limit
        if stream:
            with self.sdk.responses.stream(model=model, input=history, **more) as events:
                # The accumulator knows of no answer that was cut short.
                cut = [event.response for event in events if event.type == "response.incomplete"]
                response = cut[0] if cut else events.get_final_response()
        else:
            make = self.sdk.responses.parse if shape else self.sdk.responses.create
            response = make(model=model, input=history, **more)
        calls = [(item.name, json.loads(item.arguments), item.call_id)
                 for item in response.output if item.type == "function_call"]
        thoughts = "".join(
            part.text for item in response.output if item.type == "reasoning" for part in item.summary or [])
        finish = "tools" if calls else {"completed": "stop", "incomplete": "length"}[response.status]
        own = {"parsed", "parsed_arguments"}
        turn = [item.model_dump(exclude_none=True, exclude=own) for item in response.output]
        for item in turn:
            for part in item.get("content") or []:
                part.pop("parsed", None)
        return Answer(
            response.output_text, thoughts, calls, finish, response.usage.output_tokens, turn,
            getattr(response, "output_parsed", None))


class Claude:
    """Anthropic's messages."""
    failures = (anthropic.APIError,)
    errors = {400: anthropic.BadRequestError, 429: anthropic.RateLimitError, 500: anthropic.InternalServerError,
              529: anthropic.InternalServerError}

    def __init__(self, gateway, key, headers):
        self.sdk = anthropic.Anthropic(base_url=gateway, api_key=key, max_retries=0, default_headers=headers)

    def user(self, text):
        return [{"role": "user", "content": text}]

    def results(self, answer):
        return [{"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": id, "content": f"{name} said sunny"} for name, _, id in answer.calls]}]

    def ask(self, model, history, tools=False, shape=False, thinks=False, limit=None, stream=False):
        more = {"max_tokens": limit or 4000}
        if tools:
            more["tools"] = [{"name": name, "input_schema": SCHEMA} for name in NAMES]
        if shape:
            more["output_format"] = City
        if thinks:
            more["thinking"] = {"type": "enabled", "budget_tokens": 1024}
        if stream:
            with self.sdk.messages.stream(model=model, messages=history, **more) as events:
                message = events.get_final_message()
        else:
            make = self.sdk.messages.parse if shape else self.sdk.messages.create
            message = make(model=model, messages=history, **more)
        blocks = message.content
        # A proof of a call stands in a block of its own, without a thought.
        thoughts = "".join(block.thinking for block in blocks if block.type == "thinking")
        turn = [block.model_dump(exclude_none=True, exclude={"parsed_output"}) for block in blocks]
        return Answer(
            "".join(block.text for block in blocks if block.type == "text"), thoughts,
            [(block.name, block.input, block.id) for block in blocks if block.type == "tool_use"],
            {"end_turn": "stop", "max_tokens": "length", "tool_use": "tools"}[message.stop_reason],
            message.usage.output_tokens, [{"role": "assistant", "content": turn}],
            getattr(message, "parsed_output", None))

    def failure(self, caught, status):
        assert caught.status_code == status and caught.body["type"] == "error" and caught.body["error"]["message"]


class Google:
    """Google's contents."""
    failures = (errors.APIError, errors.UnknownApiResponseError)
    errors = {400: errors.ClientError, 429: errors.ClientError, 500: errors.ServerError, 529: errors.ServerError}

    def __init__(self, gateway, key, headers):
        options = types.HttpOptions(base_url=gateway, headers=headers)
        self.sdk = genai.Client(api_key=key, http_options=options)

    def user(self, text):
        return [types.Content(role="user", parts=[types.Part(text=text)])]

    def results(self, answer):
        parts = [types.Part(function_response=types.FunctionResponse(
            id=id, name=name, response={"output": "sunny"})) for name, _, id in answer.calls]
        return [types.Content(role="user", parts=parts)]

    def ask(self, model, history, tools=False, shape=False, thinks=False, limit=None, stream=False):
        config = types.GenerateContentConfig(
            max_output_tokens=limit, automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True))
        if tools:
            config.tools = [types.Tool(function_declarations=[
                types.FunctionDeclaration(name=name, parameters_json_schema=SCHEMA) for name in NAMES])]
        if shape:
            config.response_mime_type, config.response_schema = "application/json", City
        if thinks:
            config.thinking_config = types.ThinkingConfig(include_thoughts=True, thinking_budget=1024)
        if stream:
            chunks = list(self.sdk.models.generate_content_stream(model=model, contents=history, config=config))
        else:
            chunks = [self.sdk.models.generate_content(model=model, contents=history, config=config)]
        parts = [part for chunk in chunks for part in chunk.candidates[0].content.parts or []]
        calls = [part.function_call for part in parts if part.function_call]
        usage = chunks[-1].usage_metadata
        finish = {"STOP": "stop", "MAX_TOKENS": "length"}[chunks[-1].candidates[0].finish_reason.value]
        return Answer(
            "".join(part.text or "" for part in parts if not part.thought),
            "".join(part.text or "" for part in parts if part.thought),
            [(call.name, call.args, call.id) for call in calls], "tools" if calls else finish,
            usage.total_token_count - usage.prompt_token_count, [types.Content(role="model", parts=parts)],
            chunks[0].parsed)

    def failure(self, caught, status):
        assert caught.code == status and caught.message and caught.status


SDKS = {"chat": Chat, "responses": Responses, "anthropic": Claude, "google": Google}

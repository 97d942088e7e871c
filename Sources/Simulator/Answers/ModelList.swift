/// `GET /v1/models` in OpenAI's shape, and `GET /v1beta/models` in Gemini's.
enum ModelList {
    static var whole: SimulatorJSON { ["object": "list", "data": .array(ModelWord.all.map(model))] }

    static var gemini: SimulatorJSON {
        ["models": .array(ModelWord.all.map { ["name": .string("models/" + $0), "displayName": .string($0)] })]
    }

    static func model(_ name: String) -> SimulatorJSON {
        ["id": .string(name), "object": "model", "created": 1_760_000_000, "owned_by": "simulator"]
    }
}

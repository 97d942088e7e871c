/// `GET /v1/models` in OpenAI's shape.
enum ModelList {
    static var whole: SimulatorJSON { ["object": "list", "data": .array(ModelWord.all.map(model))] }

    static func model(_ name: String) -> SimulatorJSON {
        ["id": .string(name), "object": "model", "created": 1_760_000_000, "owned_by": "simulator"]
    }
}

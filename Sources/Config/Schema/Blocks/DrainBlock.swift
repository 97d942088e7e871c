import Plan

/// `on_disconnect` with a time to read on.
enum DrainBlock: Block {
    static let title = "on_disconnect"
    static let summary = """
        What happens to the upstream call of a client that left: `cancel` ends it, `{ drain: 30s }` reads on for at \
        most that long, so that its usage is known.
        """
    static let example = "on_disconnect: { drain: 30s }"

    static let drain = Field<Self, Int64>(
        "drain", .duration(DurationLimits.drain), isRequired: true, "For how long to read on.")
    static let fields: [any BlockField] = [drain]
}

extension ValueType where Value == OnDisconnect {
    static let onDisconnect = ValueType.either(
        scalar: .choice([("cancel", .cancel)]), block: .block(DrainBlock.self)
    ) { written in written[DrainBlock.drain].map(OnDisconnect.drain) }
}

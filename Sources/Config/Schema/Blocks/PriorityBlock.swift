import Policy

/// `priority`.
enum PriorityBlock: Block {
    static let title = "priority"
    static let summary = """
        Which calls come first when a target has no room. A call's class is the one that `x-headgate-priority` names, \
        or else the tag `priority`, or else `default`; a key's `priority_max` bounds what its clients may name. \
        See overload.md.
        """
    static let example =
        "priority: { default: normal, classes: [ critical, normal, sheddable, batch ], queue_max: 1000, wait_max: 10s }"

    private static let settings = PrioritySettings()
    static let defaultClass = Field<Self, String>(
        "default", .identifier, default: settings.classes[settings.defaultClass], "The class of calls that name none.")
    static let classes = Field<Self, [At<String>]>(
        "classes", .list(.identifier, minimum: 1),
        "The classes, the most important first; by default `critical`, `normal`, `sheddable` and `batch`.")
    static let queueMax = Field<Self, Int>(
        "queue_max", .integer(ConfigLimits.waitingCalls), default: settings.queueMax,
        "Calls that wait for one target; 0: none waits.")
    static let waitMax = Field<Self, Int64>(
        "wait_max", .duration(DurationLimits.queue), default: settings.waitMax,
        "How long a call waits at most. One that would wait for longer is refused at once.")
    static let fields: [any BlockField] = [defaultClass, classes, queueMax, waitMax]
}

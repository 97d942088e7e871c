/// Writes the text format of Prometheus (exposition format 0.0.4).
struct MetricsText {
    private(set) var text = ""

    typealias Labels = [(name: String, value: String)]

    mutating func begin(_ name: String, _ help: String, type: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    mutating func sample(_ name: String, _ labels: Labels = [], _ value: String) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    mutating func single(_ name: String, _ help: String, type: String, _ value: Int) {
        begin(name, help, type: type)
        sample(name, [], "\(value)")
    }

    mutating func histogram(_ name: String, _ labels: Labels, _ histogram: Histogram) {
        var sum = 0
        for (place, bound) in histogram.bounds.enumerated() {
            sum += histogram.counts[place]
            sample(name + "_bucket", labels + [("le", "\(bound)")], "\(sum)")
        }
        sample(name + "_bucket", labels + [("le", "+Inf")], "\(histogram.count)")
        sample(name + "_sum", labels, "\(histogram.sum)")
        sample(name + "_count", labels, "\(histogram.count)")
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

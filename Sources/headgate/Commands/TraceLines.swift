import Core
import Observability

/// A trace's tree as lines for people: what is below something stands below it and further in.
enum TraceLines {
    static let titles = ["span", "kind", "ms", "calls", "USD", "what"]

    static func rows(of tree: TraceTree) -> [[String]] {
        var rows: [[String]] = []
        for root in tree.roots { add(root, of: tree, depth: 0, &rows) }
        return rows
    }

    private static func add(_ place: Int, of tree: TraceTree, depth: Int, _ rows: inout [[String]]) {
        let node = tree.nodes[place]
        let indent = String(repeating: "  ", count: depth)
        let cost = node.sums.cost.usdText + (node.sums.unpriced > 0 ? " + ?" : "")
        rows.append(
            [
                indent + node.content.name, node.content.kind, "\(node.content.duration / 1_000_000)",
                "\(node.sums.calls)", cost, remark(node.content),
            ].map(Printable.text))
        for child in node.children { add(child, of: tree, depth: depth + 1, &rows) }
    }

    private static func remark(_ content: TraceTree.Content) -> String {
        switch content {
        case .call(let call): [call.record.outcome.rawValue, call.record.id.description].joined(separator: " ")
        case .span(let span): span.error.map { "error: \($0.prefix(60))" } ?? ""
        }
    }
}

/// Bounds of what is decoded.
enum OTLPLimits {
    /// Spans of one export.
    static let spansMax = 65_536
    /// Attributes of one span, of one resource or of one map.
    static let attributesMax = 4096
    /// Levels of lists and maps in an attribute's value.
    static let depthMax = 16
    /// Attributes, and values in lists, of one export: each takes more memory than its bytes may.
    static let valuesMax = 1_000_000
}

/// What is left of an export's bounds.
struct OTLPBudget {
    var spans = OTLPLimits.spansMax
    var values = OTLPLimits.valuesMax

    mutating func takeSpan() throws(OTLPError) {
        guard spans > 0 else { throw OTLPError("there are too many spans") }
        spans -= 1
    }

    mutating func takeValue() throws(OTLPError) {
        guard values > 0 else { throw OTLPError("there are too many attributes and values") }
        values -= 1
    }
}

import CPCRE2
import Core

/// The user's own patterns, compiled by PCRE2 with its just-in-time compiler, and bounded: a pattern that needs more
/// steps than its limit gives up instead of holding up the recorder.
///
/// Unchecked: compiled code is read only, and match data is made for each call.
final class PatternSet: @unchecked Sendable {
    private let compiled: [(name: String, code: OpaquePointer)]
    private let context: OpaquePointer

    /// Steps of one match. A text of a megabyte without a match takes some million.
    private static let stepsMax: UInt32 = 20_000_000

    init(_ patterns: [RedactionPattern]) throws(RedactionError) {
        var compiled: [(name: String, code: OpaquePointer)] = []
        for pattern in patterns {
            do throws(RedactionError) {
                compiled.append((pattern.name, try Self.compile(pattern)))
            } catch {
                for (_, code) in compiled { pcre2_code_free_8(code) }
                throw error
            }
        }
        guard let context = pcre2_match_context_create_8(nil) else { preconditionFailure("no memory for a match") }
        pcre2_set_match_limit_8(context, Self.stepsMax)
        self.compiled = compiled
        self.context = context
    }

    deinit {
        for (_, code) in compiled { pcre2_code_free_8(code) }
        pcre2_match_context_free_8(context)
    }

    private static func compile(_ pattern: RedactionPattern) throws(RedactionError) -> OpaquePointer {
        var code: Int32 = 0
        var offset = 0
        let text = Array(pattern.regex.utf8)
        let options = UInt32(PCRE2_UTF) | UInt32(PCRE2_MATCH_INVALID_UTF)
        guard let compiled = pcre2_compile_8(text, text.count, options, &code, &offset, nil) else {
            var message = [UInt8](repeating: 0, count: 256)
            let count = pcre2_get_error_message_8(code, &message, message.count)
            throw RedactionError(
                pattern: pattern.name,
                message:
                    "\(String(decoding: message.prefix(Int(max(count, 0))), as: UTF8.self)) at character \(offset + 1)")
        }
        pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE))
        return compiled
    }

    /// Places to replace, in order, none touching another.
    /// - Returns: nil when a pattern gave up.
    func find(in text: UnsafeRawBufferPointer) -> [(range: Range<Int>, name: String)]? {
        var found: [(range: Range<Int>, name: String)] = []
        for (name, code) in compiled {
            guard let places = find(code, in: text) else { return nil }
            found += places.map { ($0, name) }
        }
        found.sort { $0.range.lowerBound < $1.range.lowerBound }
        var result: [(range: Range<Int>, name: String)] = []
        for place in found {
            if let last = result.last, place.range.lowerBound < last.range.upperBound {
                result[result.count - 1].range =
                    last.range.lowerBound..<max(last.range.upperBound, place.range.upperBound)
            } else {
                result.append(place)
            }
        }
        return result
    }

    private func find(_ code: OpaquePointer, in text: UnsafeRawBufferPointer) -> [Range<Int>]? {
        guard let start = text.bindMemory(to: UInt8.self).baseAddress else { return [] }
        guard let data = pcre2_match_data_create_from_pattern_8(code, nil) else { return nil }
        defer { pcre2_match_data_free_8(data) }
        var result: [Range<Int>] = []
        var position = 0
        while position < text.count {
            let code = pcre2_match_8(code, start, text.count, position, 0, data, context)
            if code == PCRE2_ERROR_NOMATCH { break }
            guard code > 0, let places = pcre2_get_ovector_pointer_8(data) else { return nil }
            let (from, to) = (Int(places[0]), Int(places[1]))
            // What matches nothing replaces nothing.
            guard to > from else {
                position = max(to, position) + 1
                continue
            }
            result.append(from..<to)
            position = to
        }
        return result
    }
}

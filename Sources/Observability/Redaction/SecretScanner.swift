import Core

/// Finds what must not be kept, byte by byte: the built-in rules of `record.redact`.
///
/// It works on any text, JSON included: what it finds holds no quote and no backslash, so that a string stays one.
enum SecretScanner {
    /// Ranges to replace, in order, none touching another.
    static func find(_ kinds: Set<RedactedKind>, in bytes: UnsafeRawBufferPointer) -> [(Range<Int>, RedactedKind)] {
        var result: [(Range<Int>, RedactedKind)] = []
        var index = 0
        while index < bytes.count {
            let found: (Range<Int>, RedactedKind)?
            switch Self.interest[Int(bytes[index])] {
            case .none: found = nil
            case .digit: found = kinds.contains(.card) ? card(bytes, at: index).map { ($0, .card) } : nil
            case .at: found = kinds.contains(.email) ? email(bytes, at: index).map { ($0, .email) } : nil
            case .keyStart: found = kinds.contains(.keys) ? key(bytes, at: index).map { ($0, .keys) } : nil
            }
            guard let found else {
                index += 1
                continue
            }
            // An address begins before its '@', perhaps inside what was found before.
            let start = max(found.0.lowerBound, result.last?.0.upperBound ?? 0)
            result.append((start..<found.0.upperBound, found.1))
            index = found.0.upperBound
        }
        return result
    }

    private enum Interest { case none, digit, at, keyStart }

    private static let interest: [Interest] = (0..<256).map { byte in
        let byte = UInt8(byte)
        if byte == UInt8(ascii: "@") { return .at }
        if keyBeginnings.contains(where: { $0[0] == byte }) { return .keyStart }
        return isDigit(byte) ? .digit : .none
    }

    // MARK: Keys

    /// How the tokens of well-known services begin; each of the longest form that tells it.
    private static let keyBeginnings: [[UInt8]] = [
        "sk-", "hg-", "pk-lf-", "AKIA", "ASIA", "AIza", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_",
        "glpat-", "xoxb-", "xoxp-", "xoxa-", "xapp-", "gsk_", "xai-", "pplx-", "hf_", "npm_", "pypi-", "SG.",
        "rk_live_",
        "sk_live_", "pk_live_", "whsec_", "eyJ", "Bearer ", "bearer ",
    ].map { Array($0.utf8) }

    private static let tokenBytesMin = 16

    private static func key(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Range<Int>? {
        if isInsideWord(bytes, start) { return nil }
        for beginning in keyBeginnings where bytes.count - start > beginning.count {
            guard bytes[start] == beginning[0], bytes[start..<(start + beginning.count)].elementsEqual(beginning) else {
                continue
            }
            let from = start + beginning.count
            var end = from
            while end < bytes.count && isToken(bytes[end]) { end += 1 }
            guard end - from >= tokenBytesMin else { continue }
            return beginning.last == UInt8(ascii: " ") ? from..<end : start..<end
        }
        return nil
    }

    /// Whether a word goes on from the byte before. A letter behind a backslash is an escape's: `"\nsk-..."` begins a
    /// line with a key, as `KEY=sk-...` and `/sk-...` begin one behind a sign.
    private static func isInsideWord(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Bool {
        guard start > 0 else { return false }
        let before = bytes[start - 1]
        if isLetter(before) { return start < 2 || bytes[start - 2] != 0x5C }
        return isDigit(before) || before == UInt8(ascii: "_") || before == UInt8(ascii: "-")
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        tokenBytes[Int(byte)]
    }

    private static let tokenBytes: [Bool] = (0..<256).map { byte in
        let byte = UInt8(byte)
        return isLetter(byte) || isDigit(byte) || Array("-_.=+/~".utf8).contains(byte)
    }

    // MARK: Addresses

    private static func email(_ bytes: UnsafeRawBufferPointer, at sign: Int) -> Range<Int>? {
        var start = sign
        while start > 0 && isLocal(bytes[start - 1]) && sign - start < 64 { start -= 1 }
        // A letter behind a backslash is an escape's: "\n" before an address is no part of it.
        if start > 0 && start < sign && bytes[start - 1] == 0x5C { start += 1 }
        var end = sign + 1
        var lastDot: Int?
        while end < bytes.count && isDomain(bytes[end]) {
            if bytes[end] == 0x2E { lastDot = end }
            end += 1
        }
        while end > sign + 1 && (bytes[end - 1] == 0x2E || bytes[end - 1] == 0x2D) {
            end -= 1
            lastDot = bytes[(sign + 1)..<end].lastIndex(of: 0x2E)
        }
        guard start < sign, let lastDot, lastDot > sign + 1, end - lastDot > 2 else { return nil }
        return start..<end
    }

    private static func isDomain(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte == 0x2D || byte == 0x2E
    }

    private static func isLocal(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte == 0x2E || byte == 0x5F || byte == 0x25 || byte == 0x2B || byte == 0x2D
    }

    // MARK: Card numbers

    /// Digits in groups, of which the longest beginning that ends with a group is a number: what stands behind it, such
    /// as a date, is no part of it.
    private static func card(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Range<Int>? {
        if isInsideWord(bytes, start) || start > 0 && bytes[start - 1] == 0x2E { return nil }
        var digits: [UInt8] = []
        var position = start
        var found: Range<Int>?
        while position < bytes.count, digits.count < 19 {
            while position < bytes.count, isDigit(bytes[position]), digits.count < 20 {
                digits.append(bytes[position] - 0x30)
                position += 1
            }
            if (13...19).contains(digits.count), hasCheckDigit(digits) { found = start..<position }
            guard position + 1 < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x2D,
                isDigit(bytes[position + 1])
            else { break }
            position += 1
        }
        return found
    }

    /// The Luhn sum (ISO/IEC 7812-1, annex B).
    private static func hasCheckDigit(_ digits: [UInt8]) -> Bool {
        var sum = 0
        for (place, digit) in digits.reversed().enumerated() {
            let value = place % 2 == 1 ? Int(digit) * 2 : Int(digit)
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0 && digits.contains { $0 != 0 }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
}

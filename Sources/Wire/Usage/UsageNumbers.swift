import Core

extension JSONObjectView {
    /// A number of tokens, or of anything else that is counted; nil for what cannot be one: a string, a fraction,
    /// less than nothing, or more than `Limits.statedTokensMax`. `12.0` is 12: Cohere's schema calls its counts
    /// doubles.
    func count(_ name: StaticString) -> Int? {
        guard let member = member(name), member.kind == .number else { return nil }
        return UsageNumbers.count(value(member))
    }

    /// A decimal number, also one in a string, times ten to the power of `decimals`, to the nearest whole.
    func decimal(_ name: StaticString, decimals: Int) -> Int128? {
        guard let member = member(name) else { return nil }
        switch member.kind {
        case .number: return UsageNumbers.scaled(value(member), decimals: decimals)
        case .string: return UsageNumbers.scaled(value(member).insideQuotes, decimals: decimals)
        default: return nil
        }
    }

    /// What the provider says that the answer costs, in dollars; nil for less than nothing.
    func cost(_ name: StaticString) -> Money? {
        decimal(name, decimals: 12).flatMap { $0 < 0 ? nil : Money(picoUSD: $0) }
    }

    /// Seconds, with a fraction or without.
    func milliseconds(_ name: StaticString) -> Int? {
        guard let value = decimal(name, decimals: 3), value >= 0, value <= Limits.statedTokensMax else { return nil }
        return Int(value)
    }
}

enum UsageNumbers {
    static func count(_ text: UnsafeRawBufferPointer) -> Int? {
        var digits = text
        if let point = text.firstIndex(of: UInt8(ascii: ".")) {
            guard text[(point + 1)...].allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
            digits = UnsafeRawBufferPointer(rebasing: text[..<point])
        }
        guard let value = JSONText.integer(digits), value >= 0, value <= Limits.statedTokensMax else { return nil }
        return value
    }

    /// The number as written where it has no more decimals than asked for. A sum of binary fractions, as OpenRouter
    /// writes it, has more than any price does; it is rounded, halves away from zero.
    static func scaled(_ text: UnsafeRawBufferPointer, decimals: Int) -> Int128? {
        let written = String(decoding: text, as: UTF8.self)
        guard written.utf8.first.map({ $0 == UInt8(ascii: "-") || $0 &- UInt8(ascii: "0") < 10 }) ?? false else {
            return nil
        }
        let parts = written.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard parts.count <= 2, let power = parts.count == 2 ? Int(parts[1]) : 0, (-60...60).contains(power) else {
            return nil
        }
        let isNegative = parts[0].hasPrefix("-")
        let number = parts[0].drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        guard number.count <= 2, let whole = number.first, whole.count <= 18 else { return nil }
        let fraction = number.count == 2 ? number[1] : ""
        // Digits past these are less than any rounding could show.
        let kept = fraction.prefix(18)
        guard var value = Int128(String(whole + kept)), value >= 0 else { return nil }
        var exponent = power - kept.count + decimals
        while exponent > 0 {
            guard value < 1_000_000_000_000_000_000_000_000 else { return nil }
            value *= 10
            exponent -= 1
        }
        while exponent < -1 && value > 0 {
            value /= 10
            exponent += 1
        }
        if exponent == -1 { value = (value + 5) / 10 }
        if exponent < -1 { value = 0 }
        return isNegative ? -value : value
    }
}

extension TokenUsage {
    /// Splits what was stated of the input: no part is larger than what is left of the whole.
    mutating func setInput(total: Int, cached: Int, written: Int, audio: Int, image: Int) {
        var rest = total
        cacheRead = UsageNumbers.take(cached, from: &rest)
        // A write whose lifetime is not stated stands in the shorter one's bucket.
        cacheWrite5m = UsageNumbers.take(written, from: &rest)
        inputAudio = UsageNumbers.take(audio, from: &rest)
        inputImage = UsageNumbers.take(image, from: &rest)
        inputUncached = rest
    }

    /// Splits what was stated of the output.
    mutating func setOutput(total: Int, reasoning reasoned: Int, audio: Int, image: Int) {
        var rest = total
        reasoning = UsageNumbers.take(reasoned, from: &rest)
        outputAudio = UsageNumbers.take(audio, from: &rest)
        outputImage = UsageNumbers.take(image, from: &rest)
        output = rest
    }
}

extension UsageNumbers {
    fileprivate static func take(_ part: Int, from rest: inout Int) -> Int {
        let taken = min(part, rest)
        rest -= taken
        return taken
    }
}

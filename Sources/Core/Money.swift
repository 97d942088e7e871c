/// An amount of US dollars as an exact integer of pico-dollars (1e-12 USD), 128 bits wide, so that no sum overflows.
///
/// Prices are whole pico-dollars per unit and quantities are whole numbers, so a cost is exact; the one place where
/// something is rounded is a factor (`multiplied(by:over:)`), to the nearest pico-dollar, halves away from zero.
public struct Money: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var picoUSD: Int128

    public static let zero = Money(picoUSD: 0)
    public static let picoPerUSD: Int128 = 1_000_000_000_000

    public init(picoUSD: Int128) { self.picoUSD = picoUSD }

    /// A decimal number of dollars, such as `0.15`, `3e-07` or `12`: nil where it is none, has more than 12 decimals
    /// that count, or is beyond a quintillion dollars.
    public init?(usd text: some StringProtocol) {
        guard let pico = DecimalText.scaled(text, decimals: 12) else { return nil }
        self.init(picoUSD: pico)
    }

    public static func < (a: Money, b: Money) -> Bool { a.picoUSD < b.picoUSD }
    public static func + (a: Money, b: Money) -> Money { Money(picoUSD: a.picoUSD + b.picoUSD) }
    public static func - (a: Money, b: Money) -> Money { Money(picoUSD: a.picoUSD - b.picoUSD) }
    public static func += (a: inout Money, b: Money) { a.picoUSD += b.picoUSD }
    public static func * (a: Money, count: Int) -> Money { Money(picoUSD: a.picoUSD * Int128(count)) }

    /// The amount times a fraction, to the nearest pico-dollar, halves away from zero.
    public func multiplied(by numerator: Int128, over denominator: Int128) -> Money {
        let product = picoUSD * numerator
        let (quotient, remainder) = product.quotientAndRemainder(dividingBy: denominator)
        let roundsAway = remainder.magnitude * 2 >= denominator.magnitude
        return Money(picoUSD: roundsAway ? quotient + (product.signum() * denominator.signum()) : quotient)
    }

    /// Dollars with as many decimals as count, and no exponent: `0.00015`, `12`, `-0.5`.
    public var usdText: String { DecimalText.text(picoUSD, decimals: 12) }

    public var description: String { "$" + usdText }
}

/// Decimal numbers as scaled integers.
public enum DecimalText {
    /// - Returns: the number times ten to the power of `decimals`; nil where it is no number, not exact, or too large.
    static func scaled(_ text: some StringProtocol, decimals: Int) -> Int128? {
        var bytes = text.utf8[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
        var value: Int128 = 0
        var exponent = decimals
        var digits = 0
        var sawPoint = false
        while let byte = bytes.first {
            if byte == UInt8(ascii: "."), !sawPoint {
                sawPoint = true
            } else if case let digit = byte &- UInt8(ascii: "0"), digit < 10 {
                guard digits < 38 else { return nil }
                if value != 0 || digit != 0 { digits += 1 }
                value = value * 10 + Int128(digit)
                if sawPoint { exponent -= 1 }
            } else {
                break
            }
            bytes = bytes.dropFirst()
        }
        guard text.utf8.contains(where: { $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
        if let mark = bytes.first {
            guard mark | 0x20 == UInt8(ascii: "e"), let power = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)),
                (-60...60).contains(power)
            else { return nil }
            exponent += power
        }
        if value == 0 { return 0 }
        while exponent < 0 {
            guard value % 10 == 0 else { return nil }
            value /= 10
            exponent += 1
        }
        while exponent > 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow, product < 1_000_000_000_000_000_000_000_000_000_000 else { return nil }
            value = product
            exponent -= 1
        }
        return isNegative ? -value : value
    }

    /// Without an exponent, and without zeros at the end.
    public static func text(_ value: Int128, decimals: Int) -> String {
        // 39 digits at most, or the decimals and one before them; a point and a sign.
        let capacity = max(39, decimals + 1) + 2
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { bytes in
            var place = capacity
            func put(_ byte: UInt8) {
                place -= 1
                bytes.initializeElement(at: place, to: byte)
            }
            var rest = value.magnitude
            var written = 0
            while rest > 0 || written <= decimals {
                let digit = takeDigit(&rest)
                if written == decimals, place < capacity { put(UInt8(ascii: ".")) }
                if written >= decimals || digit > 0 || place < capacity { put(UInt8(ascii: "0") + digit) }
                written += 1
            }
            if value < 0 { put(UInt8(ascii: "-")) }
            return String(decoding: bytes[place...], as: UTF8.self)
        }
    }

    /// The last digit of a number, which loses it. Most amounts fit into 64 bits, which divide ten times as fast.
    private static func takeDigit(_ rest: inout UInt128) -> UInt8 {
        if let short = UInt64(exactly: rest) {
            rest = UInt128(short / 10)
            return UInt8(truncatingIfNeeded: short % 10)
        }
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
        rest = quotient
        return UInt8(truncatingIfNeeded: digit)
    }
}

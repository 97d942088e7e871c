import Core
import Plan
import Testing

@testable import Config

/// Units, instants and addresses, as they are written.
@Suite struct TextTests {
    @Test(
        arguments: [
            ("1ms", 1_000_000), ("500ms", 500_000_000), ("5s", 5_000_000_000), ("10m", 600_000_000_000),
            ("2h", 7_200_000_000_000), ("1d", 86_400_000_000_000), ("007s", 7_000_000_000), ("0s", 0),
        ] as [(String, Int64)]) func durations(_ text: String, _ nanoseconds: Int64)
    {
        #expect(UnitText.parse(text, units: UnitText.durations) == nanoseconds)
    }

    @Test(arguments: [
        "", "5", "s", "5 s", "-5s", "+5s", "5S", "1.5s", "5ss", "5\u{301}s", "５s", "5s ", "1h30m", "1us", "5s\n",
        "99999999999999999999s", "9223372036854775807s", "106752d",
    ]) func noDurations(_ text: String) {
        #expect(UnitText.parse(text, units: UnitText.durations) == nil)
    }

    @Test(
        arguments: [
            ("512B", 512), ("1KiB", 1024), ("64MiB", 67_108_864), ("1GiB", 1_073_741_824), ("1KB", 1000),
            ("2MB", 2_000_000),
        ] as [(String, Int64)]) func sizes(_ text: String, _ bytes: Int64)
    {
        #expect(UnitText.parse(text, units: UnitText.binarySizes + UnitText.decimalSizes) == bytes)
    }

    @Test(
        arguments: [
            (90_000_000_000, "90s"), (60_000_000_000, "1m"), (1_500_000_000, "1500ms"), (172_800_000_000_000, "2d"),
            (0, "0ms"),
        ] as [(Int64, String)]) func durationsAreWrittenInTheLargestUnit(_ nanoseconds: Int64, _ text: String)
    {
        #expect(UnitText.format(nanoseconds, units: UnitText.durations) == text)
    }

    @Test(
        arguments: [
            ("1970-01-01", 0), ("2027-01-01", 1_798_761_600_000_000), ("2024-02-29", 1_709_164_800_000_000),
            ("1969-12-31T23:59:59Z", -1_000_000), ("2027-01-01T00:00:00Z", 1_798_761_600_000_000),
            ("2027-01-01t02:00:00.5+02:00", 1_798_761_600_500_000),
            ("2026-12-31 19:00:00-05:00", 1_798_761_600_000_000),
            ("2027-01-01T00:00:00.1234567Z", 1_798_761_600_123_456), ("2016-12-31T23:59:60Z", 1_483_228_799_000_000),
            ("0000-01-01", -62_167_219_200_000_000), ("9999-12-31T23:59:59Z", 253_402_300_799_000_000),
        ] as [(String, Int64)]) func instants(_ text: String, _ microseconds: Int64)
    {
        #expect(InstantText.parse(text) == microseconds)
    }

    @Test(arguments: [
        "", "2027", "2027-1-1", "2027-13-01", "2027-00-01", "2027-02-29", "2027-01-32", "2027-01-00", "2027-01-01T",
        "2027-01-01T00:00Z", "2027-01-01T24:00:00Z", "2027-01-01T00:60:00Z", "2027-01-01T00:00:61Z",
        "2027-01-01T00:00:00", "2027-01-01T00:00:00.Z", "2027-01-01T00:00:00+2", "2027-01-01T00:00:00+24:00",
        "2027-01-01Z", "20270101", "２０２７-01-01", "2027-01-01 ", "12027-01-01",
    ]) func noInstants(_ text: String) {
        #expect(InstantText.parse(text) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", 8080), ("LocalHost:0", "localhost", 0), ("[::1]:65535", "::1", 65535),
        ("[2001:DB8::1]:1", "2001:db8::1", 1), ("my_host-1.example:80", "my_host-1.example", 80),
    ]) func addresses(_ text: String, _ host: String, _ port: Int) {
        #expect(AddressText.parse(text) == ListenAddress(host: host, port: port))
    }

    @Test(arguments: [
        "", ":", ":80", "host", "host:", "host:65536", "host:-1", "host:+1", "host:8o", "host:99999999999999999999",
        "::1:80", "[::1]", "[::1", "[::1]80", "[127.0.0.1]:80", "[]:80", "a b:80", "ho..st:80", ".host:80", "é:80",
        "http://host:80", "host:80/",
    ]) func noAddresses(_ text: String) {
        #expect(AddressText.parse(text) == nil)
    }

    @Test(arguments: [
        ("providr", "provider"), ("PROVIDER", "provider"), ("prvoider", "provider"), ("modles", "models"),
        ("model", "models"), ("kyes", "keys"),
    ]) func nearWordsAreSuggested(_ word: String, _ suggestion: String) {
        #expect(Suggestion.nearest(to: word, among: ["provider", "models", "keys", "tls"]) == suggestion)
    }

    @Test(arguments: ["", "x", "ts", "colour", "mode", String(repeating: "m", count: 1000)])
    func farWordsAreNot(_ word: String) {
        #expect(Suggestion.nearest(to: word, among: ["provider", "keys", "tls", ""]) == (word == "ts" ? "tls" : nil))
    }
}

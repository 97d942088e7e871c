import Core
import Plan
import Testing
import Wire

@testable import Config

/// `fetch`.
@Suite struct FetchTests {
    @Test func withoutTheBlockNothingIsFetched() throws { #expect(try Load.snapshot("").fetch == nil) }

    @Test func anEmptyBlockSwitchesItOn() throws {
        #expect(try Load.snapshot("fetch: {}").fetch == FetchSettings())
    }

    @Test func everyKeyIsRead() throws {
        let fetch = try Load.snapshot(
            """
            fetch:
              file_max: 1MiB
              request_max: 2MiB
              files_max: 3
              timeout: 4s
              hosts: [ CDN.example, "*.Example.org" ]
              networks: [ 10.0.0.0/8 ]
              types: [ image/png, application/pdf ]
              plain_http: true
            """
        ).fetch
        var expected = FetchSettings()
        (expected.fileBytesMax, expected.requestBytesMax, expected.filesMax) = (1 << 20, 2 << 20, 3)
        expected.timeout = .seconds(4)
        expected.hosts = ["cdn.example", "*.example.org"]
        expected.networks = ["10.0.0.0/8"].compactMap { IPNetwork($0) }
        expected.types = [.png, .pdf]
        expected.allowsPlainHTTP = true
        #expect(fetch == expected)
    }

    @Test(arguments: [
        ("hosts: [ \"https://a.example\" ]", "fetch.hosts[0]"), ("hosts: [ \"a.*.example\" ]", "fetch.hosts[0]"),
        ("hosts: []", "fetch.hosts"), ("networks: [ 10.0.0.0/40 ]", "fetch.networks[0]"),
        ("types: [ image/svg ]", "fetch.types[0]"), ("files_max: 0", "fetch.files_max"),
        ("timeout: 0s", "fetch.timeout"), ("enabled: true", "fetch.enabled"),
    ]) func whatCannotBeIsToldWithItsPlace(_ setting: String, _ path: String) {
        let errors = Load.errors(Small.file + "fetch: { \(setting) }\n")
        #expect(errors.count == 1 && errors[0].contains(": \(path): "), "\(errors)")
    }

    @Test func hostsAreNamesOrAllBelowOne() {
        var settings = FetchSettings()
        #expect(settings.allows(host: "any.example"))
        settings.hosts = ["cdn.example", "*.example.org"]
        for host in ["cdn.example", "a.example.org", "a.b.example.org"] { #expect(settings.allows(host: host)) }
        for host in ["a.cdn.example", "example.org", "badexample.org", "example.org.evil"] {
            #expect(!settings.allows(host: host))
        }
    }
}
